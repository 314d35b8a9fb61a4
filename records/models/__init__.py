"""What a doctor writes: consultations, addenda, prescriptions with their items. And who broke a glass."""

from records.models.access import EmergencyAccess
from records.models.addendum import Addendum, AddendumDraft
from records.models.consultation import Consultation
from records.models.diagnosis import Diagnosis
from records.models.favourite import Favourite, FavouriteItem
from records.models.item import MedicineLine, PrescriptionItem
from records.models.prescription import Prescription
from records.models.safety import SafetyCheck, SafetyFinding
from records.models.template import TextTemplate

__all__ = [
    "Addendum",
    "AddendumDraft",
    "Consultation",
    "Diagnosis",
    "EmergencyAccess",
    "Favourite",
    "FavouriteItem",
    "MedicineLine",
    "Prescription",
    "PrescriptionItem",
    "SafetyCheck",
    "SafetyFinding",
    "TextTemplate",
]
