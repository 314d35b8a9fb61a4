"""What a file holds, counted: what will stand in the other one."""

from typing import Any, NamedTuple

from django.apps import apps
from psycopg import sql

from accounts.members.merging.moves import composed
from accounts.members.merging.references import references
from clinic.db.current import connection

# Parts of what is counted already, and what nobody looks for.
PARTS = frozenset(
    (
        *("records_prescriptionitem", "records_safetycheck", "records_safetyfinding", "records_diagnosis"),
        *("records_addendum", "records_addendumdraft", "documents_recordfile", "history_reportresult"),
        *("wallets_ledgerentry", "records_emergencyaccess", "scheduling_assistance", "members_patientmerge"),
    )
)


class Held(NamedTuple):
    """How many of a kind of record the two files hold."""

    label: Any
    counts: list[int]


def holdings(*patients: Any) -> list[Held]:
    """The kinds of record that name one of these patients, with how many of them each has. One statement."""
    kinds = {
        model._meta.db_table: model._meta.verbose_name_plural
        for model in apps.get_models()
        if model._meta.db_table not in PARTS
    }
    tables = [each for each in references() if each.column == "patient_id" and each.table in kinds]
    counts = sql.SQL(" UNION ALL ").join(
        composed(
            "SELECT {name}, {column}, count(*) FROM {table} WHERE {column} = ANY(%s) GROUP BY 2",
            name=sql.Literal(each.table),
            table=each.table,
            column=each.column,
        )
        for each in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(counts.as_string(None), [list(patients)] * len(tables))
        found = {(table, patient): count for table, patient, count in cursor.fetchall()}
    named = sorted({table for table, _patient in found}, key=lambda table: str(kinds[table]))
    return [Held(kinds[table], [found.get((table, key), 0) for key in patients]) for table in named]
