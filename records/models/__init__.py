"""What a doctor writes: consultations with their addenda, prescriptions with their items."""

from records.models.consultation import Addendum, Consultation
from records.models.prescription import Prescription, PrescriptionItem

__all__ = ["Addendum", "Consultation", "Prescription", "PrescriptionItem"]
