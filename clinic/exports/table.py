"""What the rooms say of what is given out: each in its own `exports.py`, found when the site starts.

Every table of a clinic is given out, whole or for one patient, without anybody declaring it
(clinic.exports.rows). A room says only what is not given out and why (`left_out`), which columns are secret
(`secret`), whose a row is where its keys do not tell (`whose`), what stands beside the tables as a file
(`files`), and what a patient reads on paper (`section`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import IO, Any, NamedTuple


class Given(NamedTuple):
    """What is asked for: of one patient (None: the whole clinic), with what is marked as sensitive or not."""

    patient: Any
    with_sensitive: bool

    @property
    def is_whole(self) -> bool:
        """Whether it is everything in the clinic."""
        return self.patient is None


class GivenFile(NamedTuple):
    """A file beside the tables: its name within the ZIP, and how it is opened (OSError: it is gone)."""

    name: str
    open: Callable[[], IO[bytes]]


@dataclass(frozen=True)
class Block:
    """A piece of a section: `facts` in pairs, `rows` under their `head`, `text`; under a `title` or none."""

    title: str = ""
    facts: Sequence[tuple[Any, Any]] = ()
    head: Sequence[Any] = ()
    rows: Sequence[Sequence[Any]] = ()
    text: str = ""


@dataclass(frozen=True)
class Section:
    """A heading of the readable record, and what fills it for one patient. `place`: its order."""

    place: int
    title: Any
    fill: Callable[[Given], Iterable[Block]] = field(compare=False)


Files = Callable[[Given], Iterator[GivenFile]]

_left_out: dict[str, Any] = {}
_withheld: dict[str, Any] = {}
_secret: dict[str, frozenset[str]] = {}
_whose: dict[str, str] = {}
_files: list[Files] = []
_sections: list[Section] = []

# By the model's label: why it is in no copy at all, and why in none of a single patient.
LEFT_OUT: Mapping[str, Any] = MappingProxyType(_left_out)
WITHHELD: Mapping[str, Any] = MappingProxyType(_withheld)
# By the model's label: columns that open something, and are given to nobody.
SECRET: Mapping[str, frozenset[str]] = MappingProxyType(_secret)
# By the model's label: the column that holds a patient's key without being a reference.
WHOSE: Mapping[str, str] = MappingProxyType(_whose)


def left_out(label: str, reason: Any) -> None:
    """The model is in no copy, and why."""
    _left_out[label] = reason


def withheld(label: str, reason: Any) -> None:
    """The model is in the copy of the clinic, and in none of a single patient; why."""
    _withheld[label] = reason


def secret(label: str, *columns: str) -> None:
    """These columns open something: they are given to nobody."""
    _secret[label] = _secret.get(label, frozenset()) | frozenset(columns)


def whose(label: str, column: str) -> None:
    """The row is the patient's whose key stands in `column`, which is no reference."""
    _whose[label] = column


def files(source: Files) -> Files:
    """Declare a source of files."""
    _files.append(source)
    return source


def all_files(given: Given) -> Iterator[GivenFile]:
    """Every file that is given out."""
    for source in _files:
        yield from source(given)


def section(place: int, title: Any) -> Callable[[Callable[[Given], Iterable[Block]]], Any]:
    """Declare a section of the readable record."""

    def declare(fill: Callable[[Given], Iterable[Block]]) -> Callable[[Given], Iterable[Block]]:
        _sections.append(Section(place, title, fill))
        return fill

    return declare


def sections() -> list[Section]:
    """All of them, in the order in which they are read."""
    return sorted(_sections, key=lambda one: one.place)
