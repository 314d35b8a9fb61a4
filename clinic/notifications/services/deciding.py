"""What a person decides about a message, and what makes one needless."""

from typing import Any

from clinic.notifications.models import OutboxMessage
from clinic.notifications.services.writing import defer_delivery


def requeue_message(message: OutboxMessage, *, by: Any) -> OutboxMessage:
    """Send again what failed or whose fate is uncertain: a person's decision."""
    message.move("requeue_message", attempts=0, retry_at=None)
    defer_delivery(message)
    return message


def void_message(message: OutboxMessage, *, by: Any) -> OutboxMessage:
    """Withdraw a message that is no longer needed."""
    return message.move("void_message", retry_at=None)
