"""The trail is complete, in order, and cannot be changed."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connections, transaction

from accounts.members.models import PatientProfile
from clinic.audit.models import AuditEvent
from clinic.audit.services import acting, record, record_read
from tests.databases import rows
from tests.people import PatientFactory

Trail = Callable[[], list[AuditEvent]]


@pytest.mark.django_db
def test_a_change_is_recorded_with_who_made_it_and_what_it_changed(audit_trail: Trail) -> None:
    patient = PatientFactory(notes="")
    with acting({"actor_id": "7", "actor": "Bola Ade (receptionist)", "ip": "192.0.2.1", "agent": "Browser"}):
        patient.notes = "Prefers mornings"
        patient.save()
        latest = audit_trail()[0]
    assert (latest.action, latest.table_name) == ("update", "members_patientprofile")
    assert (latest.old, latest.new) == ({"notes": ""}, {"notes": "Prefers mornings"})
    assert (latest.actor_id, latest.actor_label) == ("7", "Bola Ade (receptionist)")
    assert (latest.ip, latest.user_agent) == ("192.0.2.1", "Browser")
    assert latest.patient_id == patient.pk


@pytest.mark.django_db
def test_raw_sql_is_recorded_as_well(audit_trail: Trail) -> None:
    patient = PatientFactory()
    rows("UPDATE members_patientprofile SET city = 'Ikeja' WHERE member_id = %s RETURNING 1", patient.pk)
    assert audit_trail()[0].new == {"city": "Ikeja"}


@pytest.mark.django_db
def test_a_change_that_changes_nothing_is_not_recorded(audit_trail: Trail) -> None:
    patient = PatientFactory()
    before = len(audit_trail())
    patient.save()
    assert len(audit_trail()) == before


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_recorded(audit_trail: Trail) -> None:
    with transaction.atomic():
        PatientFactory()
        transaction.set_rollback(True)
    assert not audit_trail()


@pytest.mark.django_db
def test_reading_is_an_entry(audit_trail: Trail) -> None:
    patient = PatientFactory()
    audit_trail()
    record_read(patient, patient_id=patient.pk, reason="Follow-up")
    latest = audit_trail()[0]
    assert (latest.action, latest.row_id, latest.reason) == ("read", str(patient.pk), "Follow-up")


@pytest.mark.django_db
def test_entries_are_numbered_without_gaps_and_each_holds_the_hash_before_it(audit_trail: Trail) -> None:
    for _number in range(3):
        PatientFactory()
    entries = audit_trail()[::-1]
    assert [entry.id for entry in entries] == list(range(1, len(entries) + 1))
    for earlier, later in pairwise(entries):
        assert later.prev_hash == earlier.hash
    assert len({entry.hash for entry in entries}) == len(entries)


@pytest.mark.django_db
def test_the_hash_of_an_entry_can_be_computed_again(audit_trail: Trail) -> None:
    PatientFactory()
    audit_trail()
    assert (
        rows("SELECT hash = audit_hash(e) FROM audit_auditevent e") == [(True,)] * AuditEvent.objects.count()
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET actor_label = 'nobody'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "INSERT INTO audit_auditevent (id) VALUES (99)",
        "SELECT audit_append('read', 'x', 'x', NULL, NULL, NULL, '')",
        "ALTER TABLE audit_auditevent DISABLE TRIGGER ALL",
        "DELETE FROM audit_pending",
    ],
)
def test_the_sites_role_cannot_touch_the_trail(audit_trail: Trail, statement: str) -> None:
    PatientFactory()
    before = audit_trail()
    with pytest.raises(ProgrammingError), transaction.atomic():
        rows(statement)
    assert audit_trail() == before


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditevent SET actor_label = 'nobody'",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
    ],
)
def test_even_the_owner_is_refused_unless_the_triggers_are_taken_away(
    committed: None, acme: Any, statement: str
) -> None:
    PatientFactory()
    owner = connections["owner"]
    owner.set_schema(acme.schema_name)
    with pytest.raises(IntegrityError, match="never changed"), owner.cursor() as cursor:
        cursor.execute(statement)
    owner.close()


def test_writers_at_the_same_moment_make_one_chain(
    race: Callable[..., list[Any]], audit_trail: Trail
) -> None:
    # Each writes to a row of its own: nothing but the chain's lock makes them take turns.
    patients = [PatientFactory() for _number in range(8)]

    def write(number: int) -> int:
        own = PatientProfile.objects.filter(pk=patients[number].pk)
        return sum(own.update(notes=f"Note {turn}") for turn in range(20))

    assert race(8, write) == [20] * 8
    entries = audit_trail()[::-1]
    assert [entry.id for entry in entries] == list(range(1, len(entries) + 1))
    assert all(later.prev_hash == earlier.hash for earlier, later in pairwise(entries))


@pytest.mark.django_db
def test_an_entry_may_name_no_patient(audit_trail: Trail) -> None:
    record(AuditEvent.Action.ENTER, "clinic", "acme", reason="Support")
    assert (audit_trail()[0].action, audit_trail()[0].patient_id) == ("enter", None)
