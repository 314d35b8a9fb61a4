"""Papers that go along with a letter, drawn when it leaves: by whoever declared that it draws them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar


class Paper(NamedTuple):
    """A PDF and what its file is called."""

    filename: str
    content: bytes


Draw = TypeVar("Draw", bound=Callable[[Mapping[str, Any]], Paper])

# By the name of the paper.
_drawn_by: dict[str, Callable[[Mapping[str, Any]], Paper]] = {}


def encloses(paper: str) -> Callable[[Draw], Draw]:
    """The function draws this paper for letters whose `enclosure` names it; it is given that enclosure.

    A letter keeps what its paper is about and not the file: what is tried again an hour later encloses
    what is true then, and no patient's papers pile up in the outbox.
    """

    def declare(draw: Draw) -> Draw:
        _drawn_by[paper] = draw
        return draw

    return declare


def drawn(enclosure: Mapping[str, Any]) -> Paper:
    """The paper that the enclosure of a letter names."""
    return _drawn_by[enclosure["paper"]](enclosure)
