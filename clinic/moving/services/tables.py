"""Tables: taken in with what is recognised, looked at, and decided row by row."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.models import Refusal
from clinic.moving.models import ImportRun
from clinic.moving.reading import Shape
from clinic.moving.services.looking import look_soon, refuse_while_looking
from clinic.moving.services.running import start_import
from clinic.moving.services.uploading import preview_import, upload_import
from clinic.moving.tables.mapping import heads_sha256, mapping_of
from clinic.moving.tables.plan import Choice, Outcome, sheet_of, taker_of
from clinic.moving.tables.shown import is_looked_at, shown

# Where a date is written with the month first (Unicode CLDR, short dates): the United States, and few others.
MONTH_FIRST = ("en_US", "en-US", "fil")


@transaction.atomic
def upload_table(*, kind: str, file: Any, by: Any) -> ImportRun:
    """Take a table in and recognise it. Nothing is stored of what it says. Raises Refusal."""
    run = upload_import(kind=kind, name=file.name, content=file.read(), by=by)
    return _recognise(run, by=by)


def _recognise(run: ImportRun, *, by: Any, anew: bool = False) -> ImportRun:
    is_american = str(connection.tenant.locale).startswith(MONTH_FIRST)
    sheet = sheet_of(run, "mdy" if is_american else "dmy", anew=anew)
    seen = preview_import(
        run,
        by=by,
        format={
            **sheet.shape.stored(),
            "said": [str(sentence) for sentence in sheet.said],
            "sheets": sheet.sheets,
        },
        mapping=mapping_of(taker_of(run), sheet.heads),
        heads_sha256=heads_sha256(sheet.heads),
        rows=len(sheet.rows),
    )
    look_soon(seen)
    return seen


@transaction.atomic
def change_shape(run: ImportRun, *, by: Any, **shape: Any) -> ImportRun:
    """Read the file otherwise; the columns are guessed anew where their heads are others. Raises Refusal."""
    run.format = {**run.format, **Shape.of({**run.format, **shape}).stored(), "said": []}
    sheet = sheet_of(run)
    facts: dict[str, Any] = {"format": run.format, "rows": len(sheet.rows), "decisions": {}}
    if (heads := heads_sha256(sheet.heads)) != run.heads_sha256:
        facts |= {"heads_sha256": heads, "mapping": mapping_of(taker_of(run), sheet.heads)}
    seen = preview_import(run, by=by, **facts)
    look_soon(seen)
    return seen


@transaction.atomic
def map_columns(run: ImportRun, *, by: Any, mapping: dict[str, str]) -> ImportRun:
    """Say which column is which. Raises Refusal when two are the same, or one is missing."""
    columns = {column.name: column for column in taker_of(run).columns}
    given = list(mapping.values())
    for name in given:
        if given.count(name) > 1:
            raise Refusal(_("Two columns are “%(name)s”. Choose one.") % {"name": columns[name].label})
    missing = [
        str(column.label) for column in columns.values() if column.required and column.name not in given
    ]
    if missing:
        raise Refusal(_("Say which column is: %(names)s.") % {"names": ", ".join(missing)})
    seen = preview_import(run, by=by, mapping=mapping, decisions={})
    look_soon(seen)
    return seen


@transaction.atomic
def decide_row(run: ImportRun, *, by: Any, line: int, choice: str) -> ImportRun:
    """Bring a row in although it may be here already, or leave it out."""
    refuse_while_looking(run)
    plan = {each.line: each for each in shown(run).lines}
    if line not in plan or plan[line].outcome != Outcome.DUPLICATE or choice not in list(Choice):
        raise Refusal(_("There is nothing to decide about this row."))
    rows = {**run.decisions.get("rows", {}), str(line): choice}
    seen = preview_import(run, by=by, decisions={**run.decisions, "rows": rows})
    if not is_looked_at(seen):
        look_soon(seen)
    return seen


@transaction.atomic
def start_table(run: ImportRun, *, by: Any, leave_out: bool = False) -> ImportRun:
    """Bring the table in. Rows with problems are left out only if somebody says so. Raises Refusal."""
    refuse_while_looking(run)
    counts = shown(run).counts
    if counts[Outcome.REFUSED] and not leave_out:
        raise Refusal(
            _("Some rows have problems. Mend the file and upload it again, or leave these rows out."),
            "leave_out",
        )
    if not counts["comes"]:
        raise Refusal(_("No row would be brought in."))
    return start_import(run, by=by, decisions={**run.decisions, "leave_out": leave_out})
