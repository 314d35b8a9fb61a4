"""An erasure's steps as people read them."""

from typing import Any, NamedTuple

from django.apps import apps
from django.utils.translation import gettext as _

from clinic.erasure.models import Erasure
from clinic.erasure.table import PHASE_WORDS, PHASES


class Done(NamedTuple):
    """What was done to one kind of record in one phase."""

    name: Any
    what: str
    rows: int
    entries: int


class Part(NamedTuple):
    """A phase with its lines."""

    phase: str
    word: Any
    lines: list[Done]


def lines_of(erasure: Erasure) -> list[Part]:
    """The steps by phase; those of one kind of record are one line.

    A report outlives the code: a table or a column that is no more stands there by its own name.
    """
    models = {model._meta.db_table: model for model in apps.get_models()}
    parts: dict[str, dict[tuple[str, str], Done]] = {phase: {} for phase in PHASES}
    for step in erasure.steps.all():
        model = models.get(step.table_name)
        name = model._meta.verbose_name if model else step.table_name
        what = _("deleted") if step.is_delete else _columns(model, step.columns)
        before = parts[step.phase].get((step.table_name, what))
        rows, entries = (before.rows, before.entries) if before else (0, 0)
        parts[step.phase][step.table_name, what] = Done(name, what, rows + step.rows, entries + step.entries)
    return [Part(phase, PHASE_WORDS[phase], list(found.values())) for phase, found in parts.items() if found]


def _columns(model: Any, columns: dict[str, str]) -> str:
    names = {field.column: field.verbose_name for field in model._meta.concrete_fields} if model else {}
    told = [str(names.get(column, column)) for column in columns]
    return ", ".join(told) or _("who acted, from where")
