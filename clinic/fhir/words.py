"""What people call the resources of FHIR, and what has become of them."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from clinic.fhir.reading import CHANGED, CREATED, FOUND, LEFT_OUT, UNCHANGED
from clinic.fhir.references import UUIDS
from clinic.moving.models import ImportedRecord

LABELS: Mapping[str, Any] = MappingProxyType(
    {
        "AllergyIntolerance": _("Allergies"),
        "Appointment": _("Visits booked"),
        "Bundle.entry": _("Entries without a record"),
        "CarePlan": _("Care plans"),
        "CareTeam": _("Care teams"),
        "Claim": _("Claims"),
        "Composition": _("Letters"),
        "Condition": _("Illnesses"),
        "Coverage": _("Insurance"),
        "Device": _("Devices"),
        "DiagnosticReport": _("Reports"),
        "DocumentReference": _("Documents"),
        "Encounter": _("Visits"),
        "ExplanationOfBenefit": _("Statements of insurers"),
        "Goal": _("Goals"),
        "ImagingStudy": _("Imaging studies"),
        "Immunization": _("Vaccinations"),
        "Invoice": _("Invoices"),
        "Location": _("Places"),
        "Medication": _("Medicines"),
        "MedicationAdministration": _("Medicines given"),
        "MedicationRequest": _("Prescriptions"),
        "MedicationStatement": _("Medicines taken"),
        "Observation": _("Measurements and findings"),
        "Organization": _("Organizations"),
        "Patient": _("Patients"),
        "Practitioner": _("Doctors and nurses"),
        "PractitionerRole": _("Posts of doctors and nurses"),
        "Procedure": _("Procedures"),
        "Provenance": _("Notes of origin"),
    }
)


class Line(NamedTuple):
    """A kind of resource with what becomes of it, as a table shows it."""

    label: Any
    created: int
    here: int
    changed: int
    left_out: int


class Reason(NamedTuple):
    """Why something is left out, and how often."""

    label: Any
    reason: str
    times: int


class Name(NamedTuple):
    """What somebody is called in another system."""

    key: str
    system: Any


# Numbers by which a state knows people (terminology.hl7.org, "sid"); other systems go by their address.
SYSTEMS: Mapping[str, Any] = MappingProxyType(
    {
        "http://hl7.org/fhir/sid/us-ssn": _("US social security number"),
        "http://hl7.org/fhir/sid/us-npi": _("US provider number"),
        "https://fhir.nhs.uk/Id/nhs-number": _("NHS number"),
        "urn:oid:1.2.250.1.213.1.4.8": _("French health number (INS)"),
        "http://fhir.de/sid/gkv/kvid-10": _("German insurance number"),
    }
)


def names_elsewhere(record_id: Any) -> list[Name]:
    """By which numbers other systems know somebody; the names that only machines use are no such numbers."""
    known = ImportedRecord.objects.elsewhere(record_id).exclude(source=UUIDS)
    return [Name(key, _system(source)) for source, key in known.values_list("source", "key")]


def _system(source: str) -> Any:
    return SYSTEMS.get(source) or source.removeprefix("https://").removeprefix("http://").rstrip("/")


def label_of(kind: str) -> Any:
    """What people call it; what has no word of ours goes by FHIR's."""
    return LABELS.get(kind, kind)


def lines(summary: Mapping[str, Any]) -> list[Line]:
    """What becomes of each kind: what is brought in first."""
    found = [
        Line(
            label_of(kind),
            counts.get(CREATED, 0),
            counts.get(UNCHANGED, 0) + counts.get(FOUND, 0),
            counts.get(CHANGED, 0),
            counts.get(LEFT_OUT, 0),
        )
        for kind, counts in summary.get("types", {}).items()
    ]
    return sorted(found, key=lambda line: (not (line.created or line.here), str(line.label)))


def total(rows: list[Line]) -> Line:
    """All of them together."""
    created, here, changed, left_out = (sum(row[at] for row in rows) for at in range(1, 5))
    return Line(_("Together"), created, here, changed, left_out)


def reasons(summary: Mapping[str, Any]) -> list[Reason]:
    """Why what is left out is left out, the most frequent first."""
    return [Reason(label_of(kind), why, count) for kind, why, count in summary.get("reasons", [])]


def elements(summary: Mapping[str, Any]) -> list[Reason]:
    """Single facts of what is brought in for which there is no place here, by FHIR's names."""
    return [Reason(label_of(kind), name, count) for kind, name, count in summary.get("elements", [])]
