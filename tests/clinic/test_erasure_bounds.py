"""What nobody can do by way of an erasure or of a merge, whatever rows the clinic's own role enters."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, transaction

from accounts.members.merging.twins import TWINS
from accounts.members.models import PatientMerge, PatientMergeMove
from accounts.members.services import add_allergy
from clinic.erasure.declared import rules
from clinic.erasure.models import Erasure, ErasureStep
from clinic.erasure.services.steps import pseudonym_of
from records.models import Consultation
from tests.databases import as_the_owner, erasures_on, rows
from tests.people import PatientFactory, StaffFactory
from tests.records.factories import signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def note() -> Iterator[Consultation]:
    """What is signed is afterwards as it was."""
    found = signed()
    before = rows("SELECT * FROM records_consultation")
    yield found
    assert rows("SELECT * FROM records_consultation") == before


def opened(patient_id: UUID) -> Erasure:
    return Erasure.objects.create(patient_id=patient_id, pseudonym=pseudonym_of(patient_id), reason="Asked")


def refused(match: str, erasure: Erasure, **step: Any) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        ErasureStep.objects.create(erasure=erasure, **step)


def declared(table: str, phase: str) -> dict[str, Any]:
    """The step that the rooms declare."""
    found = next(step for step in rules()["steps"] if step[:2] == [phase, table])
    return dict(zip(("phase", "table_name", "path", "columns", "is_delete"), found, strict=True))


def test_only_a_patient_is_erased_under_the_pseudonym_of_the_file(note: Consultation) -> None:
    for key in (note.pk, note.doctor_id, uuid4()):
        with pytest.raises(DatabaseError, match="Only a patient"), transaction.atomic():
            opened(key)
    with pytest.raises(DatabaseError, match="Only a patient"), transaction.atomic():
        Erasure.objects.create(patient_id=note.patient_id, pseudonym="Not guilty", reason="Asked")


def test_a_step_that_no_room_has_declared_is_refused(note: Consultation) -> None:
    """Each is the declared one but for one word of the caller's choice."""
    erasure, step = opened(PatientFactory().pk), declared("records_consultation", "clinical")
    everybody = [["patient_id", "members_patientprofile", "member_id"], ["blood_group"]]
    for change in (
        {"columns": {"diagnosis": "word"}, "is_delete": False},
        {"path": [["id"]]},
        {"path": everybody},
        {"phase": "identity"},
        {"table_name": "members_doctorprofile"},
        {"is_delete": not step["is_delete"]},
    ):
        refused("none of an erasure", erasure, **step | change)


def test_what_is_signed_is_not_erased_before_its_time(note: Consultation) -> None:
    """Nor does it help to say that nothing is kept: the day is counted from the rows."""
    erasure = opened(note.patient_id)
    assert erasure.clinical_until is None
    refused("kept longer", erasure, **declared("records_consultation", "clinical"))


def test_when_its_time_is_over_it_goes() -> None:
    found = signed()
    step = declared("records_consultation", "clinical")
    with erasures_on("2200-01-01"):
        done = ErasureStep.objects.create(erasure=opened(found.patient_id), **step)
    assert rows("SELECT rows FROM erasure_erasurestep WHERE id = %s", done.pk) == [(1,)]


def test_a_merge_takes_patients_alone(note: Consultation) -> None:
    doctor, patient = StaffFactory(), note.patient
    for merged, into in ((note.doctor_id, patient.pk), (patient.pk, doctor.pk), (note.pk, patient.pk)):
        with pytest.raises(DatabaseError, match="two patients"), transaction.atomic():
            begun(merged, into, patient.pk)


def begun(merged: UUID, into: UUID, survivor: UUID) -> PatientMerge:
    facts = {"merged_number": "P-1", "merged_name": "A", "into_number": "P-2", "is_moving": True}
    return PatientMerge.objects.create(merged_id=merged, into_id=into, survivor_id=survivor, **facts)


def write(
    merge: PatientMerge,
    row_id: UUID,
    column: str,
    before: Any,
    after: Any,
    *,
    table: str = "records_consultation",
) -> None:
    PatientMergeMove.objects.create(
        merge=merge,
        table_name=table,
        row_id=row_id,
        column_name=column,
        value_before=before,
        value_after=after,
    )


def settled(merge: PatientMerge) -> None:
    rows(
        "UPDATE members_patientmerge SET status = 'undone', undone_at = now(), is_moving = false "
        "WHERE id = %s RETURNING 1",
        merge.pk,
    )
    rows("SET CONSTRAINTS ALL IMMEDIATE; SELECT 1")


def test_what_is_signed_does_not_stay_moved_by_a_merge_that_was_called_undone(note: Consultation) -> None:
    other, point = PatientFactory(), transaction.savepoint()
    merge = begun(note.patient_id, other.pk, other.pk)
    write(merge, note.pk, "patient_id", str(note.patient_id), str(other.pk))
    rows("UPDATE records_consultation SET patient_id = %s WHERE id = %s RETURNING 1", other.pk, note.pk)
    with pytest.raises(DatabaseError, match="taken apart as a whole"), transaction.atomic():
        settled(merge)
    transaction.savepoint_rollback(point)


def test_what_was_set_aside_stands_again_when_a_merge_is_undone() -> None:
    patient, other = PatientFactory(), PatientFactory()
    allergy, point = add_allergy(patient, by=None, substance="Penicillin"), transaction.savepoint()
    merge = begun(patient.pk, other.pk, other.pk)
    ((whole,),) = rows("SELECT to_jsonb(t) FROM members_allergy t")
    write(merge, allergy.pk, "", whole, None, table="members_allergy")
    rows("DELETE FROM members_allergy RETURNING 1")
    with pytest.raises(DatabaseError, match="taken apart as a whole"), transaction.atomic():
        settled(merge)
    transaction.savepoint_rollback(point)


def test_what_is_signed_is_never_set_aside(note: Consultation) -> None:
    other, point = PatientFactory(), transaction.savepoint()
    merge = begun(note.patient_id, other.pk, other.pk)
    ((whole,),) = rows("SELECT to_jsonb(t) FROM records_consultation t")
    write(merge, note.pk, "", whole, None)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        rows("DELETE FROM records_consultation WHERE id = %s RETURNING 1", note.pk)
    transaction.savepoint_rollback(point)


def test_what_a_merge_may_set_aside_is_what_both_may_have() -> None:
    ((body,),) = rows("SELECT prosrc FROM pg_proc WHERE oid = 'members_merge_passes'::regproc")
    assert all(f"'{twins.table}'" in body for twins in TWINS)
    assert "'records_" not in body


def test_what_the_rooms_declare_is_what_the_database_knows() -> None:
    """The clinic's role cannot ask, let alone answer."""
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows("SELECT public.erasure_rules()")
    with as_the_owner() as session:
        told = session.execute("SELECT public.erasure_rules()::text").fetchone()
    assert told
    assert json.loads(told[0]) == json.loads(json.dumps(rules()))
