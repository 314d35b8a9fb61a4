"""The owner changes a row behind the trail's back: `verify` names it, whatever row and column it is."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from factory.random import randgen, reseed_random

from clinic.audit.rows import Altered, altered_rows, audited_tables
from clinic.db.current import connection
from records import services
from records.observations.services import record_measurements
from tests.people import DoctorFactory
from tests.records.factories import AllergyFactory, begun, handed_out
from tests.scheduling.factories import PatientFactory

# Together with those of the trail itself (test_verify) a thousand.
TAMPERINGS = 300
RECORDS = (
    "members_allergy",
    "observations_observation",
    "records_addendum",
    "records_consultation",
    "records_diagnosis",
    "records_emergencyaccess",
    "records_prescription",
    "records_prescriptionitem",
)
CHANGE = "UPDATE … SET c = v WHERE id = %s"
# Another value of the same type.
OTHERWISE = {
    "uuid": "gen_random_uuid()",
    "text": "… || 'x'",
    "character varying": "… || 'x'",
    "timestamp with time zone": "… + interval '1 second'",
    "date": "… + 1",
    "integer": "… + 1",
    "smallint": "… + 1",
    "numeric": "… + 1",
    "boolean": "NOT …",
}


@pytest.fixture
def owner(committed: None, in_acme: None) -> Iterator[Any]:
    """The owner's cursor in acme's schema, whom no trigger stops; what is done with it is undone."""
    consultation = begun()
    by = consultation.doctor.member
    for code in ("I10", "E11.9"):
        services.add_diagnosis(consultation, by=by, code=code)
    services.sign_consultation(consultation, by=by)
    services.add_addendum(consultation, by=by, text="More.")
    handed_out(consultation)
    record_measurements(consultation.patient, by=by, values={"pulse": 72, "systolic": 120})
    AllergyFactory(patient=consultation.patient)
    services.break_glass(PatientFactory(), by=by, reason="On duty alone")
    connections["owner"].set_schema(connection.schema_name)
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for table in RECORDS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        transaction.set_rollback(True, "owner")
    connections["owner"].set_schema_to_public()
    connections["owner"].close()


def columns(cursor: Any, table: str, key: Any) -> list[tuple[str, str]]:
    """The columns of the row that hold something, with their types; the key and what is computed apart."""
    cursor.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
        [table],
    )
    known = cursor.fetchall()
    cursor.execute("SELECT to_jsonb(t) FROM … t WHERE id = %s".replace("…", table), [key])
    row = json.loads(cursor.fetchone()[0])
    return [(name, kind) for name, kind in known if row[name] is not None and kind in OTHERWISE]


def keys(cursor: Any, table: str) -> list[Any]:
    cursor.execute("SELECT id FROM … ORDER BY id".replace("…", table))
    return [key for (key,) in cursor.fetchall()]


def tamper(cursor: Any, table: str, key: Any, fields: list[tuple[str, str]]) -> str:
    """Change one field of the row, or take the row out; what becomes of it."""
    if randgen.random() < 0.1:
        cursor.execute("DELETE FROM … WHERE id = %s".replace("…", table), [key])
        return "is missing"
    name, kind = randgen.choice(fields)
    value = OTHERWISE[kind].replace("…", name)
    cursor.execute(CHANGE.replace("…", table).replace("c = v", f"{name} = {value}"), [key])
    return "was changed"


def test_random_tamperings_with_records_are_each_named(owner: Any) -> None:
    reseed_random(20261122)
    assert altered_rows(cursor=owner) == []
    rows = [(table, key, columns(owner, table, key)) for table in RECORDS for key in keys(owner, table)]
    assert {table for table, _key, _fields in rows} == set(RECORDS)
    done = 0
    while done < TAMPERINGS:
        table, key, fields = randgen.choice(rows)
        with transaction.atomic("owner"):
            try:
                with transaction.atomic("owner"):
                    problem = tamper(owner, table, key, fields)
            except DatabaseError:
                continue  # A constraint stops even the owner.
            named = altered_rows(table, cursor=owner)
            transaction.set_rollback(True, "owner")
        assert Altered(table, str(key), problem) in named
        done += 1


def test_what_was_put_in_is_named(owner: Any) -> None:
    owner.execute(
        "INSERT INTO members_allergy SELECT (jsonb_populate_record(a, jsonb_build_object("
        "'id', gen_random_uuid(), 'substance', 'Forged'))).* FROM members_allergy a"
    )
    assert [row.problem for row in altered_rows("members_allergy", cursor=owner)] == ["was put in"]


@pytest.mark.django_db
def test_every_table_of_a_clinic_is_looked_at() -> None:
    DoctorFactory()
    with connection.cursor() as cursor:
        assert set(RECORDS) <= set(audited_tables(cursor))
        # Entries are made when the transaction ends; here it goes on.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert altered_rows() == []
