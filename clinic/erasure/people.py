"""Whose file it is: by name, since this room knows no patients."""

import datetime
from typing import Any

from django.apps import apps
from django.db import connections
from django.utils import timezone
from psycopg import sql

from clinic.erasure.models import Kind
from clinic.erasure.services.keeping import Keeping, retentions
from clinic.erasure.services.planning import found_by, is_dated
from clinic.erasure.table import fates

# So many are proposed at once; the next come when these are done.
MOST_PROPOSED = 100


def patient_model() -> Any:
    """The patient's file."""
    return apps.get_model("members", "PatientProfile")


def proposed() -> list[Any]:
    """Patients of whom nothing need be kept any more, the longest forgotten first."""
    kept = retentions()
    cutoffs = {kind: _cutoff(keeping) for kind, keeping in kept.items()}
    conditions = [
        sql.SQL("p.created_at < {}").format(sql.Literal(min(cutoffs.values()))),
        sql.SQL("NOT EXISTS (SELECT 1 FROM erasure_erasure e WHERE e.patient_id = p.member_id)"),
        _grown_up(kept[Kind.CLINICAL].law.until_age),
        *(
            _none_since(fate, cutoffs[fate.kind])
            for fate in fates()
            if fate.kind in cutoffs and is_dated(fate)
        ),
    ]
    statement = sql.SQL(
        "SELECT p.member_id FROM members_patientprofile p WHERE {} ORDER BY p.created_at LIMIT {}"
    )
    whole = statement.format(sql.SQL(" AND ").join(conditions), sql.Literal(MOST_PROPOSED))
    with connections["default"].cursor() as cursor:
        cursor.execute(whole.as_string(None))
        keys = [key for (key,) in cursor.fetchall()]
    return list(patient_model().objects.with_people().filter(pk__in=keys).order_by("created_at"))


def _cutoff(keeping: Keeping) -> datetime.datetime:
    """What was written before this moment need not be kept: years are counted to their end."""
    first = datetime.date(timezone.localdate().year - keeping.years, 1, 1)
    return timezone.make_aware(datetime.datetime.combine(first, datetime.time()))


def _grown_up(age: int) -> sql.Composable:
    """Children's records are kept until an age."""
    year = timezone.localdate().year - age
    rule = "({age} = 0 OR p.date_of_birth IS NULL OR extract(year FROM p.date_of_birth) < {year})"
    return sql.SQL(rule).format(age=sql.Literal(age), year=sql.Literal(year))


def _none_since(fate: Any, cutoff: datetime.datetime) -> sql.Composable:
    rule = "NOT EXISTS (SELECT 1 FROM {table} WHERE {rows} AND created_at >= {since})"
    rows = found_by(fate, sql.SQL("p.member_id"))
    return sql.SQL(rule).format(table=sql.Identifier(fate.table), rows=rows, since=sql.Literal(cutoff))
