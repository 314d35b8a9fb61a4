"""Getting messages out of the outbox, each once."""

from datetime import datetime, timedelta
from email.mime.text import MIMEText
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from clinic.db.current import connection
from clinic.notifications.models import OutboxMessage

# A message that has been on its way for so long was being sent by a worker that died.
LOST_AFTER = timedelta(minutes=10)


def deliver_message(message_id: Any) -> None:
    """Send one message, unless it was sent, withdrawn or is being sent by another worker."""
    message = _claim(message_id)
    if message is None:
        return
    try:
        _send(message)
    except Exception as problem:
        wait = timedelta(minutes=2**message.attempts)
        message.move("mark_failed", error=str(problem)[:500], retry_at=timezone.now() + wait)
    else:
        text = "" if message.is_secret else message.body
        message.move("mark_sent", sent_at=timezone.now(), error="", body=text)


def _claim(message_id: Any) -> OutboxMessage | None:
    with transaction.atomic():
        due = OutboxMessage.objects.filter(
            _waiting(timezone.now()), pk=message_id, attempts__lt=OutboxMessage.MOST_ATTEMPTS
        )
        message = due.select_for_update(skip_locked=True).first()
        if message:
            message.move(
                "claim_message", attempts=message.attempts + 1, claimed_at=timezone.now(), retry_at=None
            )
    return message


def _waiting(until: datetime) -> Q:
    return Q(status="queued", due_at__lte=until) | Q(status="failed", retry_at__lte=until)


def _send(message: OutboxMessage) -> None:
    name = getattr(connection.tenant, "name", "") or settings.PLATFORM_DOMAIN
    # A line break in a head is refused by the mail library, and the letter would never go out.
    sender = " ".join(name.split())
    letter = EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=formataddr((sender, settings.DEFAULT_FROM_EMAIL)),
        to=[message.recipient],
        headers={"Message-ID": f"<{message.pk}@{settings.PLATFORM_DOMAIN}>"},
    )
    if message.calendar:
        letter.attach(_calendar_part(message.calendar))
    letter.send()


def _calendar_part(calendar: str) -> MIMEText:
    """The .ics file of a letter; the head repeats its METHOD, by which mail programs know what to do."""
    part = MIMEText(calendar, "calendar", "utf-8")
    methods = [line.partition(":")[2] for line in calendar.splitlines() if line.startswith("METHOD:")]
    if methods:
        part.set_param("method", methods[0])
    part.add_header("Content-Disposition", "attachment", filename="visit.ics")
    return part


def deliver_due() -> None:
    """Send what is due and was not sent by its own job: failures whose wait is over, lost jobs."""
    lost = OutboxMessage.objects.filter(status="sending", claimed_at__lt=timezone.now() - LOST_AFTER)
    for message in lost:
        message.move("mark_uncertain")
    due = OutboxMessage.objects.filter(
        _waiting(timezone.now() - timedelta(minutes=1)), attempts__lt=OutboxMessage.MOST_ATTEMPTS
    )
    for message_id in due.order_by("due_at").values_list("pk", flat=True)[:200]:
        deliver_message(message_id)
