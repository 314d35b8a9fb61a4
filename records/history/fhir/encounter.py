"""FHIR Encounter: a visit elsewhere. Our own consultations are written by records/fhir."""

from clinic.fhir.codes import ENCOUNTER_CLASS, first_coding
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir import facts, moments
from records.history.models import PastEncounter
from records.history.models.encounter import EncounterClass, EncounterStatus

MAPPED = (
    *("status", "class", "type", "subject", "participant", "period", "reasonCode", "reasonReference"),
    "serviceProvider",
)
NOT_SAID = {"system": "http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "code": "UNK"}


@reads("Encounter", after=("Patient", "Practitioner", "Organization"), maps=MAPPED)
def read_encounter(resource: Resource, bringing: Bringing) -> Answer:
    """The visit: where, with whom, why."""
    people = [each.get("individual") for each in resource.get("participant") or []]
    who = facts.told(resource, bringing, by=[*people, resource.get("serviceProvider")])
    start = moments.when((resource.get("period") or {}).get("start"))
    kind = facts.chosen((resource.get("class") or {}).get("code"), EncounterClass, EncounterClass.UNKNOWN)
    types = resource.get("type") or []
    first = first_coding(resource.get("reasonCode"))
    return PastEncounter.objects.create(
        **who,
        **start.facts,
        **facts.coded(types[0] if types else None, otherwise=str(kind.label)),
        ended_at=moments.ended(resource.get("period"), start),
        kind=kind,
        reported_status=facts.chosen(resource.get("status"), EncounterStatus, EncounterStatus.UNKNOWN),
        reason=facts.reasons(resource, bringing),
        reason_code=facts.fit(first.get("code"), 100),
        reason_system=facts.fit(first.get("system"), 200),
    )


@writes(PastEncounter, "Encounter", rows=lambda: facts.rows(PastEncounter))
def write_encounter(visit: PastEncounter, writing: Writing) -> Resource:
    """The visit as it was told."""
    by = facts.person(visit, writing)
    reason: Resource = {"text": visit.reason}
    if visit.reason_code:
        reason["coding"] = [{"system": visit.reason_system, "code": visit.reason_code}]
    return {
        **facts.head(visit, writing),
        "class": {"system": ENCOUNTER_CLASS, "code": visit.kind} if visit.kind else NOT_SAID,
        "type": [facts.concept(visit)],
        "participant": [{"individual": by}] if by else [],
        "period": {
            "start": moments.written(visit.happened_at, visit.precision),
            "end": moments.written(visit.ended_at, visit.precision),
        },
        "reasonCode": [reason] if visit.reason else [],
        "serviceProvider": facts.place(visit, writing),
    }
