"""What is signed or handed out cannot be changed by any way there is: raw SQL as the site's own role."""

import importlib
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from records import services
from records.models import Consultation, Prescription
from tests.records.factories import begun, drafted, handed_out, signed
from tests.scheduling.factories import DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db


def refused(statement: str, *parameters: Any) -> str:
    """What the database says against a statement; fails when it is let through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return str(error)
    pytest.fail(f"The database let this through: {statement}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_consultation SET notes = 'other' WHERE id = %s",
        "UPDATE records_consultation SET status = 'in_progress' WHERE id = %s",
        "UPDATE records_consultation SET content_hash = repeat('0', 64) WHERE id = %s",
        "UPDATE records_consultation SET signed_at = now() WHERE id = %s",
        "DELETE FROM records_consultation WHERE id = %s",
    ],
)
def test_a_signed_consultation_is_neither_changed_nor_deleted(statement: str) -> None:
    assert "addendum" in refused(statement, signed().pk)


def test_an_open_consultation_is_changed() -> None:
    """The refusals above come from the signature, not from somewhere else."""
    consultation = begun()
    more = {"notes": "more", "revision": consultation.revision + 1}
    assert Consultation.objects.filter(pk=consultation.pk).update(**more) == 1


def test_nobody_else_signs_for_the_doctor() -> None:
    consultation = begun()
    refused(
        "UPDATE records_consultation SET status = 'signed', signed_at = now(), signed_by_id = %s, "
        "content_hash = repeat('0', 64) WHERE id = %s",
        DoctorFactory().pk,
        consultation.pk,
    )


def test_a_consultation_is_not_born_signed() -> None:
    consultation = signed()
    consultation.pk, consultation.appointment = PatientFactory().pk, None
    with pytest.raises(IntegrityError), transaction.atomic():
        consultation.save(force_insert=True)


def test_an_addendum_is_neither_changed_nor_deleted() -> None:
    consultation = signed()
    addendum = services.add_addendum(consultation, by=consultation.doctor.member, text="More.")
    refused("UPDATE records_addendum SET text = 'Less.' WHERE id = %s", addendum.pk)
    refused("DELETE FROM records_addendum WHERE id = %s", addendum.pk)


def test_an_addendum_needs_a_signed_consultation() -> None:
    consultation = begun()
    refused(
        "INSERT INTO records_addendum (id, created_at, consultation_id, patient_id, author_id, text) "
        "VALUES (gen_random_uuid(), now(), %s, %s, %s, 'x')",
        consultation.pk,
        consultation.patient_id,
        consultation.doctor_id,
    )


def test_an_addendum_being_written_belongs_to_its_patient_and_to_a_signed_consultation() -> None:
    statement = (
        "INSERT INTO records_addendumdraft (id, created_at, consultation_id, patient_id, text, revision) "
        "VALUES (gen_random_uuid(), now(), %s, %s, 'x', 1)"
    )
    done, open_one = signed(), begun()
    assert "addendum_draft_consultation_patient" in refused(statement, done.pk, open_one.patient_id)
    assert "Only a signed" in refused(statement, open_one.pk, open_one.patient_id)


def test_items_of_a_prescription_handed_out_stay() -> None:
    prescription = handed_out()
    refused(
        "UPDATE records_prescriptionitem SET potency = '200C' WHERE prescription_id = %s", prescription.pk
    )
    refused("UPDATE records_prescriptionitem SET form = 'x' WHERE prescription_id = %s", prescription.pk)
    refused("UPDATE records_prescriptionitem SET quantity = 'x' WHERE prescription_id = %s", prescription.pk)
    refused("DELETE FROM records_prescriptionitem WHERE prescription_id = %s", prescription.pk)
    assert "never change" in refused(
        "INSERT INTO records_prescriptionitem (id, created_at, prescription_id, patient_id, position, "
        "medicine, potency, form, dosage, frequency, duration, quantity, notes) "
        "VALUES (gen_random_uuid(), now(), %s, %s, 9, 'Belladonna', '', '', '', '', '', '', '')",
        prescription.pk,
        prescription.patient_id,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_prescription SET notes = 'other' WHERE id = %s",
        "UPDATE records_prescription SET activated_at = now() WHERE id = %s",
        "UPDATE records_prescription SET status = 'draft', activated_at = NULL WHERE id = %s",
        "DELETE FROM records_prescription WHERE id = %s",
    ],
)
def test_a_prescription_handed_out_is_not_rewritten(statement: str) -> None:
    refused(statement, handed_out().pk)


def test_a_prescription_without_a_medicine_is_not_handed_out() -> None:
    consultation = begun()
    empty = services.prescribe(consultation, by=consultation.doctor.member)
    said = refused(
        "UPDATE records_prescription SET status = 'active', activated_at = now() WHERE id = %s", empty.pk
    )
    assert "at least one medicine" in said


def test_nothing_crosses_patients() -> None:
    other = PatientFactory()
    refused("UPDATE records_prescription SET patient_id = %s WHERE id = %s", other.pk, drafted().pk)
    refused("UPDATE records_prescriptionitem SET patient_id = %s", other.pk)
    consultation = begun()
    refused(
        "INSERT INTO records_prescription (id, created_at, consultation_id, patient_id, doctor_id, status, "
        "notes, revision, stop_reason) VALUES (gen_random_uuid(), now(), %s, %s, %s, 'draft', '', 0, '')",
        consultation.pk,
        other.pk,
        consultation.doctor_id,
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_consultation SET signed_at = now() WHERE id = %s",
        "UPDATE records_consultation SET cancelled_at = now() WHERE id = %s",
        "UPDATE records_consultation SET cancel_reason = 'x' WHERE id = %s",
        "UPDATE records_consultation SET status = 'cancelled' WHERE id = %s",
        "UPDATE records_consultation SET started_at = NULL WHERE id = %s",
        "UPDATE records_consultation SET duration_minutes = 0 WHERE id = %s",
    ],
)
def test_facts_belong_to_their_state(statement: str) -> None:
    refused(statement, begun().pk)


@pytest.mark.parametrize("model", [Consultation, Prescription])
def test_the_database_knows_the_same_transitions(model: type) -> None:
    rules = importlib.import_module("records.migrations.0002_rules")
    assert getattr(rules, model.__name__.upper()) == model.TRANSITIONS.pairs()  # type: ignore[attr-defined]
