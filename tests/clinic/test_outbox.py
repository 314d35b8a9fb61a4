"""A message is written with what gives rise to it, and sent once."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications import services
from clinic.notifications.models import OutboxMessage
from clinic.notifications.outcomes import NotSentError
from tests.databases import rows

pytestmark = pytest.mark.django_db


def written(key: str = "a visit", **facts: Any) -> OutboxMessage:
    services.enqueue(
        kind="test",
        to="ada@people.example",
        template="members/mail/invitation.txt",
        context={},
        key=key,
        **facts,
    )
    return OutboxMessage.objects.get(key=key)


@pytest.fixture
def broken_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise NotSentError("no server")

    monkeypatch.setattr("clinic.notifications.mail.Postbox.send", refuse)


def test_the_same_message_is_written_once() -> None:
    written()
    written()
    assert OutboxMessage.objects.count() == 1


def test_a_message_is_rolled_back_with_what_gave_rise_to_it() -> None:
    with transaction.atomic():
        written()
        transaction.set_rollback(True)
    assert not OutboxMessage.objects.exists()


def test_a_name_on_two_lines_keeps_no_letter_back(acme: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.tenant, "name", "Acme\r\nBcc: eve@people.example")
    message = written()
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert (message.status, message.error) == ("sent", "")
    assert mail.outbox[0].recipients() == ["ada@people.example"]


def test_a_message_is_sent_once(acme: Any) -> None:
    message = written()
    services.deliver_message(message.pk)
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert message.status == "sent"
    assert [(sent.to, acme.name in sent.from_email) for sent in mail.outbox] == [
        (["ada@people.example"], True)
    ]


def test_a_letter_that_opens_something_is_forgotten_when_it_has_been_sent() -> None:
    message = written(is_secret=True)
    assert message.body
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert message.body == ""
    assert mail.outbox[0].body


def test_a_calendar_entry_goes_along_and_says_what_is_to_be_done_with_it() -> None:
    entry = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nX-WR-CALNAME:Dr. Ọlá\r\nEND:VCALENDAR\r\n"
    services.deliver_message(written(calendar=entry).pk)
    [part] = mail.outbox[0].message().get_payload()[1:]
    assert part.get_content_type() == "text/calendar"
    assert (part.get_param("method"), part.get_param("charset")) == ("CANCEL", "utf-8")
    assert part.get_filename() == "visit.ics"
    assert part.get_payload(decode=True).decode() == entry


def test_a_message_that_could_not_be_sent_is_tried_again_later(broken_mail: None) -> None:
    message = written()
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert (message.status, message.error, message.attempts) == ("failed", "no server", 1)
    assert message.retry_at > timezone.now()


def test_a_failed_message_waits_for_its_time(broken_mail: None) -> None:
    message = written()
    services.deliver_message(message.pk)
    services.deliver_message(message.pk)
    message.refresh_from_db()
    assert message.attempts == 1


def test_what_failed_is_sent_when_its_wait_is_over(
    broken_mail: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = written()
    services.deliver_message(message.pk)
    monkeypatch.undo()
    OutboxMessage.objects.update(retry_at=timezone.now() - timedelta(minutes=2))
    services.deliver_due()
    message.refresh_from_db()
    assert message.status == "sent"


def test_a_message_whose_sender_died_waits_for_a_person() -> None:
    message = written()
    message.move("claim_message", attempts=1, claimed_at=timezone.now() - timedelta(hours=1))
    services.deliver_due()
    message.refresh_from_db()
    assert message.status == "uncertain"
    assert not mail.outbox


def test_a_person_may_have_an_uncertain_message_sent_again() -> None:
    message = written()
    message.move("claim_message", attempts=1, claimed_at=timezone.now() - timedelta(hours=1))
    message.move("mark_uncertain")
    services.requeue_message(message, by=None)
    services.deliver_message(message.pk)
    assert len(mail.outbox) == 1


def test_a_sent_message_cannot_be_sent_again() -> None:
    message = written()
    services.deliver_message(message.pk)
    message.refresh_from_db()
    with pytest.raises(Refusal):
        services.requeue_message(message, by=None)


def test_a_withdrawn_message_is_not_sent() -> None:
    message = written()
    services.void_message(message, by=None)
    services.deliver_message(message.pk)
    assert not mail.outbox


def test_every_message_hands_in_the_job_that_sends_it(acme: Any, committed: None) -> None:
    message = written()
    with schema_context("public"):
        jobs = rows(
            "SELECT args->>'schema_name', args->>'message_id' FROM procrastinate_jobs "
            "WHERE task_name = 'clinic.notifications.jobs.deliver'"
        )
    assert (acme.schema_name, str(message.pk)) in jobs
