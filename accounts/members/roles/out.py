"""Who takes everything out: of a patient whoever may read the record, of the clinic its administrators."""

from collections.abc import Mapping
from types import MappingProxyType

from accounts.members.roles.role import ADMIN, CLINICAL, CLINICAL_AND_PATIENT, DOCTOR, PATIENT, Role

OUT: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "exports.patient_exports": CLINICAL,
        "exports.ask_for_patient": CLINICAL,
        # What is marked as sensitive is the doctors' alone to give.
        "exports.give_out_sensitive": DOCTOR,
        "exports.my_data": PATIENT,
        "exports.ask_for_mine": PATIENT,
        "exports.clinic_exports": ADMIN,
        "exports.ask_for_clinic": ADMIN,
        "exports.export_state": CLINICAL_AND_PATIENT,
        "exports.fetch_export": CLINICAL_AND_PATIENT,
        "exports.download_export": CLINICAL_AND_PATIENT,
        "exports.delete_export": CLINICAL_AND_PATIENT,
        # Forgetting patients, and how long records are kept.
        "erasure.erase_patient": ADMIN,
        "erasure.place_legal_hold": ADMIN,
        "erasure.lift_legal_hold": ADMIN,
        "erasure.erasure_list": ADMIN,
        "erasure.retention_list": ADMIN,
        "erasure.lengthen_retention": ADMIN,
    }
)
