"""A clinic's people as FHIR resources, and the other way round."""

from accounts.members.fhir import allergy, condition, organization, patient, practitioner

__all__ = ["allergy", "condition", "organization", "patient", "practitioner"]
