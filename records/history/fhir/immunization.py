"""FHIR Immunization: a vaccination given elsewhere, or before."""

import datetime
from typing import Any

from clinic.fhir.codes import words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir import facts, moments
from records.history.models import Immunization, Precision
from records.history.models.immunization import ImmunizationStatus

MAPPED = (
    *("status", "statusReason", "vaccineCode", "patient", "encounter", "occurrenceDateTime", "primarySource"),
    *("reportOrigin", "manufacturer", "lotNumber", "expirationDate", "site", "route", "performer", "note"),
    "protocolApplied",
)


@reads("Immunization", after=("Patient", "Encounter", "Practitioner", "Organization"), maps=MAPPED)
def read_immunization(resource: Resource, bringing: Bringing) -> Answer:
    """One dose."""
    people = [each.get("actor") for each in resource.get("performer") or []]
    who = facts.told(resource, bringing, subject="patient", by=people)
    if origin := facts.said(resource.get("reportOrigin"), 200):
        who["source"] = origin
    status = facts.chosen(resource.get("status"), ImmunizationStatus, ImmunizationStatus.COMPLETED)
    expires = moments.when(resource.get("expirationDate"))
    is_day = expires.precision == Precision.DAY
    return Immunization.objects.create(
        **who,
        **facts.in_visit(resource, bringing, who["patient"]),
        **moments.begun(resource, "occurrence").facts,
        **facts.coded(resource.get("vaccineCode")),
        reported_status=status,
        reason_not_given=_why_not(resource) if status == ImmunizationStatus.NOT_DONE else "",
        dose=_dose(resource),
        lot_number=facts.fit(resource.get("lotNumber"), 100),
        manufacturer=facts.fit((resource.get("manufacturer") or {}).get("display"), 200),
        expires_on=datetime.date.fromisoformat(resource["expirationDate"]) if is_day else None,
        site=facts.said(resource.get("site"), 100),
        route=facts.said(resource.get("route"), 100),
        is_first_hand=resource.get("primarySource"),
    )


def _why_not(resource: Resource) -> str:
    return facts.fit(words(resource.get("statusReason")), 300)


def _dose(resource: Resource) -> str:
    applied: Any = next(iter(resource.get("protocolApplied") or []), {})
    return facts.fit(applied.get("doseNumberString") or applied.get("doseNumberPositiveInt"), 50)


@writes(Immunization, "Immunization", rows=lambda: facts.rows(Immunization))
def write_immunization(dose: Immunization, writing: Writing) -> Resource:
    """The dose as it was told."""
    at = moments.written(dose.happened_at, dose.precision)
    people = filter(None, (facts.person(dose, writing), facts.place(dose, writing)))
    return {
        **facts.head(dose, writing, subject="patient"),
        "note": facts.notes(dose),
        "statusReason": {"text": dose.reason_not_given} if dose.reason_not_given else None,
        "vaccineCode": facts.concept(dose),
        **({"occurrenceDateTime": at} if at else {"occurrenceString": facts.unknown()}),
        "primarySource": dose.is_first_hand,
        "reportOrigin": {"text": dose.source},
        "manufacturer": {"display": dose.manufacturer},
        "lotNumber": dose.lot_number,
        "expirationDate": dose.expires_on,
        "site": {"text": dose.site},
        "route": {"text": dose.route},
        "performer": [{"actor": each} for each in people],
        "protocolApplied": [{"doseNumberString": dose.dose}] if dose.dose else [],
    }
