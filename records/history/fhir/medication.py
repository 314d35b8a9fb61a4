"""FHIR MedicationRequest: a medicine ordered elsewhere. Our own prescriptions are written by records/fhir."""

import re
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir import facts, moments
from records.history.models import PastMedication
from records.history.models.medication import MedicationIntent, MedicationStatus

MAPPED = (
    *("status", "intent", "medicationCodeableConcept", "medicationReference", "subject", "encounter"),
    *("authoredOn", "requester", "reasonCode", "reasonReference", "dosageInstruction", "dispenseRequest"),
    *("note", "reportedReference"),
)
AFTER = ("Patient", "Encounter", "Condition", "Practitioner", "Organization")
AMOUNT = re.compile(r"(\d{1,9}(?:\.\d{1,6})?) (\S.*)")


@reads("MedicationRequest", after=AFTER, maps=MAPPED)
def read_medication_request(resource: Resource, bringing: Bringing) -> Answer:
    """A medicine: the check of prescriptions looks at it when it is told as running."""
    if resource.get("doNotPerform"):
        raise LeftOut(_("It says that this medicine is not to be taken: that is no prescription."))
    who = facts.told(resource, bringing, by=[resource.get("requester")])
    if teller := (resource.get("reportedReference") or {}).get("display"):
        who["source"] = facts.fit(teller, 200)
    instructions = resource.get("dosageInstruction") or []
    as_needed = [each["asNeededBoolean"] for each in instructions if "asNeededBoolean" in each]
    return PastMedication.objects.create(
        **who,
        **facts.in_visit(resource, bringing, who["patient"]),
        **moments.when(resource.get("authoredOn")).facts,
        **facts.coded(_medicine(resource, bringing)),
        reported_status=facts.chosen(resource.get("status"), MedicationStatus, MedicationStatus.UNKNOWN),
        intent=facts.chosen(resource.get("intent"), MedicationIntent, MedicationIntent.ORDER),
        dosage=facts.fit("; ".join(filter(None, map(_dosage, instructions))), 500),
        is_as_needed=as_needed[0] if as_needed else None,
        reason=facts.reasons(resource, bringing),
        quantity=facts.fit(amount((resource.get("dispenseRequest") or {}).get("quantity")), 100),
    )


def _medicine(resource: Resource, bringing: Bringing) -> Any:
    """The medicine's concept: of the order itself, of what it contains, or of a Medication in the file."""
    if concept := resource.get("medicationCodeableConcept"):
        return concept
    reference = resource.get("medicationReference") or {}
    key = str(reference.get("reference") or "")
    inside = (each for each in resource.get("contained") or [] if key == f"#{each.get('id')}")
    found = next(inside, None) or bringing.resource(reference)
    concept = found.get("code") or {"text": reference.get("display")}
    if not (concept.get("text") or concept.get("coding")):
        raise LeftOut(_("The file does not say which medicine it is."))
    return concept


def _dosage(instruction: Resource) -> str:
    """How it is taken: in words where they are told, otherwise out of dose and rhythm."""
    if text := instruction.get("text") or instruction.get("patientInstruction"):
        return str(text)
    doses = (each.get("doseQuantity") for each in instruction.get("doseAndRate") or [])
    repeat = (instruction.get("timing") or {}).get("repeat") or {}
    rhythm = ""
    if repeat.get("frequency") and repeat.get("period"):
        rhythm = f"{repeat['frequency']} × / {repeat['period']} {repeat.get('periodUnit', '')}".strip()
    return " · ".join(filter(None, (*map(amount, doses), rhythm)))


def amount(quantity: Any) -> str:
    """A Quantity as people write it."""
    given = quantity or {}
    value = "" if given.get("value") is None else f"{Decimal(str(given['value'])).normalize():f}"
    return f"{value} {given.get('unit') or given.get('code') or ''}".strip()


def quantity(text: str) -> Resource | None:
    """An amount as a Quantity: number and unit where it begins with one, else only the words."""
    if found := AMOUNT.fullmatch(text):
        number = float(found[1])
        return {"value": int(number) if number.is_integer() else number, "unit": found[2]}
    return {"unit": text} if text else None


@writes(PastMedication, "MedicationRequest", rows=lambda: facts.rows(PastMedication))
def write_medication_request(taken: PastMedication, writing: Writing) -> Resource:
    """The medicine as it was told; stopped, if somebody here has said so."""
    common = facts.head(taken, writing)
    if taken.stopped_at and taken.counts:
        common |= {"status": "stopped", "statusReason": {"text": taken.stop_reason}}
    dosage = {"text": taken.dosage, "asNeededBoolean": taken.is_as_needed}
    has_dosage = taken.dosage or taken.is_as_needed is not None
    return {
        **common,
        "note": facts.notes(taken),
        "intent": taken.intent,
        "reportedReference": facts.teller(taken),
        "medicationCodeableConcept": facts.concept(taken),
        "authoredOn": moments.written(taken.happened_at, taken.precision),
        "requester": facts.person(taken, writing) or facts.place(taken, writing),
        "reasonCode": [{"text": taken.reason}] if taken.reason else [],
        "dosageInstruction": [dosage] if has_dosage else [],
        "dispenseRequest": {"quantity": quantity(taken.quantity)},
    }
