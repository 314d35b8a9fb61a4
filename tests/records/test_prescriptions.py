"""From the draft to its end."""

import pytest

from clinic.inbox.lines import sentence
from clinic.models import Refusal
from records import services
from records.models import Prescription, PrescriptionItem
from tests.records.factories import ARNICA, begun, drafted, handed_out, signed
from tests.scheduling.factories import DoctorFactory

pytestmark = pytest.mark.django_db
BELLADONNA = {"medicine": "Belladonna", "potency": "200C"}


def test_there_is_one_draft_at_a_time() -> None:
    consultation = begun()
    by = consultation.doctor.member
    assert services.prescribe(consultation, by=by) == services.prescribe(consultation, by=by)


def test_a_signed_consultation_can_be_prescribed_from() -> None:
    assert handed_out(signed()).activated_at


def test_rows_are_kept_changed_added_and_taken_away() -> None:
    draft = drafted(None, ARNICA, BELLADONNA)
    by = draft.doctor.member
    kept = draft.items.first()
    services.save_prescription(draft, by=by, notes="Rest.", items=[ARNICA])
    services.save_prescription(draft, by=by, notes="Rest.", items=[ARNICA, {**BELLADONNA, "potency": "30C"}])
    stored = Prescription.objects.get(pk=draft.pk)
    assert stored.notes == "Rest."
    assert [str(item) for item in stored.items.all()] == ["Arnica montana 30C", "Belladonna 30C"]
    assert stored.items.first() == kept


def test_the_trail_shows_only_what_differs(audit_trail: object) -> None:
    draft = drafted(None, ARNICA, BELLADONNA)
    before = len(audit_trail())  # type: ignore[operator]
    services.save_prescription(draft, by=draft.doctor.member, notes="", items=[ARNICA, BELLADONNA])
    assert len(audit_trail()) == before  # type: ignore[operator]


def test_handing_out_needs_a_medicine() -> None:
    consultation = begun()
    empty = services.prescribe(consultation, by=consultation.doctor.member)
    with pytest.raises(Refusal, match="at least one medicine"):
        services.activate_prescription(empty, by=consultation.doctor.member)


def test_after_handing_out_nothing_is_rewritten() -> None:
    prescription = handed_out()
    with pytest.raises(Refusal):
        services.save_prescription(prescription, by=prescription.doctor.member, notes="x", items=[ARNICA])


def test_any_doctor_stops_and_says_why() -> None:
    prescription, colleague = handed_out(), DoctorFactory().member
    with pytest.raises(Refusal) as refused:
        services.stop_prescription(prescription, by=colleague, reason="")
    assert refused.value.field == "reason"
    stopped = services.stop_prescription(prescription, by=colleague, reason="Rash")
    assert (stopped.stop_reason, stopped.ended_by) == ("Rash", colleague)
    assert not PrescriptionItem.objects.current_for(prescription.patient).exists()


def test_completing_ends_it() -> None:
    prescription = handed_out()
    done = services.complete_prescription(prescription, by=prescription.doctor.member)
    assert done.completed_at
    with pytest.raises(Refusal):
        services.stop_prescription(done, by=prescription.doctor.member, reason="Rash")


def test_only_drafts_are_discarded() -> None:
    draft = drafted()
    by = draft.doctor.member
    assert services.cancel_prescription(draft, by=by).cancelled_at
    with pytest.raises(Refusal):
        services.cancel_prescription(handed_out(draft.consultation), by=by)


def test_patients_see_what_was_handed_out_to_them() -> None:
    prescription, draft = handed_out(), drafted()
    assert list(Prescription.objects.visible_to(prescription.patient.member)) == [prescription]
    assert not Prescription.objects.visible_to(draft.patient.member).exists()
    assert set(Prescription.objects.visible_to(DoctorFactory().member)) == {prescription, draft}
    assert not Prescription.objects.visible_to(None).exists()


def test_a_patient_who_signs_in_is_told_that_one_was_handed_out_and_not_what() -> None:
    prescription = handed_out()
    told = prescription.patient.member.notifications.get()
    assert told.link == f"/prescriptions/{prescription.pk}/"
    assert sentence(told) == f"{prescription.doctor.name} wrote a prescription for you."
    assert told.facts == {"doctor": prescription.doctor.name}
