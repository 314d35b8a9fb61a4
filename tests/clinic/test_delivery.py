"""Each message leaves once, whatever becomes of the mail server or of the worker that sends it."""

import multiprocessing
import os
import signal
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone
from django_tenants.utils import tenant_context

from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications import services
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import delivery
from tests.clinic.mailserver import Letterbox, receiving
from tests.databases import rows
from tests.people import StaffFactory, with_login

fork = multiprocessing.get_context("fork")


@pytest.fixture
def letterbox(settings: Any) -> Iterator[Letterbox]:
    with receiving(settings) as box:
        yield box


def written(to: str, key: str = "", **facts: Any) -> OutboxMessage:
    key = key or to
    services.enqueue(kind="test", to=to, template="members/mail/invitation.txt", context={}, key=key, **facts)
    return OutboxMessage.objects.get(key=key)


def delivered(to: str) -> OutboxMessage:
    message = written(to)
    services.deliver_message(message.pk)
    message.refresh_from_db()
    return message


@pytest.mark.django_db
def test_a_letter_arrives_as_it_was_written(letterbox: Letterbox, acme: Any) -> None:
    message = written("ada@people.example")
    OutboxMessage.objects.update(subject="Grüße – Ọlá", body=".first\n..second\n.\nlast\n")
    services.deliver_message(message.pk)
    (letter,) = letterbox.letters
    assert letter["Message-ID"].startswith(f"<{message.pk}@")
    assert acme.name in letter["From"]
    assert letter.get_payload(decode=True).decode().replace("\r\n", "\n") == ".first\n..second\n.\nlast\n"


@pytest.mark.django_db
def test_a_recipient_refused_for_good_is_not_tried_again(letterbox: Letterbox) -> None:
    message = delivered("refused@people.example")
    assert (message.status, message.retry_at) == ("failed", None)
    assert "550" in message.error


@pytest.mark.django_db
def test_a_letter_refused_for_good_is_not_tried_again(letterbox: Letterbox) -> None:
    message = delivered("spam@people.example")
    assert (message.status, message.retry_at) == ("failed", None)


@pytest.mark.django_db
def test_a_server_that_is_busy_is_asked_again_later(letterbox: Letterbox) -> None:
    message = delivered("later@people.example")
    assert message.status == "failed"
    assert message.retry_at > timezone.now()


@pytest.mark.django_db
def test_what_is_no_address_is_not_tried_again(letterbox: Letterbox) -> None:
    message = delivered("ada at home")
    assert (message.status, message.retry_at) == ("failed", None)


