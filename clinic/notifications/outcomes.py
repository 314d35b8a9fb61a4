"""How a sending can end when it does not end well. Each carries a sentence for people, and what was heard."""

from typing import Any


class NotSentError(Exception):
    """Nothing was handed over. It is tried again later."""

    def __init__(self, sentence: Any, heard: Any = "") -> None:
        super().__init__(sentence)
        self.sentence = str(sentence)
        self.heard = str(heard)

    def __str__(self) -> str:
        return "\n".join(part for part in (self.sentence, self.heard) if part)


class RefusedError(NotSentError):
    """It was refused for good: trying again would end the same way."""


class UncertainError(NotSentError):
    """It was handed over, and the answer was lost: nobody can know whether it arrives."""
