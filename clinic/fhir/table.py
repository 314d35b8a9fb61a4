"""The one table of which FHIR resource becomes which record, and the other way round.

Each room declares its own mappings, both directions in one file per resource (`fhir.py` or `fhir/`):

    @reads("Condition", after=("Patient",), maps=("code", "onsetDateTime"))
    def read_condition(resource: Resource, bringing: Bringing) -> Answer: ...

    @writes(Condition, "Condition")
    def write_condition(condition: Condition, writing: Writing) -> Resource: ...
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models

if TYPE_CHECKING:
    from clinic.fhir.reading import Bringing
    from clinic.fhir.writing import Writing

# A resource as JSON has it.
Resource = dict[str, Any]


class LeftOut(Exception):
    """A resource that cannot be brought in; `reason` is a sentence without anybody's data."""

    def __init__(self, reason: Any) -> None:
        super().__init__(reason)
        self.reason = reason


class Known(NamedTuple):
    """A reader's answer: this record says the same and was here before."""

    record: models.Model


# What a reader answers: the record it made; several, the resource's own first; one that was here before;
# None when the resource is not its own, and the next reader is asked.
Answer = models.Model | Sequence[models.Model] | Known | None
Read = Callable[[Resource, "Bringing"], Answer]
# A writer's answer: the resource; several, the record's own first, the others with type and id; or none.
Write = Callable[[Any, "Writing"], Resource | Sequence[Resource] | None]


@dataclass(frozen=True)
class Reader:
    """How a resource of this type is brought in, after those of the types it refers to.

    `maps`: the elements that are taken over; all others are counted as left out. None: not counted.
    """

    kind: str
    read: Read
    after: tuple[str, ...] = ()
    maps: frozenset[str] | None = None


@dataclass(frozen=True)
class Writer:
    """How a record is given out. `patient`: the way from it to its patient; None: nobody's own."""

    model: type[models.Model]
    kind: str
    write: Write
    patient: str | None
    rows: Callable[[], models.QuerySet]


_readers: dict[str, list[Reader]] = {}
_writers: dict[type[models.Model], Writer] = {}


def reads(
    kind: str, *, after: Sequence[str] = (), maps: Sequence[str] | None = None
) -> Callable[[Read], Read]:
    """Declare a reader. Of several for one type the lower room's is asked first."""

    def declare(read: Read) -> Read:
        mapped = None if maps is None else frozenset(maps)
        _readers.setdefault(kind, []).append(Reader(kind, read, tuple(after), mapped))
        return read

    return declare


def writes(
    model: type[models.Model],
    kind: str,
    *,
    patient: str | None = "patient",
    rows: Callable[[], models.QuerySet] | None = None,
) -> Callable[[Write], Write]:
    """Declare the writer of `model`. `rows`: its rows with all that the writer looks at, in one statement."""

    def declare(write: Write) -> Write:
        if model in _writers:
            raise ValueError(f"{model.__name__} is written twice.")
        every = rows or model.objects.all  # type: ignore[attr-defined]
        _writers[model] = Writer(model, kind, write, patient, every)
        return write

    return declare


def readers_of(kind: str) -> tuple[Reader, ...]:
    """Who may bring in resources of this type, in the order they are asked."""
    return tuple(_readers.get(kind, ()))


def types_read() -> list[str]:
    """Every type that is brought in, each after those it refers to."""
    graph = {
        kind: {before for reader in readers for before in reader.after if before in _readers}
        for kind, readers in sorted(_readers.items())
    }
    return list(TopologicalSorter(graph).static_order())


def writers() -> Iterator[Writer]:
    """Every writer, in the order of the rooms."""
    yield from _writers.values()


def writer_of(model: type[models.Model]) -> Writer | None:
    """The writer of `model`, if there is one."""
    return _writers.get(model)
