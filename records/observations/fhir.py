"""FHIR Observation ⇄ Observation, of the kinds that are measured here.

Codes and panels: hl7.org/fhir/R4/observation-vitalsigns.html and loinc.org. Whatever is of another kind, in a
unit without a sure conversion, of a day without a time, or impossible in a living person is left to the next
reader (records.history), as it was told.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.members.models import PatientProfile
from clinic.fhir.codes import LOINC, OBSERVATION_CATEGORY, UCUM, codings, concept
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from clinic.models import relayed
from records.models import Consultation
from records.observations.kinds import BY_NAME, FAHRENHEIT, KINDS, MG_PER_DL, Kind, Unit
from records.observations.models import Observation

MAPS = (
    "status",
    "category",
    "code",
    "subject",
    "encounter",
    "effectiveDateTime",
    "valueQuantity",
    "component",
)
PANEL, PANELS = "85354-9", ("85354-9", "55284-4")
PRESSURES = ("systolic", "diastolic")
# The same measured in another way, or written in another unit (LOINC): which kind of ours it is.
OTHER_CODES = {
    "temperature": ("8331-1", "8332-9", "8328-7", "8333-7"),
    "oxygen": ("2708-6",),
    "weight": ("3141-9",),
    "height": ("3137-7",),
    "head": ("8287-5",),
    "glucose": ("2339-0", "14743-9", "41653-7"),
    "pain": ("38208-5",),
}
BY_CODE: Mapping[str, Kind] = MappingProxyType(
    {kind.code: kind for kind in KINDS}
    | {code: BY_NAME[name] for name, codes in OTHER_CODES.items() for code in codes}
)
# What one unit is of another. Pound and inch are exact: NIST Handbook 44 (2024), appendix C; the others are
# prefixes of the SI; degrees and glucose are those of `kinds`.
UNITS: Mapping[str, tuple[Unit, ...]] = MappingProxyType(
    {
        "kg": (Unit("[lb_av]", "", Decimal("0.45359237")), Unit("g", "", Decimal("0.001"))),
        "cm": (
            Unit("[in_i]", "", Decimal("2.54")),
            Unit("m", "", Decimal(100)),
            Unit("mm", "", Decimal("0.1")),
        ),
        "Cel": (FAHRENHEIT,),
        "mmol/L": (MG_PER_DL,),
    }
)
# What others write for the same unit.
SAME = {
    "Cel": ("°C",),
    "mm[Hg]": ("mmHg",),
    "/min": ("{beats}/min", "{breaths}/min", "1/min"),
    "{score}": ("1", "", "{0-10}"),
}
CERTAIN = ("final", "amended", "corrected")
NEVER = ("entered-in-error", "cancelled")
PLACES = Decimal("0.001")
# "0001-01-01T00:00:00Z" is what programs write where they know no time.
FIRST_YEAR = 1800


class Measured(NamedTuple):
    """One value that can be held here, in its kind's own unit."""

    kind: Kind
    value: Decimal


@reads("Observation", after=("Patient", "Encounter"), maps=MAPS)
def read_measurement(resource: Resource, bringing: Bringing) -> Answer:
    """What was measured, or both values of a blood pressure; None when it is nothing of ours."""
    if resource.get("status") in NEVER:
        raise LeftOut(_("It was withdrawn there."))
    moment = _moment(resource)
    values = _values(resource)
    if resource.get("status") not in CERTAIN or moment is None or not values:
        return None
    patient = bringing.need(resource.get("subject"), PatientProfile)
    if patient.date_of_birth and timezone.localdate(moment) < patient.date_of_birth:
        return None
    return _kept(patient, moment, values)


def _kept(patient: PatientProfile, moment: datetime, values: list[Measured]) -> Answer:
    standing = Observation.objects.standing().filter(patient=patient, measured_at=moment)
    known = {found.code: found for found in standing}
    if any(each.kind.code in known for each in values):
        same = all(_says(known.get(each.kind.code), each.value) for each in values)
        # Another value of the same moment is kept as it was told, beside ours.
        return Known(known[values[0].kind.code]) if same else None
    with relayed(Observation):
        return Observation.objects.bulk_create(
            Observation(patient=patient, code=kind.code, value=value, unit=kind.unit, measured_at=moment)
            for kind, value in values
        )


