"""FHIR Procedure: an operation or treatment elsewhere, or before."""

from typing import Any

from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir import facts, moments
from records.history.models import PastProcedure
from records.history.models.procedure import ProcedureStatus

MAPPED = (
    *("status", "code", "subject", "encounter", "performedDateTime", "performedPeriod", "performer"),
    *("asserter", "reasonCode", "reasonReference", "bodySite", "outcome", "note"),
)


@reads("Procedure", after=("Patient", "Encounter", "Condition", "Practitioner", "Organization"), maps=MAPPED)
def read_procedure(resource: Resource, bringing: Bringing) -> Answer:
    """What was done."""
    performers = resource.get("performer") or []
    people = [each.get(name) for each in performers for name in ("actor", "onBehalfOf")]
    who = facts.told(resource, bringing, by=people)
    start = moments.begun(resource, "performed")
    if teller := (resource.get("asserter") or {}).get("display"):
        who["source"] = facts.fit(teller, 200)
    return PastProcedure.objects.create(
        **who,
        **facts.in_visit(resource, bringing, who["patient"]),
        **start.facts,
        **facts.coded(resource.get("code")),
        ended_at=moments.ended(resource.get("performedPeriod"), start),
        reported_status=facts.chosen(resource.get("status"), ProcedureStatus, ProcedureStatus.UNKNOWN),
        reason=facts.reasons(resource, bringing),
        body_site=facts.said(resource.get("bodySite"), 200),
        outcome=facts.said(resource.get("outcome")),
    )


@writes(PastProcedure, "Procedure", rows=lambda: facts.rows(PastProcedure))
def write_procedure(done: PastProcedure, writing: Writing) -> Resource:
    """What was done, as it was told."""
    by, where = facts.person(done, writing), facts.place(done, writing)
    performer: Any = {"actor": by, "onBehalfOf": where} if by else {"actor": where}
    return {
        **facts.head(done, writing),
        "note": facts.notes(done),
        "code": facts.concept(done),
        **_performed(done),
        "asserter": facts.teller(done),
        "performer": [performer] if by or where else [],
        "reasonCode": [{"text": done.reason}] if done.reason else [],
        "bodySite": [{"text": done.body_site}] if done.body_site else [],
        "outcome": {"text": done.outcome},
    }


def _performed(done: PastProcedure) -> Resource:
    start = moments.written(done.happened_at, done.precision)
    if done.ended_at is None:
        return {"performedDateTime": start}
    return {"performedPeriod": {"start": start, "end": moments.written(done.ended_at, done.precision)}}
