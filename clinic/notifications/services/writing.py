"""Writing messages into the outbox, as part of what gives rise to them."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from procrastinate.contrib.django import app
from procrastinate.jobs import JobDeferrer
from procrastinate.types import JSONDict

from clinic.db.current import connection
from clinic.notifications.models import Channel, OutboxMessage, Status
from clinic.texts.composing import compose


def enqueue(
    *,
    kind: str,
    to: str,
    template: str,
    context: dict[str, Any],
    key: str,
    channel: str = Channel.EMAIL,
    member_id: Any = None,
    about_id: Any = None,
    language: str = "",
    due_at: datetime | None = None,
    is_secret: bool = False,
    calendar: str = "",
    enclosure: dict[str, str] | None = None,
) -> bool:
    """Write a message into the outbox as part of the caller's transaction; say whether it was new.

    `template` is a text template, written in `language` and the clinic's zone, with the clinic's own words
    where it has any (clinic.texts); the first line of a letter is its subject. The same `kind` and `key` are
    written once for each channel, however often this is called. With nowhere to send it (`to` is empty) the
    message is stored as failed, for a person to see. The text of a secret message is forgotten when it has
    been sent. `calendar` is the text of an .ics file that goes along with a letter; `enclosure` names the
    paper that does (clinic.notifications.enclosures).
    """
    subject, body = compose(kind, channel, template, context, language)
    message = OutboxMessage(
        kind=kind,
        channel=channel,
        recipient=to,
        subject=subject,
        body=body,
        key=key,
        member_id=member_id,
        about_id=about_id,
        is_secret=is_secret,
        calendar=calendar if channel == Channel.EMAIL else "",
        enclosure=(enclosure or {}) if channel == Channel.EMAIL else {},
        due_at=due_at or timezone.now(),
    )
    if not to:
        message.status = Status.FAILED
        message.error = gettext("This patient has neither e-mail address nor mobile number.")
    is_new = OutboxMessage.objects.insert_unless_taken(message)
    if is_new and to:
        defer_delivery(message, due_at)
    return is_new


# Messages whose jobs are handed in together, where somebody writes many.
_together: ContextVar[list[OutboxMessage] | None] = ContextVar("together", default=None)


@contextmanager
def delivered_together() -> Iterator[None]:
    """Hand in the jobs of all messages of the block that are due in one statement, at its end."""
    written: list[OutboxMessage] = []
    token = _together.set(written)
    try:
        yield
    finally:
        _together.reset(token)
    if written:
        _job().batch_defer(*map(_arguments, written))


def defer_delivery(message: OutboxMessage, at: datetime | None = None) -> None:
    """Hand in the job that sends the message, at once or `at` its time."""
    together = _together.get()
    if together is not None and (at is None or at <= timezone.now()):
        together.append(message)
    else:
        _job(at).defer(**_arguments(message))


def _job(at: datetime | None = None) -> JobDeferrer:
    # By name: the job's module calls the services.
    return app.configure_task("clinic.notifications.jobs.deliver", schedule_at=at)


def _arguments(message: OutboxMessage) -> JSONDict:
    return {"schema_name": connection.schema_name, "message_id": str(message.pk)}
