"""What a room says of a kind of table: it declares a Taker in its `moving.py`."""

from collections.abc import Collection, Iterator, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from django.db import models

from clinic.db.current import connection
from clinic.models import Refusal
from clinic.money import NOTHING, digits_of, in_coins
from clinic.moving.tables.columns import Column

Facts = dict[str, Any]


class Problem(NamedTuple):
    """What is wrong with a row: in which column (by its name; "" for the whole row), in a sentence."""

    column: str
    sentence: Any


def too_fine(column: str, facts: Facts) -> Iterator[Problem]:
    """That the amount in `column` has more decimal places than the clinic's currency."""
    try:
        in_coins(facts.get(column, NOTHING), digits_of(connection.tenant.currency))
    except Refusal as refusal:
        yield Problem(column, refusal.message)


class Alike(NamedTuple):
    """Who or what a row probably is already. `sure`: it is left out unless somebody decides otherwise."""

    label: str
    score: int
    reasons: list[Any]
    sure: bool
    record: models.Model | None = None


class Taker:
    """One kind of table. An instance serves one reading: it may look up what it needs once, for all rows."""

    name: ClassVar[str]
    label: ClassVar[Any]
    icon: ClassVar[str]
    about: ClassVar[Any] = ""
    columns: ClassVar[tuple[Column, ...]]
    position: ClassVar[int] = 100
    # The column by which a row is known where it comes from, if there is one.
    identifier: ClassVar[str] = ""
    # More rows than these are looked at by the worker, while a page tells how far it is.
    looked_at_once: ClassVar[int] = 1000
    # The name of the URL of the list of what came.
    result: ClassVar[str] = ""

    def look_up(self, rows: list[Facts]) -> None:
        """Find what the rows will be compared with: few statements, however many rows."""

    def problems(self, facts: Facts) -> Iterator[Problem]:
        """What is wrong with the row as a whole, once each of its cells could be read."""
        yield from ()

    def alike(self, facts: Facts, line: int) -> Alike | None:
        """Who or what the row probably is: among our records, or in an earlier line of the table."""
        return None

    def compared(self, facts: Facts) -> Facts:
        """The facts of a row as `here` says them."""
        return facts

    def here(self, keys: Collection[Any]) -> dict[Any, Facts]:
        """What our records (by their keys) say now, as far as a table may say it too."""
        return {}

    def rehearse(self, facts: Facts, *, by: Any) -> Problem | None:
        """Try what only trying tells; what it stores is rolled back."""
        return None

    def bring_all(self, rows: list[Facts], *, by: Any) -> Iterator[list[models.Model]]:
        """Store the rows in their order; of each, every record made. Many at once, where services allow."""
        for facts in rows:
            yield list(self.bring(facts, by=by))

    def bring(self, facts: Facts, *, by: Any) -> Iterator[models.Model]:
        """Store one row through the room's services: every record made, the row's own first."""
        raise NotImplementedError


def batched(rows: list[Facts], size: int) -> Iterator[list[Facts]]:
    """The rows in their order, so many at once."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


_rows: dict[str, type[Taker]] = {}
TAKERS: Mapping[str, type[Taker]] = MappingProxyType(_rows)


def takes(taker: type[Taker]) -> type[Taker]:
    """Put a kind of table into the table of kinds."""
    from clinic.moving.kinds import Kind, enter
    from clinic.moving.tables.bringing import bring_table

    _rows[taker.name] = taker
    kind = Kind(
        taker.name,
        taker.label,
        taker.icon,
        "moving:preview_import",
        bring_table,
        taker.position,
        taker.about,
        result=taker.result,
    )
    enter(kind)
    return taker
