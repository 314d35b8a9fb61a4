"""The lists that every clinic reads and the platform alone keeps."""

from records.terminology.models.diagnosis_code import DiagnosisCode

__all__ = ["DiagnosisCode"]
