"""FHIR MedicationRequest ← PrescriptionItem: one for each medicine of a sheet."""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing
from records.models import Consultation, Prescription, PrescriptionItem

S = Prescription.Status
# FHIR MedicationRequest.status (hl7.org/fhir/R4/valueset-medicationrequest-status.html).
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        S.DRAFT: "draft",
        S.ACTIVE: "active",
        S.COMPLETED: "completed",
        S.STOPPED: "stopped",
        S.CANCELLED: "cancelled",
    }
)


@writes(
    PrescriptionItem,
    "MedicationRequest",
    rows=lambda: PrescriptionItem.objects.select_related("prescription"),
)
def write_item(item: PrescriptionItem, writing: Writing) -> Resource:
    """The medicine in the doctor's own words."""
    sheet = item.prescription
    notes = [text for text in (item.notes, sheet.notes) if text]
    return {
        "status": STATUSES[sheet.status],
        "statusReason": {"text": sheet.stop_reason},
        "intent": "order",
        "medicationCodeableConcept": {
            "text": " ".join(part for part in (item.medicine, item.potency, item.form) if part)
        },
        "subject": writing.reference_to(PatientProfile, item.patient_id),
        "encounter": writing.reference_to(Consultation, sheet.consultation_id),
        "authoredOn": sheet.activated_at or sheet.created_at,
        "requester": writing.reference_to(DoctorProfile, sheet.doctor_id),
        # What was written on one sheet stands together.
        "groupIdentifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:uuid:{sheet.pk}"},
        "dosageInstruction": [{"text": item.directions}] if item.directions else [],
        "dispenseRequest": {"quantity": {"unit": item.quantity} if item.quantity else {}},
        "note": [{"text": text} for text in notes],
    }
