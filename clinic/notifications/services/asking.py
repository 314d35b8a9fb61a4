"""Whether a message is still true when it is about to be sent: whoever wrote it is asked."""

from collections.abc import Callable
from typing import Any, TypeVar

from clinic.notifications.models import OutboxMessage

Question = TypeVar("Question", bound=Callable[[Any], bool])

# By the kind of a message.
_questions: dict[str, Callable[[Any], bool]] = {}


def ask_before_sending(kind: str) -> Callable[[Question], Question]:
    """Messages of this kind are sent only if the function, given their `about_id`, says so at that moment.

    Otherwise they are withdrawn.
    """

    def declare(question: Question) -> Question:
        _questions[kind] = question
        return question

    return declare


def is_wanted(message: OutboxMessage) -> bool:
    """Whether what the message says is still so, as far as anybody has something to say about it."""
    question = _questions.get(message.kind)
    return question is None or question(message.about_id)
