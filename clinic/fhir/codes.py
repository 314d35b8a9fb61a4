"""Names of code systems, as FHIR R4 and HL7 Terminology (terminology.hl7.org) write them."""

from typing import Any

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
ICD10 = "http://hl7.org/fhir/sid/icd-10"
CVX = "http://hl7.org/fhir/sid/cvx"
LANGUAGES = "urn:ietf:bcp:47"
# The extension that stands where something required is not known.
DATA_ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
IDENTIFIER_TYPE = "http://terminology.hl7.org/CodeSystem/v2-0203"
CONDITION_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
CONDITION_VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
CONDITION_CATEGORY = "http://terminology.hl7.org/CodeSystem/condition-category"
ALLERGY_CLINICAL = "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
OBSERVATION_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"
ENCOUNTER_CLASS = "http://terminology.hl7.org/CodeSystem/v3-ActCode"


def concept(system: str, code: str, display: Any = "", text: Any = "") -> dict[str, Any]:
    """A CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code, "display": display}], "text": text}


def codings(concept: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The codings of a CodeableConcept."""
    return list((concept or {}).get("coding") or [])


def first_coding(concepts: Any) -> dict[str, Any]:
    """The first coding of a CodeableConcept, or of the first of several; empty without one."""
    concept = next(iter(concepts), None) if isinstance(concepts, list) else concepts
    return next(iter(codings(concept)), {})


def code_in(concept: dict[str, Any] | None, system: str) -> str:
    """The concept's code in `system`; empty without one."""
    return next((each.get("code", "") for each in codings(concept) if each.get("system") == system), "")


def told_by(concept: dict[str, Any] | None) -> set[str]:
    """The codes of the concept, whether or not it says of which system: a status must never be overheard."""
    return {str(each.get("code") or "").strip() for each in codings(concept)} - {""}


def words(concept: dict[str, Any] | None) -> str:
    """The concept as people read it: its text, or the first display or code of its codings."""
    text = (concept or {}).get("text")
    shown = (each.get(name) for name in ("display", "code") for each in codings(concept))
    return str(text or next(filter(None, shown), "")).strip()
