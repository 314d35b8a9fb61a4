"""FHIR R4 of what is written here: consultations, addenda, diagnoses, prescriptions.

They go out only: what comes in was written elsewhere, and is history (records/history/fhir).
"""

from records.fhir import addendum, consultation, diagnosis, prescription

__all__ = ["addendum", "consultation", "diagnosis", "prescription"]
