"""Getting messages out of the outbox, each once."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.notifications.kinds import WAITS_WHILE_SUSPENDED
from clinic.notifications.mail import Postbox
from clinic.notifications.models import Channel, OutboxMessage
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError
from clinic.notifications.services.asking import is_wanted
from clinic.notifications.services.reporting import report
from clinic.notifications.sms import send_sms

# A message that has been on its way for so long was being sent by a worker that died.
LOST_AFTER = timedelta(minutes=10)
# Each message has a job of its own; the round leaves it that much time.
LEFT_TO_ITS_JOB = timedelta(minutes=1)
# A round ends before the next one begins: other clinics and other jobs wait for this worker.
LONGEST_ROUND = 50


def deliver_message(message_id: Any) -> None:
    """Send one message, unless it was sent, withdrawn or is being sent by another worker."""
    now = timezone.now()
    with Postbox() as postbox:
        message = _claim(_queued(now).filter(pk=message_id)) or _claim(_failed(now).filter(pk=message_id))
        if message:
            _deliver(message, postbox)


def deliver_due() -> None:
    """Send what is due and was not sent by its own job: failures whose wait is over, lost jobs.

    Any number of workers may do this at once: each takes the next message that none of them has.
    """
    mark_lost()
    until = timezone.now() - LEFT_TO_ITS_JOB
    end = time.monotonic() + LONGEST_ROUND
    with Postbox() as postbox:
        # One after the other, each along its own index: a round does not sort what is due again and again.
        for waiting in (_queued(until).order_by("due_at"), _failed(until).order_by("retry_at")):
            while time.monotonic() < end and (message := _claim(waiting)):
                _deliver(message, postbox)


@transaction.atomic
def mark_lost() -> None:
    """Leave to a person what a worker was sending when it died: nobody can know whether it arrived."""
    lost = OutboxMessage.objects.filter(status="sending", claimed_at__lt=timezone.now() - LOST_AFTER)
    for message in lost.select_for_update(skip_locked=True):
        message.move("mark_uncertain", error=_("The sending was interrupted: it may have arrived."))
        report(message)


def _queued(until: datetime) -> Any:
    """What was due by then and nobody has tried to send."""
    return _speaking().filter(status="queued", due_at__lte=until)


def _failed(until: datetime) -> Any:
    """Failures whose wait was over by then."""
    return _speaking().filter(status="failed", retry_at__lte=until)


def _speaking() -> Any:
    """The messages that may leave now: a suspended clinic says nothing to its patients."""
    is_suspended = getattr(connection.tenant, "is_suspended", False)
    messages = OutboxMessage.objects.all()
    return messages.exclude(kind__in=WAITS_WHILE_SUSPENDED) if is_suspended else messages


@transaction.atomic
def _claim(waiting: Any) -> OutboxMessage | None:
    """The first of the messages that no other worker has; committed as being sent before it leaves us.

    Those that are no longer true are withdrawn.
    """
    while message := next(iter(waiting.select_for_update(skip_locked=True)[:1]), None):
        if is_wanted(message):
            tried = message.attempts + 1
            return message.move("claim_message", attempts=tried, claimed_at=timezone.now(), retry_at=None)
        message.move("void_message", retry_at=None)
    return None


def _deliver(message: OutboxMessage, postbox: Postbox) -> None:
    try:
        if message.channel == Channel.SMS:
            send_sms(message.recipient, message.body, str(message.pk))
        else:
            postbox.send(message)
    except UncertainError as problem:
        message.move("mark_uncertain", error=str(problem))
    except RefusedError as problem:
        message.move("mark_failed", error=str(problem), retry_at=None)
    except NotSentError as problem:
        message.move("mark_failed", error=str(problem), retry_at=_next_try(message))
    except Exception as problem:
        told = NotSentError(_("Something went wrong on our side."), repr(problem))
        message.move("mark_failed", error=str(told), retry_at=_next_try(message))
    else:
        text = "" if message.is_secret else message.body
        message.move("mark_sent", sent_at=timezone.now(), error="", body=text)
    report(message)


def _next_try(message: OutboxMessage) -> datetime | None:
    """After 2, 4, 8, 16 minutes; after the last attempt only if a person wants it."""
    if message.attempts >= OutboxMessage.MOST_ATTEMPTS:
        return None
    return timezone.now() + timedelta(minutes=2**message.attempts)
