"""What an import would do, row by row: the same before anything is stored and while it is."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.moving import files
from clinic.moving.journal import fingerprint
from clinic.moving.models import ImportedRecord, ImportRun
from clinic.moving.reading import Shape, Sheet, read
from clinic.moving.reading.sheet import Row
from clinic.moving.tables.columns import Unreadable
from clinic.moving.tables.taker import TAKERS, Alike, Facts, Problem, Taker

Tell = Callable[[int], None]


class Outcome(TextChoices):
    """What becomes of a row."""

    NEW = "new", gettext_lazy("New")
    DUPLICATE = "duplicate", gettext_lazy("Here already?")
    UNCHANGED = "unchanged", gettext_lazy("Brought in before")
    REFUSED = "refused", gettext_lazy("With problems")


class Choice(StrEnum):
    """What was decided about a row that may be here already."""

    BRING = "bring"
    SKIP = "skip"


@dataclass
class Planned:
    """A row and what becomes of it."""

    line: int
    facts: Facts
    problems: list[Problem] = field(default_factory=list)
    alike: Alike | None = None
    is_known: bool = False
    # Of what was brought in before: what the table says otherwise than we do, by columns.
    differs: list[Problem] = field(default_factory=list)
    key: str = ""
    fingerprint: str = ""

    @property
    def outcome(self) -> Outcome:
        """Problems outweigh everything else."""
        if self.problems:
            return Outcome.REFUSED
        if self.is_known:
            return Outcome.UNCHANGED
        return Outcome.DUPLICATE if self.alike else Outcome.NEW

    def comes(self, decisions: dict[str, Any]) -> bool:
        """Whether it is brought in, by what was decided."""
        return comes(self.outcome, self.line, bool(self.alike and self.alike.sure), decisions)


def comes(outcome: str, line: int, is_sure: bool, decisions: dict[str, Any]) -> bool:
    """Whether a row is brought in. What is surely here already is not, unless somebody says so."""
    if outcome != Outcome.DUPLICATE:
        return outcome == Outcome.NEW
    chosen = decisions.get("rows", {}).get(str(line))
    return chosen == Choice.BRING if chosen else not is_sure


def taker_of(run: ImportRun) -> type[Taker]:
    """What takes the rows of an import."""
    return TAKERS[run.kind]


def sheet_of(run: ImportRun, usual: str = "dmy", *, anew: bool = False) -> Sheet:
    """The import's table, by the shape that was chosen, else (or `anew`) as it is recognised."""
    known = {alias for column in taker_of(run).columns for alias in column.known_as}
    chosen = Shape.of(run.format) if run.format and not anew else None
    return read(files.content_of(run), known=known, chosen=chosen, usual=usual)


def is_rehearsed(taker: type[Taker]) -> bool:
    """Whether only trying tells what becomes of a row; then each decision about one may change others."""
    return taker.rehearse is not Taker.rehearse


def plan_of(run: ImportRun, sheet: Sheet, taker: Taker, tell: Tell = lambda done: None) -> list[Planned]:
    """What becomes of each row. Nothing is stored. `tell` is told how many rows are looked at.

    `taker`: a new one, which then knows what the rows need when they are brought in.
    """
    passes = 1 + is_rehearsed(type(taker))
    places = {name: int(place) for place, name in run.mapping.items()}
    rows = [_read(taker, places, sheet, row) for row in sheet.rows]
    _know(run.kind, taker, rows)
    taker.look_up([row.facts for row in rows])
    for done, row in enumerate(rows, start=1):
        if not row.problems and not row.is_known:
            row.problems += taker.problems(row.facts)
        if not row.problems and not row.is_known:
            row.alike = taker.alike(row.facts, row.line)
        tell(done // passes)
    coming = [row for row in rows if row.comes(run.decisions)]
    left = len(rows) - len(coming)
    _rehearse(taker, coming, run.by, lambda done: tell((len(rows) + left + done) // passes))
    return rows


def _read(taker: Taker, places: dict[str, int], sheet: Sheet, row: Row) -> Planned:
    planned = Planned(row.line, {})
    if len(row.cells) > len(sheet.heads) and any(row.cells[len(sheet.heads) :]):
        planned.problems.append(Problem("", _("This row has more cells than there are heads.")))
    for column in taker.columns:
        place = places.get(column.name, -1)
        cell = row.cells[place] if 0 <= place < len(row.cells) else ""
        try:
            value = column.value(cell, sheet.shape)
        except Unreadable as problem:
            planned.problems.append(Problem(column.name, str(problem)))
            continue
        if column.required and value in (None, ""):
            planned.problems.append(Problem(column.name, _("This must not be empty.")))
        elif value not in (None, ""):
            planned.facts[column.name] = value
    return planned


def _know(kind: str, taker: Taker, rows: list[Planned]) -> None:
    """Find which rows were brought in before, and which stand in the table twice."""
    seen: dict[str, Planned] = {}
    for row in rows:
        row.fingerprint = fingerprint(json.dumps(row.facts, default=str, sort_keys=True))
        # Without an identifier a row is known by all that it says.
        row.key = str(row.facts.get(taker.identifier) or row.fingerprint)[:255]
        if row.problems:
            continue
        first = seen.setdefault(row.key, row)
        if first is not row:
            _twice(taker, row, first)
    standing = ImportedRecord.objects.known("", kind, list(seen)).order_by()
    known = {key: facts for key, *facts in standing.values_list("key", "fingerprint", "record_id")}
    for row in rows:
        row.is_known = not row.problems and row.key in known
    _compare(taker, {known[row.key][1]: row for row in rows if _reads_otherwise(row, known)})


def _reads_otherwise(row: Planned, known: dict[str, list[Any]]) -> bool:
    return row.is_known and row.fingerprint != known[row.key][0]


def _compare(taker: Taker, rows: dict[Any, Planned]) -> None:
    """Name what the rows (by the keys of our records) say otherwise now than we do: it is not taken over."""
    here = taker.here(rows.keys()) if rows else {}
    for key, row in rows.items():
        ours, theirs = here.get(key, {}), taker.compared(row.facts)
        for name in ours.keys() & theirs.keys():
            if theirs[name] != ours[name] and str(theirs[name]) != str(ours[name]):
                told = {"here": ours[name] or "–", "there": theirs[name]}
                row.differs.append(Problem(name, _("“%(there)s” in the file, “%(here)s” here.") % told))
        row.differs.sort()
        if not row.differs:
            row.differs.append(Problem("", _("The row was another one when it was brought in.")))


def _twice(taker: Taker, row: Planned, first: Planned) -> None:
    if row.fingerprint == first.fingerprint:
        told = _("This is line %(line)s once more.") % {"line": first.line}
    else:
        told = _("Line %(line)s has the same identifier.") % {"line": first.line}
    row.problems.append(Problem(taker.identifier if row.key != row.fingerprint else "", told))


def _rehearse(taker: Taker, rows: list[Planned], by: Any, tell: Tell) -> None:
    """Try what only trying tells, each row after those before it, and take all of it back."""
    if not is_rehearsed(type(taker)):
        return
    with transaction.atomic():
        for done, row in enumerate(rows, start=1):
            problem = taker.rehearse(row.facts, by=by)
            row.problems += [problem] if problem else []
            tell(done)
        transaction.set_rollback(True)


def counted(rows: list[Planned], decisions: dict[str, Any]) -> dict[str, int]:
    """How many rows of each outcome, and how many are brought in."""
    found = Counter(str(row.outcome) for row in rows)
    differing = sum(bool(row.differs) for row in rows)
    return {**found, "differs": differing, "comes": sum(row.comes(decisions) for row in rows)}
