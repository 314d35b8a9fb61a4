"""The outbox: messages are written into it, sent from it each once, and decided upon by people."""

from clinic.notifications.services.deciding import confirm_message, requeue_message, void_message
from clinic.notifications.services.delivery import deliver_due, deliver_message
from clinic.notifications.services.writing import enqueue

__all__ = [
    "confirm_message",
    "deliver_due",
    "deliver_message",
    "enqueue",
    "requeue_message",
    "void_message",
]
