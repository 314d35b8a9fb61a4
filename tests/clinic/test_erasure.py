"""Erasing a patient: what goes is gone from every table, the trail, the public schema and the disk."""

import datetime
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django_tenants.utils import schema_context
from psycopg import sql

from accounts.members.models import PatientProfile
from accounts.models import User
from clinic.audit.chain import broken_entries
from clinic.audit.rows import altered_rows
from clinic.erasure.report import lines_of
from clinic.erasure.retention import kept_until, law_of
from clinic.erasure.services import apply_erasures, erase_patient, erase_what_ran_out, plan_of, planning
from clinic.erasure.table import ACCOUNTS, CLINICAL, IDENTITY, PHASES, fates
from tenants.models import Erasure as Ledger
from tests.databases import as_the_owner, erasures_on
from tests.sweeps import world
from tests.sweeps.test_fates import can_tell

# Short enough for every column, and nowhere else.
CANARIES = {IDENTITY: "Zqxn", CLINICAL: "Zqxc", ACCOUNTS: "Zqxa"}


def dump(schema: str, token: str) -> list[str]:
    """The tables of the clinic and of `public` in whose COPY the token stands."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN (%s, 'public')", [schema]
        )
        found = []
        for place, table in cursor.fetchall():
            statement = sql.SQL("COPY {}.{} TO STDOUT").format(sql.Identifier(place), sql.Identifier(table))
            with cursor.connection.cursor().copy(statement) as copy:
                if token.encode() in b"".join(copy):
                    found.append(table)
    return found


def plant(schema: str, patient: PatientProfile) -> int:
    """Write a canary into every column of words of the patient's rows; how many columns took one.

    As the owner, with the rules resting, the trail at work: old and new entries hold canaries as well.
    """
    planted = 0
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            sql.SQL("SET search_path TO {}, public").format(sql.Identifier(schema)).as_string(None)
        )
        for fate in fates():
            planted += sum(_planted(cursor, fate, column, how, patient) for column, how in _columns(fate))
        cursor.execute("SET search_path TO public")
    return planted


def _columns(fate: Any) -> Iterator[tuple[str, str]]:
    fields = [field for field in fate.model._meta.concrete_fields if can_tell(field)]
    for field in fields:
        phases = [phase for phase in PHASES if field.column in fate.columns.get(phase, {})]
        if fate.delete or phases:
            yield field, CANARIES[fate.delete or phases[0]]


def _planted(cursor: Any, fate: Any, field: Any, token: str, patient: PatientProfile) -> bool:
    value = json.dumps([token]) if field.get_internal_type() == "JSONField" else token
    names = sql.Identifier(fate.table), sql.Identifier(field.column)
    change = sql.SQL("UPDATE {} SET {} = %s WHERE {}").format(*names, planning.found_by(fate))
    guards = sql.SQL("ALTER TABLE {} {} TRIGGER USER")
    keep = sql.SQL("ALTER TABLE {} ENABLE TRIGGER {}")
    try:
        with transaction.atomic(using="owner"):
            cursor.execute(guards.format(names[0], sql.SQL("DISABLE")).as_string(None))
            if _is_audited(cursor, fate.table):
                cursor.execute(keep.format(names[0], sql.Identifier(f"{fate.table}_audit")).as_string(None))
            cursor.execute(change.as_string(None), [value, patient.pk])
            found = cursor.rowcount
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(guards.format(names[0], sql.SQL("ENABLE")).as_string(None))
    except DatabaseError:
        # A column of which a CHECK knows what it may hold (a fingerprint, a currency).
        return False
    return bool(found)


def _is_audited(cursor: Any, table: str) -> bool:
    cursor.execute("SELECT 1 FROM pg_trigger WHERE tgname = %s", [f"{table}_audit"])
    return cursor.fetchone() is not None


def files_of(schema: str) -> list[Path]:
    return [path for path in (Path(settings.MEDIA_ROOT) / schema).rglob("*") if path.is_file()]


def told(lines: Iterable[Any]) -> dict[str, int]:
    """How many rows of each kind of record something happens to."""
    found: Counter[str] = Counter()
    for line in lines:
        found[str(line.name)] += line.rows
    return dict(found)


def same_days_in_the_database(acme: Any, patient: PatientProfile) -> None:
    """The database counts until when records are kept as the pages do, by the law of the clinic's country."""
    country = "UPDATE public.tenants_organization SET country = %s WHERE schema_name = %s"
    with as_the_owner() as session:
        session.execute(sql.SQL("SET search_path TO {}, public").format(sql.Identifier(acme.schema_name)))
        for (land, kind), born in product(product(("NG", "DE", "NL"), PHASES[1:]), (1980, 2024)):
            with session.transaction(force_rollback=True):
                session.execute(country, [land, acme.schema_name])
                session.execute("ALTER TABLE members_patientprofile DISABLE TRIGGER USER")
                day = datetime.date(born, 1, 1)
                session.execute("UPDATE members_patientprofile SET date_of_birth = %s", [day])
                counted = session.execute("SELECT erasure_kept_until(%s, %s)", [patient.pk, kind]).fetchone()
            last = planning.last_entry(patient.pk, kind, using="default")
            assert last
            assert counted == (kept_until(law_of(land, kind), last, born=day),), (land, kind, born)


def test_what_goes_is_gone_from_every_table_the_trail_and_the_disk(
    committed: None, acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in the way has tests of its own; here it is passed over to reach every table."""
    monkeypatch.setattr(planning, "hindrances", lambda patient_id: [])
    built = world.build(acme)
    patient = PatientProfile.objects.get(pk=built.values["patients"])
    user_id, email = patient.member.user_id, patient.member.user.email
    planted = plant(acme.schema_name, patient)
    assert planted > 60
    assert all(dump(acme.schema_name, token) for token in CANARIES.values())
    stored = len(files_of(acme.schema_name))
    patient = PatientProfile.objects.get(pk=patient.pk)

    foreseen = told(plan_of(patient).now)

    erasure = erase_patient(patient, by=None, reason="Asked for it", number=patient.number)

    done = told(line for part in lines_of(erasure) if part.phase == IDENTITY for line in part.lines)
    assert {name: done.get(name) for name in foreseen} == foreseen
    assert {name for name, rows in done.items() if rows} == {*foreseen}
    assert erasure.status == "pseudonymised"
    assert erasure.clinical_until
    assert erasure.accounts_until
    assert dump(acme.schema_name, CANARIES[IDENTITY]) == []
    assert dump(acme.schema_name, email) == []
    assert dump(acme.schema_name, CANARIES[CLINICAL])
    assert dump(acme.schema_name, CANARIES[ACCOUNTS])
    with schema_context("public"):
        assert User.objects.get(pk=user_id).anonymised_at
    assert broken_entries() == []
    assert altered_rows() == []
    # Once more, as after a restored backup: nothing changes.
    assert apply_erasures(Ledger.objects.filter(patient=patient.pk)) == 1
    assert (broken_entries(), altered_rows()) == ([], [])

    same_days_in_the_database(acme, patient)
    with erasures_on("2200-01-01"):
        erasure = erase_what_ran_out(erasure, by=None, today=datetime.date(2200, 1, 1))
    assert erasure.status == "complete"
    for token in CANARIES.values():
        assert dump(acme.schema_name, token) == []
    assert len(files_of(acme.schema_name)) < stored
    assert broken_entries() == []
    assert altered_rows() == []
    assert [entry.what for entry in Ledger.objects.filter(patient=patient.pk)] == list(PHASES)
    assert not erasure.steps.exclude(rows__gt=0).exclude(entries__gt=0).exists()
