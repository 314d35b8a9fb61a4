"""What would become of a patient's records, before anything is done."""

import datetime
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connections
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from clinic.erasure.models import LegalHold
from clinic.erasure.retention import kept_until
from clinic.erasure.services.keeping import retentions
from clinic.erasure.table import ACCOUNTS, CLINICAL, IDENTITY, PHASES, Fate, fates, hindrances

PARAMETER = sql.SQL("%s")


class Line(NamedTuple):
    """A kind of record: how many rows, what becomes of them, and when."""

    name: Any
    rows: int
    phase: str
    is_delete: bool
    columns: list[Any]


@dataclass(frozen=True)
class Plan:
    """The whole of it. `until`: per kind the last day it is kept; None where there is nothing of the kind."""

    lines: list[Line]
    hindrances: list[Any]
    hold: LegalHold | None
    clinical_until: datetime.date | None
    accounts_until: datetime.date | None

    def of(self, phase: str) -> list[Line]:
        """What happens in one phase."""
        return [line for line in self.lines if line.phase == phase]

    @property
    def now(self) -> list[Line]:
        """What goes at once."""
        return self.of(IDENTITY)

    @property
    def clinical(self) -> list[Line]:
        """What goes with the health records."""
        return self.of(CLINICAL)

    @property
    def accounts(self) -> list[Line]:
        """What goes with the accounts."""
        return self.of(ACCOUNTS)


def plan_of(patient: Any) -> Plan:
    """What an erasure of the patient would do now, and what stands in its way."""
    until = keeping_of(patient.pk, using="default")
    hold = LegalHold.objects.filter(patient_id=patient.pk, lifted_at=None).first()
    reasons = [_("The file is held: %(reason)s") % {"reason": hold.reason}] if hold else []
    return Plan(
        lines=_lines(patient.pk),
        hindrances=[*reasons, *hindrances(patient.pk)],
        hold=hold,
        clinical_until=until[CLINICAL],
        accounts_until=until[ACCOUNTS],
    )


def keeping_of(
    patient_id: Any, *, using: str, today: datetime.date | None = None
) -> dict[str, datetime.date | None]:
    """Until when what the patient has of each kind must be kept; None where nothing must, or no longer."""
    rules, today = retentions(using=using), today or timezone.localdate()
    born = _born(patient_id, using)
    found: dict[str, datetime.date | None] = {}
    for kind in (CLINICAL, ACCOUNTS):
        last, years = last_entry(patient_id, kind, using=using), rules[kind].years
        day = kept_until(rules[kind].law, last, years=years, born=born) if last else None
        found[kind] = day if day and day >= today else None
    return found


def _born(patient_id: Any, using: str) -> datetime.date | None:
    """The date of birth, or of an erased patient the year: by name, for this room knows no patients."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT date_of_birth FROM members_patientprofile WHERE member_id = %s", [patient_id])
        row = cursor.fetchone()
    return row[0] if row else None


def last_entry(patient_id: Any, kind: str, *, using: str) -> datetime.date | None:
    """The day of the patient's last row of a kind: one statement."""
    kept = [fate for fate in fates() if fate.kind == kind and is_dated(fate)]
    if not kept:
        return None
    part = "SELECT max(created_at) AS at FROM {table} WHERE {rows}"
    parts = [sql.SQL(part).format(table=sql.Identifier(fate.table), rows=found_by(fate)) for fate in kept]
    whole = sql.SQL("SELECT max(at) FROM ({}) entries").format(sql.SQL(" UNION ALL ").join(parts))
    with connections[using].cursor() as cursor:
        cursor.execute(whole.as_string(None), [patient_id] * len(parts))
        (latest,) = cursor.fetchone()
    return timezone.localdate(latest) if latest else None


def is_dated(fate: Fate) -> bool:
    """Whether rows say when they were written; the person's own row is no entry of a record."""
    columns = {field.column for field in fate.model._meta.concrete_fields}
    return "created_at" in columns and fate.path != ((fate.model._meta.pk.column,),)


def found_by(fate: Fate, whose: sql.Composable = PARAMETER) -> sql.Composable:
    """Which rows are the patient's; by default one parameter, the patient's key."""
    *hops, (last,) = fate.path
    condition: sql.Composable = sql.SQL("{} = {}").format(sql.Identifier(last), whose)
    for hop in reversed(hops):
        column, table, key = map(sql.Identifier, hop)
        way = "{column} IN (SELECT {key} FROM {table} WHERE {condition})"
        condition = sql.SQL(way).format(column=column, key=key, table=table, condition=condition)
    return condition


def _lines(patient_id: Any) -> list[Line]:
    """Every kind of record of which the patient has rows, what happens to them in each phase: one statement.

    A row that is found by several ways (a letter to the patient about a visit) is one row.
    """
    same: dict[tuple[Any, ...], list[Fate]] = {}
    for phase in PHASES:
        for fate in fates():
            if fate.acts_in(phase):
                step = fate.step_in(phase)
                same.setdefault((fate.model, phase, step.is_delete, tuple(step.columns)), []).append(fate)
    parts = [
        sql.SQL("SELECT {}, count(*) FROM {} WHERE {}").format(
            sql.Literal(place),
            sql.Identifier(found[0].table),
            sql.SQL(" OR ").join(sql.SQL("({})").format(found_by(fate)) for fate in found),
        )
        for place, found in enumerate(same.values())
    ]
    ways = [patient_id] * sum(map(len, same.values()))
    with connections["default"].cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts).as_string(None), ways)
        counted = dict(cursor.fetchall())
    return [
        Line(
            model._meta.verbose_name,
            counted[place],
            phase,
            is_delete,
            [label_of(found[0], name) for name in names],
        )
        for place, ((model, phase, is_delete, names), found) in enumerate(same.items())
        if counted[place]
    ]


def label_of(fate: Fate, column: str) -> Any:
    """The name of a column, as people read it."""
    found = (field for field in fate.model._meta.concrete_fields if field.column == column)
    return next(field.verbose_name for field in found)
