"""Which column of a table is which: as it was last time, else by what the heads are called."""

from typing import Any

from clinic.moving.journal import fingerprint
from clinic.moving.models import ImportRun, Status
from clinic.moving.reading.sheet import folded
from clinic.moving.tables.taker import Taker

# The place of a column (as JSON has keys: a text), and the fact it holds.
Mapping = dict[str, str]


def heads_sha256(heads: list[str]) -> str:
    """By what a set of heads is remembered."""
    return fingerprint("\n".join(folded(head) for head in heads))


def mapping_of(taker: type[Taker], heads: list[str]) -> Mapping:
    """The mapping of the last import with these heads, or a guess."""
    return _remembered(taker, heads) or guessed(taker, heads)


def _remembered(taker: type[Taker], heads: list[str]) -> Mapping:
    earlier = ImportRun.objects.filter(
        kind=taker.name, heads_sha256=heads_sha256(heads), status__in=[Status.DONE, Status.UNDONE]
    )
    found: Any = earlier.order_by("-created_at").values_list("mapping", flat=True).first()
    return found or {}


def guessed(taker: type[Taker], heads: list[str]) -> Mapping:
    """Each head by its name; no fact is given to two columns."""
    known = {alias: column.name for column in reversed(taker.columns) for alias in column.known_as}
    found: Mapping = {}
    for place, head in enumerate(heads):
        name = known.get(folded(head))
        if name and name not in found.values():
            found[str(place)] = name
    return found
