"""Carrying an erasure out, in any connection that stands in a clinic's schema."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections, models, transaction
from uuid_utils.compat import uuid7

from clinic.erasure.table import IDENTITY, OF_THE_TRAIL, Fate, Step, acts, fates, files

_STEP = (
    "INSERT INTO erasure_erasurestep "
    "(id, created_at, erasure_id, phase, table_name, path, columns, is_delete, rows, entries) "
    "VALUES (%s, clock_timestamp(), %s, %s, %s, %s, %s, %s, 0, 0)"
)


def pseudonym_of(patient_id: Any) -> str:
    """What stands where the name and the number stood: of the key, which every record carries anyway."""
    return f"E-{UUID(str(patient_id)).hex[-8:].upper()}"


def carry_out(erasure_id: Any, patient_id: Any, phase: str, *, using: str) -> None:
    """Do all that a phase asks for. Doing it again changes nothing.

    The files go when the transaction is committed: a row that stays never points at nothing.
    """
    doomed = files(patient_id, phase, using)
    with connections[using].cursor() as cursor:
        if phase == IDENTITY:
            # Before the name is gone: it is how the trail tells who acted for whom.
            for act in acts():
                act(patient_id, using)
            _enter(cursor, erasure_id, OF_THE_TRAIL)
        for fate in in_order(fate for fate in fates() if fate.acts_in(phase)):
            _enter(cursor, erasure_id, fate.step_in(phase))
    transaction.on_commit(lambda: _unlink(doomed), using=using)


def _enter(cursor: Any, erasure_id: Any, step: Step) -> None:
    way, what = json.dumps(step.path), json.dumps(step.columns)
    facts = [step.phase, step.table, way, what, step.is_delete]
    cursor.execute(_STEP, [str(uuid7()), str(erasure_id), *facts])


def in_order(chosen: Iterable[Fate]) -> list[Fate]:
    """What lies beside others, what is emptied, what is deleted: each before what it leads through."""
    found = list(reversed(list(chosen)))
    beside = [fate for fate in found if fate.is_beside]
    whole = [fate for fate in found if not fate.is_beside]
    ordered = [*beside, *(fate for fate in whole if fate.delete is None)]
    left = [fate for fate in whole if fate.delete is not None]
    while left:
        tables = {fate.model for fate in left}
        free = [fate for fate in left if not _pointed_at(fate.model, tables)] or left
        ordered += free
        left = [fate for fate in left if fate not in free]
    return ordered


def _pointed_at(model: type[models.Model], others: set[type[models.Model]]) -> bool:
    return any(
        field.related_model is model
        for other in others - {model}
        for field in other._meta.concrete_fields
        if field.is_relation
    )


def _unlink(paths: list[Path]) -> None:
    for path in paths:
        path.unlink(missing_ok=True)
