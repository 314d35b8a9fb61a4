"""FHIR R4, both ways, of what was done elsewhere: one file per resource, each with both directions."""

from records.history.fhir import (
    encounter,
    immunization,
    medication,
    note,
    observation,
    organization,
    practitioner,
    procedure,
    report,
)

__all__ = [
    "encounter",
    "immunization",
    "medication",
    "note",
    "observation",
    "organization",
    "practitioner",
    "procedure",
    "report",
]
