"""What a page tells of one entry: its facts in the order in which a doctor asks for them."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries.fields import Country

from clinic.templatetags.clinic import day, day_time
from records.history.models import (
    DiagnosticReport,
    Immunization,
    OutsideNote,
    OutsideObservation,
    PastEncounter,
    PastMedication,
    PastProcedure,
    Told,
)

# Beside what every entry has.
FACTS: Mapping[type[Told], tuple[str, ...]] = MappingProxyType(
    {
        PastEncounter: ("kind", "ended_at", "reason"),
        Immunization: (
            *("dose", "lot_number", "manufacturer", "expires_on", "site", "route", "reason_not_given"),
        ),
        PastProcedure: ("ended_at", "reason", "body_site", "outcome"),
        PastMedication: ("dosage", "quantity", "reason"),
        OutsideObservation: ("shown", "reference_range", "interpretation", "category"),
        DiagnosticReport: ("issued_at", "category", "conclusion"),
        OutsideNote: (),
    }
)
LABELS = {"shown": gettext_lazy("Result")}


def facts_of(entry: Told) -> list[tuple[Any, Any]]:
    """Label and value of everything that is known of the entry."""
    return [(label, value) for label, value in _all(entry) if value not in ("", None)]


def _all(entry: Told) -> Iterator[tuple[Any, Any]]:
    yield _("When"), entry.when
    for name in ("reported_status", *FACTS[type(entry)]):
        yield _label(entry, name), _value(entry, name)
    yield _("By"), entry.who
    yield _("Where"), _place(entry)
    if code := getattr(entry, "code", ""):
        yield _("Code"), f"{code} ({entry.code_system})"  # type: ignore[attr-defined]
    yield _("Note"), entry.note


def _place(entry: Told) -> str:
    place = entry.organization
    return ", ".join(filter(None, (place.name, place.address))) if place else ""


def _label(entry: Told, name: str) -> Any:
    return LABELS.get(name) or capfirst(entry._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _value(entry: Told, name: str) -> Any:
    """A column in words."""
    if display := getattr(entry, f"get_{name}_display", None):
        return display()
    value = getattr(entry, name)
    if name.endswith("_at") and value:
        return day_time(value)
    if name.endswith("_on") and value:
        return day(value)
    return value.name if isinstance(value, Country) else value
