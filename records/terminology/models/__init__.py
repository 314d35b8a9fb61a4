"""The lists that every clinic reads and the platform alone keeps."""

from records.terminology.models.diagnosis_code import DiagnosisCode
from records.terminology.models.medicine import Interaction, MedicineName, Substance

__all__ = ["DiagnosisCode", "Interaction", "MedicineName", "Substance"]
