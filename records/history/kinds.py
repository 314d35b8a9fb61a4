"""The kinds of entries in a history: what each is called, and where its page is found."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

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


class Kind(NamedTuple):
    """One kind: its name in addresses and lists, its rows, what many are called, its sign."""

    name: str
    model: type[Told]
    label: Any
    icon: str
    segment: str

    @property
    def page(self) -> str:
        """The page of one entry."""
        return f"history:{self.name}"


_ALL = (
    Kind("immunization", Immunization, _("Vaccinations"), "shield-plus", "immunizations"),
    Kind("past_procedure", PastProcedure, _("Procedures"), "bandaid", "past-procedures"),
    Kind("past_medication", PastMedication, _("Medicines"), "capsule", "past-medications"),
    Kind("past_encounter", PastEncounter, _("Visits"), "hospital", "past-encounters"),
    Kind("diagnostic_report", DiagnosticReport, _("Reports"), "clipboard2-data", "diagnostic-reports"),
    Kind("outside_observation", OutsideObservation, _("Results"), "clipboard2-pulse", "outside-results"),
    Kind("outside_note", OutsideNote, _("Notes"), "journal-text", "outside-notes"),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
BY_MODEL: Mapping[type[Told], Kind] = MappingProxyType({kind.model: kind for kind in _ALL})
