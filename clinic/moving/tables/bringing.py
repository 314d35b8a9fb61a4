"""A table is brought in, as it was shown."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from clinic.models import Refusal
from clinic.moving.journal import Journal
from clinic.moving.models import ImportRun
from clinic.moving.tables.plan import Planned, counted, plan_of, sheet_of, taker_of
from clinic.moving.tables.shown import outcomes, promised
from clinic.moving.tables.taker import Taker


def bring_table(run: ImportRun, journal: Journal) -> dict[str, Any]:
    """Bring in the rows that come. Raises Refusal when they are not what was shown any more."""
    expected = promised(run)
    taker, records = taker_of(run)(), Counter[str]()
    rows = plan_of(run, sheet_of(run), taker)
    if outcomes(rows) != expected:
        raise Refusal(_("Something has changed since this was looked at. Upload the file again and look."))
    coming = [row for row in rows if row.comes(run.decisions)]
    made = taker.bring_all([row.facts for row in coming], by=run.by)
    for done, row in enumerate(coming, start=1):
        _note(run, row, _next(made, row), journal, records)
        journal.tell(done)
    _note_found(run, taker, rows, journal)
    return {**counted(rows, run.decisions), "records": dict(records)}


def _next(made: Iterator[list[models.Model]], row: Planned) -> list[models.Model]:
    """The records of the row. Raises Refusal with its line."""
    try:
        return next(made)
    except Refusal as refusal:
        told = {"line": row.line, "problem": refusal.message}
        raise Refusal(_("Line %(line)s: %(problem)s Nothing was brought in.") % told) from refusal


def _note(
    run: ImportRun, row: Planned, made: list[models.Model], journal: Journal, records: Counter[str]
) -> None:
    first, *parts = made
    journal.made(first, run.kind, row.key, of=row.fingerprint)
    for part in parts:
        journal.made(part, f"{run.kind} part")
    records.update(record._meta.label for record in made)


def _note_found(run: ImportRun, taker: Taker, rows: list[Planned], journal: Journal) -> None:
    """Remember what is here already by its identifier there: other tables may name it by that."""
    for row in rows:
        record = row.alike.record if row.alike else None
        if record and taker.identifier in row.facts and not row.comes(run.decisions) and not row.problems:
            journal.found(record, run.kind, row.key, of=row.fingerprint)