def _says(known: Observation | None, value: Decimal) -> bool:
    return known is not None and known.value == value


def _moment(resource: Resource) -> datetime | None:
    """When it was measured; None without a time of the day."""
    said = str(resource.get("effectiveDateTime") or resource.get("effectiveInstant") or "")
    moment = parse_datetime(said) if "T" in said else None
    if moment is None or moment.tzinfo is None or moment.year < FIRST_YEAR:
        return None
    return moment if moment <= timezone.now() else None


def _values(resource: Resource) -> list[Measured]:
    """All of its values; none when one of them cannot be held here."""
    if not set(PANELS).isdisjoint(_codes(resource)):
        found = [_value(each) for each in resource.get("component") or []]
        both = {each.kind.name: each for each in found if each}
        return [both[name] for name in PRESSURES if name in both] if len(both) == len(found) else []
    value = _value(resource)
    return [value] if value and not resource.get("component") else []


def _value(part: Resource) -> Measured | None:
    kind = next((BY_CODE[code] for code in _codes(part) if code in BY_CODE), None)
    quantity = part.get("valueQuantity") or {}
    if kind is None or quantity.get("comparator") or quantity.get("value") is None:
        return None
    try:
        value = _converted(
            kind, Decimal(str(quantity["value"])), quantity.get("code") or quantity.get("unit") or ""
        )
    except InvalidOperation:
        return None
    return Measured(kind, value) if value is not None and kind.is_possible(value) else None


def _converted(kind: Kind, value: Decimal, unit: str) -> Decimal | None:
    """The value in the kind's own unit, to the three places that are stored; None from an unknown unit."""
    if unit == kind.unit or unit in SAME.get(kind.unit, ()):
        return value.quantize(PLACES)
    known = next((each for each in UNITS.get(kind.unit, ()) if each.code == unit), None)
    return known.convert(value).quantize(PLACES) if known else None


def _codes(part: Resource) -> list[str]:
    return [str(each.get("code")) for each in codings(part.get("code")) if each.get("system") == LOINC]


def _rows() -> models.QuerySet:
    """Measurements; an upper blood pressure has the lower one of its moment with it."""
    other = Observation.objects.order_by().filter(
        patient=models.OuterRef("patient"),
        measured_at=models.OuterRef("measured_at"),
        entered_in_error_at__isnull=True,
    )
    upper, lower = (BY_NAME[name].code for name in PRESSURES)
    rows = Observation.objects.select_related("recorded_by").annotate(
        lower=models.Subquery(other.filter(code=lower).values("value")[:1]),
        has_upper=models.Exists(other.filter(code=upper)),
    )
    return rows.exclude(code=lower, has_upper=True, entered_in_error_at__isnull=True)


@writes(Observation, "Observation", rows=_rows)
def write_measurement(found: Any, writing: Writing) -> Resource:
    """One value, or a blood pressure with both of its values."""
    withdrawn = found.entered_in_error_at is not None
    is_pair = found.code == BY_NAME["systolic"].code and found.lower is not None and not withdrawn
    return {
        "status": "entered-in-error" if withdrawn else "final",
        "category": [concept(OBSERVATION_CATEGORY, "vital-signs")],
        "subject": writing.reference_to(PatientProfile, found.patient_id),
        "encounter": writing.reference_to(Consultation, found.consultation_id),
        "effectiveDateTime": found.measured_at,
        "issued": found.created_at,
        "performer": [{"display": found.recorded_by.name}] if found.recorded_by else [],
        "note": [{"text": found.entered_in_error_reason}] if withdrawn else [],
        **(_pair(found) if is_pair else _single(found.kind, found.value)),
    }


def _single(kind: Kind, value: Decimal) -> Resource:
    return {
        "code": concept(LOINC, kind.code, kind.label, kind.label),
        "valueQuantity": {"value": value, "unit": kind.sign, "system": UCUM, "code": kind.unit},
    }


def _pair(found: Any) -> Resource:
    upper, lower = (BY_NAME[name] for name in PRESSURES)
    label = _("Blood pressure")
    parts = [_single(upper, found.value), _single(lower, found.lower)]
    return {"code": concept(LOINC, PANEL, label, label), "component": parts}
