"""What becomes of what doctors wrote about a patient: all of it goes when its time is over."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from clinic.erasure.table import CLINICAL, declare, stands_in_the_way, told_of
from records.models import (
    Addendum,
    AddendumDraft,
    Consultation,
    Diagnosis,
    EmergencyAccess,
    Prescription,
    PrescriptionItem,
    SafetyCheck,
    SafetyFinding,
)

for _model in (
    *(Consultation, Addendum, AddendumDraft, Diagnosis),
    *(Prescription, PrescriptionItem, SafetyCheck, SafetyFinding, EmergencyAccess),
):
    declare(_model, "patient", delete=CLINICAL)
told_of(Consultation, "patient")
told_of(Prescription, "patient")
told_of(EmergencyAccess, "patient")


@stands_in_the_way
def unfinished(patient_id: Any) -> Iterator[Any]:
    """What a doctor is still writing."""
    if Consultation.objects.filter(patient=patient_id, status__in=["planned", "in_progress"]).exists():
        yield _("A consultation is not signed yet. Sign or cancel it first.")
