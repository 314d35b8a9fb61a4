"""What other doctors prescribed is looked at when a prescription is checked: nothing passes in silence."""

import pytest
from django.db import IntegrityError, transaction

from clinic.models import Refusal
from records import services
from records.history.services import stop_past_medication, withdraw_entry
from records.medicines.kinds import FindingKind
from records.models import Prescription
from tests.records.factories import begun, drafted
from tests.records.history.factories import taken

pytestmark = pytest.mark.django_db


def kinds(draft: Prescription) -> set[str]:
    return {str(finding.kind.value) for finding in services.check_prescription(draft).findings}


@pytest.fixture
def draft() -> Prescription:
    return drafted(begun(), {"medicine": "Ibuprofen 400 mg"})


@pytest.mark.parametrize("told", ["active", "on-hold", "unknown"])
def test_a_medicine_from_elsewhere_meets_what_is_prescribed(draft: Prescription, told: str) -> None:
    taken(draft.patient, "Warfarin Sodium 5 MG Oral Tablet", reported_status=told)
    assert FindingKind.INTERACTION.value in kinds(draft)


@pytest.mark.parametrize("told", ["completed", "stopped", "cancelled", "draft"])
def test_what_has_ended_elsewhere_meets_nothing(draft: Prescription, told: str) -> None:
    before = kinds(draft)
    taken(draft.patient, "Warfarin Sodium 5 MG Oral Tablet", reported_status=told)
    assert kinds(draft) == before


def test_a_medicine_nobody_knows_is_said_to_be_unchecked(draft: Prescription) -> None:
    taken(draft.patient, "Xyzolin 10 MG")
    assert FindingKind.UNKNOWN_CURRENT.value in kinds(draft)


def test_what_is_no_longer_taken_or_was_never_true_meets_nothing(draft: Prescription) -> None:
    before, doctor = kinds(draft), draft.doctor.member
    stop_past_medication(taken(draft.patient, "Warfarin"), by=doctor, reason="Ended")
    withdraw_entry(taken(draft.patient, "Warfarin"), by=doctor, reason="Another patient's")
    assert kinds(draft) == before


def test_what_became_known_after_the_check_is_not_passed_by(draft: Prescription) -> None:
    """The database asks too: a sheet is handed out only as it was checked."""
    doctor = draft.doctor.member
    read = services.check_prescription(draft).covers
    taken(draft.patient, "Warfarin")
    with pytest.raises(Refusal, match="Look again"):
        services.activate_prescription(draft, by=doctor, overrides={}, covers=read)
    with pytest.raises(IntegrityError, match="not checked as it is now"), transaction.atomic():
        Prescription.objects.filter(pk=draft.pk).update(status="active", activated_at="2020-01-01T00:00Z")
