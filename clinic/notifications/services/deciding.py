"""What a person decides about a message that is not known to have arrived."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services.writing import defer_delivery


def requeue_message(message: OutboxMessage, *, by: Any, to: str = "") -> OutboxMessage:
    """Send again what failed or whose fate is uncertain, to the address `to` if there is a new one."""
    recipient = to or message.recipient
    if not recipient:
        raise Refusal(_("Nobody knows where to send this. Enter an e-mail address for this person first."))
    message.move("requeue_message", recipient=recipient, attempts=0, retry_at=None, error="")
    defer_delivery(message)
    return message


def confirm_message(message: OutboxMessage, *, by: Any) -> OutboxMessage:
    """Note that a message whose fate was uncertain has arrived: the person it is for says so."""
    text = "" if message.is_secret else message.body
    return message.move("confirm_message", sent_at=timezone.now(), error="", body=text)


def void_message(message: OutboxMessage, *, by: Any) -> OutboxMessage:
    """Withdraw a message that is no longer needed."""
    return message.move("void_message", retry_at=None)
