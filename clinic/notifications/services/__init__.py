"""The outbox: messages are written into it, sent from it each once, and decided upon by people."""

from clinic.notifications.services.asking import ask_before_sending
from clinic.notifications.services.deciding import confirm_message, requeue_message, void_message
from clinic.notifications.services.delivery import deliver_due, deliver_message
from clinic.notifications.services.writing import delivered_together, enqueue

__all__ = [
    "ask_before_sending",
    "confirm_message",
    "deliver_due",
    "deliver_message",
    "delivered_together",
    "enqueue",
    "requeue_message",
    "void_message",
]
