"""Text messages: in letters every phone has, and a provider's refusal told apart from its silence."""

import http.client
import socket
from base64 import b64decode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.core.checks import run_checks
from django.utils import timezone

from clinic.notifications import services, sms
from clinic.notifications.models import OutboxMessage
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError

TO = "+2348031234567"


class Twilio(BaseHTTPRequestHandler):
    """Answers as https://www.twilio.com/docs/messaging/api/message-resource says."""

    asked: list[tuple[str, str, dict[str, list[str]]]]
    answer: tuple[int, str]

    def do_POST(self) -> None:
        words = self.rfile.read(int(self.headers["Content-Length"])).decode()
        login = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        type(self).asked.append((self.path, login, parse_qs(words)))
        status, body = self.answer
        if not status:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def twilio(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Twilio]]:
    Twilio.asked, Twilio.answer = [], (201, '{"sid": "SM1", "status": "queued", "error_code": null}')
    server = HTTPServer(("127.0.0.1", 0), Twilio)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    monkeypatch.setattr(http.client, "HTTPSConnection", http.client.HTTPConnection)
    settings.SMS_URL = f"twilio://AC1:se%2Fcret@127.0.0.1:{server.server_port}/+15005550006"
    yield Twilio
    server.shutdown()
    server.server_close()


def test_a_text_message_is_asked_for_as_twilio_documents_it(twilio: type[Twilio]) -> None:
    sms.send_sms(TO, "Grüße", "1")
    assert twilio.asked == [
        (
            "/2010-04-01/Accounts/AC1/Messages.json",
            "AC1:se/cret",
            {"From": ["+15005550006"], "To": [TO], "Body": ["Grüße"]},
        )
    ]


@pytest.mark.parametrize(
    ("status", "body", "outcome"),
    [
        (400, '{"code": 21211, "message": "Invalid To", "status": 400}', RefusedError),
        (400, '{"code": 21610, "message": "Unsubscribed", "status": 400}', RefusedError),
        (201, '{"sid": "SM1", "status": "failed", "error_code": 30006}', RefusedError),
        (429, '{"code": 20429, "message": "Too Many Requests", "status": 429}', NotSentError),
        (401, '{"code": 20003, "message": "Authenticate", "status": 401}', NotSentError),
        (503, "", NotSentError),
        (500, "<html>", UncertainError),
        (0, "", UncertainError),
    ],
)
def test_refused_busy_and_silent_are_told_apart(
    status: int, body: str, outcome: type[Exception], twilio: type[Twilio]
) -> None:
    twilio.answer = (status, body)
    with pytest.raises(outcome) as raised:
        sms.send_sms(TO, "Hello", "1")
    assert raised.type is outcome


def test_a_provider_that_is_not_there_is_asked_again_later(settings: Any, twilio: type[Twilio]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        settings.SMS_URL = f"twilio://AC1:x@127.0.0.1:{nobody.getsockname()[1]}/Acme"
    with pytest.raises(NotSentError) as raised:
        sms.send_sms(TO, "Hello", "1")
    assert raised.type is NotSentError


@pytest.mark.django_db
def test_without_a_provider_text_messages_are_files(settings: Any, tmp_path: Path) -> None:
    settings.SMS_URL = f"file:{tmp_path}"
    services.enqueue(
        kind="test",
        channel="sms",
        to=TO,
        template="members/mail/invitation.txt",
        context={},
        key="one",
    )
    message = OutboxMessage.objects.get()
    services.deliver_message(message.pk)
    message.refresh_from_db()
    (file,) = tmp_path.iterdir()
    assert message.status == "sent"
    assert file.name == f"{message.pk}.txt"
    assert file.read_text().startswith(f"To: {TO}\nDate: {timezone.now():%Y-%m}")
    assert message.body in file.read_text()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Grüße – Ọlá’s “visit” …\nça va", 'Grüße - Ola\'s "visit" ... ca va'),
        ("23\u202fnov. 14\xa0h", "23 nov. 14 h"),
        ("Привет – друзья", "Привет – друзья"),
    ],
)
def test_a_text_message_is_in_letters_that_every_phone_has(written: str, read: str) -> None:
    assert sms.legible(written) == read


def test_marks_that_phones_write_as_two_count_twice() -> None:
    assert sms.length("10 € [a]") == 11


@pytest.mark.parametrize(
    ("backend", "url", "warned"),
    [
        ("console", "file:", ["clinic.W001", "clinic.W002"]),
        ("filebased", "twilio://A:b@/+15005550006", ["clinic.W001"]),
        ("smtp", "twilio://A:b@/+15005550006", []),
        ("smtp", "pigeon://A:b@/", ["clinic.E001"]),
        ("smtp", "twilio://A@/", ["clinic.E001"]),
    ],
)
def test_messages_that_reach_nobody_are_warned_of_before_going_live(
    backend: str, url: str, warned: list[str], settings: Any
) -> None:
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.SMS_URL = url
    found = run_checks(tags=["messages"], include_deployment_checks=True)
    assert [problem.id for problem in found] == warned
