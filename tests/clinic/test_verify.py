"""Whoever owns the database can change it, but not without being named."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from factory.random import randgen, reseed_random

from clinic.audit.chain import Head, broken_entries, heads_written_down, write_head_down
from clinic.audit.jobs import write_heads_down
from clinic.db.current import connection
from records.models import Consultation
from tests.people import PatientFactory
from tests.records.factories import signed

# Three hundred more are of rows (test_rows).
TAMPERINGS = 700
CHANGE = "UPDATE audit_auditevent SET … WHERE id = %s"
# A column of an entry, and another value for it.
CHANGES = (
    "at = at + interval '1 second'",
    "action = CASE action WHEN 'insert' THEN 'update' ELSE 'insert' END",
    "table_name = table_name || 'x'",
    "row_id = 'other'",
    "patient_id = gen_random_uuid()",
    "old = '{\"a\": 1}'",
    "new = '{\"a\": 1}'",
    "actor_id = 'other'",
    "actor_label = actor_label || 'x'",
    "ip = '203.0.113.9'",
    "user_agent = user_agent || 'x'",
    "reason = reason || 'x'",
    "prev_hash = repeat('0', 64)",
    "hash = repeat('0', 64)",
)


@pytest.fixture
def owner(committed: None, in_acme: None) -> Iterator[Any]:
    """The owner's cursor in acme's schema, whom no trigger stops; what is done with it is undone."""
    for _patient in range(8):
        PatientFactory()
    signed()
    connections["owner"].set_schema(connection.schema_name)
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:
        for table in ("audit_auditevent", "records_consultation"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        transaction.set_rollback(True, "owner")
    forget_owner()


def forget_owner() -> None:
    connections["owner"].set_schema_to_public()
    connections["owner"].close()


def entries(cursor: Any) -> list[Head]:
    cursor.execute("SELECT id, hash FROM audit_auditevent ORDER BY id")
    return [Head(*row) for row in cursor.fetchall()]


def test_random_tamperings_with_the_trail_are_each_named(owner: Any) -> None:
    reseed_random(20261121)
    trail = entries(owner)
    heads = [trail[-1]]
    assert broken_entries(heads, owner) == []
    for number in range(TAMPERINGS):
        entry = randgen.choice(trail)
        statement = randgen.choice([*CHANGES, "", ""])
        with transaction.atomic("owner"):
            if statement:
                owner.execute(CHANGE.replace("…", statement), [entry.id])
            else:
                owner.execute("DELETE FROM audit_auditevent WHERE id = %s", [entry.id])
            named = {broken.id for broken in broken_entries(heads, owner)}
            transaction.set_rollback(True, "owner")
        assert entry.id in named, (number, statement)


def test_who_computes_all_hashes_anew_is_told_by_the_head_that_was_written_down(owner: Any) -> None:
    trail = entries(owner)
    owner.execute("UPDATE audit_auditevent SET reason = 'forged' WHERE id = 2")
    for entry in trail[1:]:
        owner.execute(
            "UPDATE audit_auditevent e SET prev_hash = p.hash FROM audit_auditevent p "
            "WHERE e.id = %s AND p.id = e.id - 1",
            [entry.id],
        )
        owner.execute("UPDATE audit_auditevent e SET hash = audit_hash(e) WHERE id = %s", [entry.id])
    assert broken_entries((), owner) == []
    assert [broken.id for broken in broken_entries([trail[-1]], owner)] == [trail[-1].id]


@pytest.mark.parametrize(
    "change",
    ["diagnosis = 'Well'", "signed_at = signed_at + interval '1 minute'", "follow_up_on = current_date"],
)
def test_a_signed_text_that_was_changed_is_named(owner: Any, change: str) -> None:
    consultations = Consultation.objects.using("owner")
    assert consultations.unfaithful() == []
    owner.execute("UPDATE records_consultation SET …".replace("…", change))
    assert len(consultations.unfaithful()) == 1


def test_the_command_says_that_all_holds_and_names_what_does_not(
    committed: None, acme: Any, tmp_path: Any, settings: Any, audit_trail: Callable[[], list[Any]]
) -> None:
    settings.DATA_DIR = tmp_path
    PatientFactory()
    last = audit_trail()[0]
    write_head_down()
    write_head_down()
    assert heads_written_down() == [Head(last.id, last.hash)]
    said = StringIO()
    call_command("verify", only="acme", stdout=said)
    assert "signatures and 0 files hold" in said.getvalue()
    connections["owner"].set_schema(connection.schema_name)
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditevent DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM audit_auditevent WHERE id = %s", [last.id])
    forget_owner()
    said = StringIO()
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify", only="acme", stdout=said)
    assert f"entry {last.id} of the audit trail" in said.getvalue()


def test_the_job_writes_the_head_of_each_clinic_down(
    committed: None, acme: Any, beta: Any, tmp_path: Any, settings: Any
) -> None:
    settings.DATA_DIR = tmp_path
    PatientFactory()
    write_heads_down(timestamp=0)
    assert [path.stem for path in (tmp_path / "audit").iterdir()] == [acme.schema_name]


@pytest.mark.django_db
def test_a_clinic_that_does_not_exist_is_a_sentence() -> None:
    with pytest.raises(CommandError, match="no such clinic"):
        call_command("verify", only="nobody")
