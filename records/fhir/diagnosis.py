"""FHIR Condition ← Diagnosis: what a visit found, by its code of ICD-10."""

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.fhir.codes import CONDITION_CATEGORY, CONDITION_VERIFICATION, ICD10, concept
from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing
from records.models import Consultation, Diagnosis

ENCOUNTER_DIAGNOSIS = concept(CONDITION_CATEGORY, "encounter-diagnosis")


@writes(Diagnosis, "Condition", rows=lambda: Diagnosis.objects.select_related("consultation"))
def write_diagnosis(found: Diagnosis, writing: Writing) -> Resource:
    """Sure once the consultation is signed. Whether the patient still has it, a visit does not say."""
    is_sure = found.consultation.is_signed
    return {
        "verificationStatus": concept(CONDITION_VERIFICATION, "confirmed" if is_sure else "provisional"),
        "category": [ENCOUNTER_DIAGNOSIS],
        "code": concept(ICD10, found.code, found.title, found.title),
        "subject": writing.reference_to(PatientProfile, found.patient_id),
        "encounter": writing.reference_to(Consultation, found.consultation_id),
        "recordedDate": found.created_at,
        "recorder": writing.reference_to(DoctorProfile, found.consultation.doctor_id),
    }
