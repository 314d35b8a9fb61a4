"""What a person decides about a message that is not known to have arrived."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services.writing import defer_delivery


@transaction.atomic
def requeue_message(message: OutboxMessage, *, by: Any, to: str = "") -> OutboxMessage:
    """Send again what failed or whose fate is uncertain, to the address `to` if there is a new one."""
    found: OutboxMessage = OutboxMessage.objects.locked(message.pk)
    recipient = to or found.recipient
    if not recipient:
        raise Refusal(_("Nobody knows where to send this. Enter an e-mail address for this person first."))
    found.move("requeue_message", recipient=recipient, attempts=0, retry_at=None, error="")
    defer_delivery(found)
    return found


@transaction.atomic
def confirm_message(message: OutboxMessage, *, by: Any) -> OutboxMessage:
    """Note that a message whose fate was uncertain has arrived: the person it is for says so."""
    found: OutboxMessage = OutboxMessage.objects.locked(message.pk)
    text = "" if found.is_secret else found.body
    return found.move("confirm_message", sent_at=timezone.now(), error="", body=text)


@transaction.atomic
def void_message(message: OutboxMessage, *, by: Any) -> OutboxMessage:
    """Withdraw a message that is no longer needed."""
    found: OutboxMessage = OutboxMessage.objects.locked(message.pk)
    text = "" if found.is_secret else found.body
    return found.move("void_message", retry_at=None, body=text)
