"""FHIR Observation: a result that is no measurement of ours (records/observations/fhir asks first)."""

from decimal import Decimal, InvalidOperation
from typing import Any

from clinic.fhir.codes import OBSERVATION_CATEGORY, UCUM, first_coding, words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Resource, reads, writes
from clinic.fhir.writing import Writing
from records.history.fhir import facts, moments
from records.history.models import OutsideObservation
from records.history.models.observation import ResultStatus

VALUES = (
    *("valueQuantity", "valueCodeableConcept", "valueString", "valueBoolean", "valueInteger", "valueRange"),
    *("valueRatio", "valueTime", "valueDateTime", "valuePeriod"),
)
MAPPED = (
    *("status", "category", "code", "subject", "encounter", "effectiveDateTime", "effectivePeriod"),
    *("effectiveInstant", "issued", "performer", "interpretation", "note", "referenceRange", "component"),
    "dataAbsentReason",
    *VALUES,
)
AFTER = ("Patient", "Encounter", "Practitioner", "Organization")
PARTS = ("title", "code", "code_system", "comparator", "value", "unit", "unit_code", "text")
# What the column holds: 16 digits before the point, 12 after it.
FINEST, MOST = Decimal(1).scaleb(-12), Decimal(10) ** 16
# HL7's codes of this system (terminology.hl7.org, observation-category).
CATEGORIES = frozenset(
    ("social-history", "vital-signs", "imaging", "laboratory", "procedure", "survey", "exam", "therapy")
)


@reads("Observation", after=AFTER, maps=MAPPED)
def read_observation(resource: Resource, bringing: Bringing) -> Answer:
    """A result, with its parts where it has some."""
    who = facts.told(resource, bringing, by=resource.get("performer") or [])
    return OutsideObservation.objects.create(
        **who,
        **facts.in_visit(resource, bringing, who["patient"]),
        **moments.begun(resource, "effective").facts,
        **facts.coded(resource.get("code")),
        **value_of(resource),
        reported_status=facts.chosen(resource.get("status"), ResultStatus, ResultStatus.UNKNOWN),
        category=facts.fit(first_coding(resource.get("category")).get("code"), 50),
        issued_at=moments.when(resource.get("issued")).at,
        components=[_part(each) for each in resource.get("component") or []],
        interpretation=facts.said(resource.get("interpretation") or [], 100),
        reference_range=facts.fit("; ".join(map(_range, resource.get("referenceRange") or [])), 200),
    )


def _part(component: Resource) -> dict[str, str]:
    row: dict[str, Any] = {**facts.coded(component.get("code"), otherwise="?"), **value_of(component)}
    number = row.pop("value", None)
    told = {name: str(each) for name, each in row.items() if each and name in PARTS}
    return told if number is None else {**told, "value": f"{number:f}"}


def value_of(resource: Resource) -> dict[str, Any]:
    """The value: a number with its unit, or a text with its code."""
    if (number := _number(resource)) is not None:
        quantity = resource.get("valueQuantity") or {}
        return {
            "value": number,
            "comparator": str(quantity.get("comparator") or ""),
            "unit": facts.fit(quantity.get("unit"), 100),
            "unit_code": facts.fit(quantity.get("code"), 50),
        }
    concept = resource.get("valueCodeableConcept") or resource.get("dataAbsentReason")
    first = first_coding(concept)
    return {
        "text": facts.fit(words(concept) or _plain(resource), facts.TEXT),
        "text_code": facts.fit(first.get("code"), 100),
        "text_system": facts.fit(first.get("system"), 200),
    }


def _number(resource: Resource) -> Decimal | None:
    given = (resource.get("valueQuantity") or {}).get("value", resource.get("valueInteger"))
    try:
        number = Decimal(str(given)).quantize(FINEST).normalize()
    except InvalidOperation:
        return None
    return number if abs(number) < MOST else None


def _plain(resource: Resource) -> str:
    """A value of one of the other kinds, in words."""
    for name in VALUES:
        if (value := resource.get(name)) is None:
            continue
        if isinstance(value, bool):
            return "true" if value else "false"
        return _composed(value) if isinstance(value, dict) else str(value)
    return ""


def _composed(value: dict[str, Any]) -> str:
    """A Range, a Ratio, a Period, or a Quantity that no column holds."""
    if "numerator" in value or "denominator" in value:
        return " : ".join(_quantity(value.get(name)) for name in ("numerator", "denominator"))
    if "low" in value or "high" in value:
        return _range(value)
    if "start" in value or "end" in value:
        return f"{value.get('start', '')} – {value.get('end', '')}"
    return _quantity(value)


def _quantity(quantity: Any) -> str:
    given = quantity or {}
    sign, unit = given.get("comparator") or "", given.get("unit") or given.get("code") or ""
    return f"{sign}{given.get('value', '')} {unit}".strip()


def _range(given: dict[str, Any]) -> str:
    low, high = _quantity(given.get("low")), _quantity(given.get("high"))
    return str(given.get("text") or " – ".join(filter(None, (low, high))))


@writes(OutsideObservation, "Observation", rows=lambda: facts.rows(OutsideObservation))
def write_observation(result: OutsideObservation, writing: Writing) -> Resource:
    """The result as it was told."""
    by = filter(None, (facts.person(result, writing), facts.place(result, writing)))
    system = OBSERVATION_CATEGORY if result.category in CATEGORIES else ""
    category = {"coding": [{"system": system, "code": result.category}]}
    return {
        **facts.head(result, writing),
        "note": facts.notes(result),
        "category": [category] if result.category else [],
        "code": facts.concept(result),
        "effectiveDateTime": moments.written(result.happened_at, result.precision),
        "issued": result.issued_at,
        "performer": list(by),
        **written_value(
            {
                **{name: getattr(result, name) for name in ("comparator", "unit", "unit_code", "text")},
                **{name: getattr(result, name) for name in ("text_code", "text_system")},
                "value": result.value,
            }
        ),
        "interpretation": [{"text": result.interpretation}] if result.interpretation else [],
        "referenceRange": [{"text": result.reference_range}] if result.reference_range else [],
        "component": [_written_part(row) for row in result.components],
    }


def _written_part(row: dict[str, Any]) -> Resource:
    coding = {"system": row.get("code_system"), "code": row.get("code")}
    number = Decimal(row["value"]) if row.get("value") else None
    return {
        "code": {"coding": [coding] if row.get("code") else [], "text": row["title"]},
        **written_value({**row, "value": number}),
    }


def written_value(told: dict[str, Any]) -> Resource:
    """The value as FHIR has it; a unit's code is UCUM's."""
    if (number := told["value"]) is not None:
        code = told.get("unit_code")
        quantity = {"value": number, "comparator": told.get("comparator"), "unit": told.get("unit")}
        return {"valueQuantity": {**quantity, "system": UCUM if code else "", "code": code}}
    if told.get("text_code"):
        coding = {"system": told.get("text_system"), "code": told["text_code"]}
        return {"valueCodeableConcept": {"coding": [coding], "text": told.get("text")}}
    return {"valueString": told["text"]} if told.get("text") else {}