@pytest.mark.django_db
def test_a_server_that_is_not_there_is_called_again_later(settings: Any, letterbox: Letterbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        settings.EMAIL_PORT = nobody.getsockname()[1]
    message = delivered("ada@people.example")
    assert message.status == "failed"
    assert message.retry_at > timezone.now()


@pytest.mark.django_db
def test_after_the_last_attempt_a_message_waits_for_a_person(letterbox: Letterbox) -> None:
    message = written("later@people.example")
    OutboxMessage.objects.update(attempts=OutboxMessage.MOST_ATTEMPTS - 1)
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert (message.status, message.attempts, message.retry_at) == ("failed", 5, None)


@pytest.mark.django_db
def test_a_connection_that_breaks_after_the_letter_leaves_it_to_a_person(letterbox: Letterbox) -> None:
    message = delivered("broken@people.example")
    assert message.status == "uncertain"
    services.deliver_message(message.pk)
    services.deliver_due()
    assert len(letterbox.letters) == 1


@pytest.mark.django_db
def test_an_answer_that_does_not_come_leaves_it_to_a_person(letterbox: Letterbox, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    assert delivered("held@people.example").status == "uncertain"


@pytest.mark.django_db
def test_one_connection_serves_a_round_also_after_refusals(letterbox: Letterbox) -> None:
    names = ("ada", "refused", "ben", "later", "cyd", "broken", "dan")
    for name in names:
        written(f"{name}@people.example")
    OutboxMessage.objects.update(due_at=timezone.now() - timedelta(minutes=5))
    services.deliver_due()
    assert sorted(letterbox.recipients) == sorted(
        f"{name}@people.example" for name in names if name not in ("refused", "later")
    )
    assert len(letterbox.connections) == 2


@pytest.mark.django_db
def test_a_person_says_that_it_has_arrived(letterbox: Letterbox) -> None:
    message = delivered("broken@people.example")
    services.confirm_message(message, by=None)
    message.refresh_from_db()
    assert (message.status, message.error) == ("sent", "")
    with pytest.raises(Refusal):
        services.confirm_message(message, by=None)


@pytest.mark.django_db
def test_the_desk_is_told_once_that_messages_need_somebody(letterbox: Letterbox) -> None:
    desk = with_login(StaffFactory(role=Role.RECEPTIONIST))
    for to in ("refused@people.example", "spam@people.example", "later@people.example", "ada@people.example"):
        delivered(to)
    delivered("broken@people.example")
    told = desk.notifications.order_by("created_at")
    assert [(news.kind, news.facts) for news in told] == [
        ("message_failed", {"patient": "refused@people.example"}),
        ("message_uncertain", {"patient": "broken@people.example"}),
    ]
    assert told[0].link == f"/messages/{OutboxMessage.objects.get(key='refused@people.example').pk}/"


def round_of(organization: Any, dies_after: int | None = None) -> Any:
    """A worker of its own that makes one round; `dies_after` so many messages it is killed between two."""

    def work() -> None:
        # What the parent has opened is not ours to close.
        for inherited in connections.all(initialized_only=True):
            inherited.connection = None
        deliver, count = delivery._deliver, iter(range(1, 1_000_000))

        def deliver_and_die(message: OutboxMessage, postbox: Any) -> None:
            deliver(message, postbox)
            if next(count) == dies_after:
                os.kill(os.getpid(), signal.SIGKILL)

        delivery._deliver = deliver_and_die
        connection.set_schema_to_public()
        with tenant_context(organization):
            services.deliver_due()
        os._exit(0)

    worker = fork.Process(target=work)
    worker.start()
    return worker


def thousand(due: int = 1000) -> None:
    """Due messages, as a thousand reminders leave them: the last is nobody's, the one before fails."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO notifications_outboxmessage (id, created_at, kind, channel, recipient, subject, "
            "body, calendar, enclosure, is_secret, key, due_at, status, attempts, error) "
            "SELECT gen_random_uuid(), now(), 'letter', 'email', 'patient' || number || '@people.example', "
            "'A visit', 'Tomorrow', '', '{}', false, number, now() - interval '5 minutes', 'queued', 0, '' "
            "FROM generate_series(1, %s) AS number",
            [due],
        )
    written("", key="nobody's")
    written("later@people.example", key="fails")
    OutboxMessage.objects.filter(key="fails").update(due_at=timezone.now() - timedelta(minutes=5))


def test_a_thousand_messages_leave_once_each_though_a_worker_is_killed(
    committed: None, letterbox: Letterbox, acme: Any, is_long: bool
) -> None:
    """By default a fifth of them: each is claimed by itself, and one worker dies in the midst of the other's.

    `--long` sends the thousand.
    """
    due = 1000 if is_long else 200
    thousand(due)
    doomed, other = round_of(acme, dies_after=due // 5), round_of(acme)
    doomed.join(60)
    other.join(60)
    assert (doomed.exitcode, other.exitcode) == (-signal.SIGKILL, 0)
    assert sorted(letterbox.recipients) == sorted(f"patient{n}@people.example" for n in range(1, due + 1))
    states = rows("SELECT status, count(*) FROM notifications_outboxmessage GROUP BY status ORDER BY 1")
    assert states == [("failed", 2), ("sent", due)]
    unsent = OutboxMessage.objects.filter(status="failed").order_by("key")
    told = [(message.key, message.attempts, bool(message.retry_at)) for message in unsent]
    assert told == [("fails", 1, True), ("nobody's", 0, False)]
    OutboxMessage.objects.filter(key="fails").update(
        recipient="now@people.example", retry_at=timezone.now() - timedelta(minutes=2)
    )
    services.deliver_due()
    assert letterbox.recipients[-1] == "now@people.example"


@pytest.mark.parametrize(
    ("decide", "arrived"), [(services.requeue_message, 2), (services.confirm_message, 1)]
)
def test_killed_during_a_send_a_message_waits_for_a_person(
    decide: Callable[..., Any], arrived: int, committed: None, letterbox: Letterbox, acme: Any
) -> None:
    message = written("held@people.example", due_at=timezone.now() - timedelta(minutes=5))
    worker = round_of(acme)
    assert letterbox.holding.wait(20)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(20)
    letterbox.let_go.set()
    services.deliver_due()
    message.refresh_from_db()
    assert message.status == "sending"
    OutboxMessage.objects.update(claimed_at=timezone.now() - 2 * delivery.LOST_AFTER)
    services.deliver_due()
    message.refresh_from_db()
    assert message.status == "uncertain"
    decide(message, by=None)
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert message.status == "sent"
    assert len(letterbox.letters) == arrived
