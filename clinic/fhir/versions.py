"""Which version of FHIR a file is: R4 is read, the others are told by what only they have.

Sources: what the specifications say of their differences (hl7.org/fhir: STU3/diff.html, R4/diff.html,
R5/diff.html).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from clinic.fhir.table import Resource

DSTU2, STU3, R5 = "DSTU2", "STU3", "R5"
# Types that only one other version has.
TYPES = {
    "MedicationOrder": DSTU2,
    "DiagnosticOrder": DSTU2,
    "Conformance": DSTU2,
    "ProcedureRequest": STU3,
    "ReferralRequest": STU3,
    "DataElement": STU3,
    "Sequence": STU3,
    "EligibilityRequest": STU3,
    "RequestOrchestration": R5,
    "MedicationUsage": R5,
    "Transport": R5,
    "GenomicStudy": R5,
}
Sign = tuple[str, str, Callable[[Any], bool]]


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _is_there(value: Any) -> bool:
    return value is not None


def _has_concept(value: Any) -> bool:
    return isinstance(value, dict) and not value.keys().isdisjoint({"concept", "reference"})


# Of a type: the element that has another shape there.
SIGNS: dict[str, tuple[Sign, ...]] = {
    "Condition": (("patient", DSTU2, _is_there), ("clinicalStatus", STU3, _is_text)),
    "AllergyIntolerance": (
        ("substance", DSTU2, _is_there),
        ("clinicalStatus", STU3, _is_text),
        ("type", R5, lambda value: isinstance(value, dict)),
    ),
    "Encounter": (
        ("patient", DSTU2, _is_there),
        ("class", DSTU2, _is_text),
        ("reason", STU3, _is_list),
        ("class", R5, _is_list),
        ("actualPeriod", R5, _is_there),
    ),
    "Immunization": (
        ("wasNotGiven", DSTU2, _is_there),
        ("notGiven", STU3, _is_there),
        ("informationSource", R5, _is_there),
    ),
    "MedicationRequest": (
        ("requester", STU3, lambda value: isinstance(value, dict) and "agent" in value),
        ("medication", R5, _has_concept),
    ),
    "Procedure": (
        ("notDone", STU3, _is_there),
        ("occurrenceDateTime", R5, _is_there),
        ("occurrencePeriod", R5, _is_there),
    ),
    "DocumentReference": (("indexed", STU3, _is_there), ("context", R5, _is_list)),
    "DiagnosticReport": (("codedDiagnosis", STU3, _is_there),),
}
# What a CapabilityStatement says of itself.
OURS = ("4.0", "4.1", "4.3")
BY_NUMBER = {"1": DSTU2, "2": DSTU2, "0": DSTU2, "3": STU3, "5": R5, "6": "R6"}


def foreign_version(resources: Iterable[Resource]) -> str:
    """The other version that most of the telling resources are of; empty for R4, or where nothing tells.

    One resource of another shape among many is a mistake of its own, and told as that.
    """
    votes: Counter[str] = Counter()
    telling = 0
    for resource in resources:
        said = _version_of(resource)
        telling += bool(said) or resource["resourceType"] in SIGNS
        if said:
            votes[said] += 1
    if not votes or sum(votes.values()) * 2 <= telling:
        return ""
    return votes.most_common(1)[0][0]


def _version_of(resource: Resource) -> str:
    kind = resource["resourceType"]
    if kind in TYPES:
        return TYPES[kind]
    said = str(resource.get("fhirVersion") or "")
    if kind in ("CapabilityStatement", "Conformance") and said and not said.startswith(OURS):
        return BY_NUMBER.get(said[0], "")
    signs = SIGNS.get(kind, ())
    return next((version for element, version, tells in signs if tells(resource.get(element))), "")
