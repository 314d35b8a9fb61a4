"""A price list: the clinic's kinds of visits with their fees."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db import models
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from clinic.moving.tables import Alike, Column, Problem, Taker, takes, too_fine
from clinic.moving.tables import columns as cells
from scheduling.models import AppointmentType
from scheduling.models.availability import LONGEST_SLOT, SHORTEST_SLOT, SLOT_LENGTH
from scheduling.models.types import Kind
from scheduling.services import add_appointment_type

KINDS = {
    Kind.NEW: "new first erstgespräch erstanamnese première",
    Kind.ROUTINE: "routine visit termin konsultation consultation",
    Kind.FOLLOWUP: "followup follow-up folgetermin kontrolle suivi",
    Kind.CHECKUP: "checkup check-up vorsorge bilan",
    Kind.EMERGENCY: "emergency urgent notfall urgence",
}


@takes
class Prices(Taker):
    """Kinds of visits with length and fee."""

    name = "prices"
    label = _("Price list")
    icon = "tag"
    about = _("Kinds of visits with their length and their fee in the clinic’s currency")
    position = 30
    result = "scheduling:appointment_type_list"
    identifier = "name"
    columns = (
        Column(
            "name",
            _("Name"),
            cells.text(80),
            (
                "service",
                "item",
                "description",
                "kind of visit",
                "leistung",
                "bezeichnung",
                "prestation",
                "libellé",
            ),
            required=True,
            example="First visit",
        ),
        Column(
            "fee",
            _("Fee"),
            cells.amount,
            ("price", "amount", "cost", "preis", "betrag", "honorar", "gebühr", "prix", "tarif", "montant"),
            example="15000",
        ),
        Column(
            "minutes",
            _("Minutes per visit"),
            cells.whole,
            ("duration", "length", "minutes", "dauer", "minuten", "durée"),
            example="30",
        ),
        Column(
            "kind", _("Kind"), cells.choice(KINDS), ("type", "art", "category", "kategorie"), example="new"
        ),
        Column(
            "is_public",
            _("Patients may book it themselves"),
            cells.yes_or_no,
            ("public", "online", "bookable", "öffentlich", "en ligne"),
            example="yes",
        ),
    )

    def look_up(self, rows: list[dict[str, Any]]) -> None:
        """What there is: a clinic has a few dozen."""
        self._here = {each.name.casefold(): each for each in AppointmentType.objects.all()}

    def problems(self, facts: dict[str, Any]) -> Iterator[Problem]:
        """A fee in the currency's coins, a length that a visit may have."""
        if facts.get("fee", 0) < 0:
            yield Problem("fee", now("A fee is not negative."))
        else:
            yield from too_fine("fee", facts)
        if "minutes" in facts and not SHORTEST_SLOT <= facts["minutes"] <= LONGEST_SLOT:
            yield Problem("minutes", SLOT_LENGTH)

    def alike(self, facts: dict[str, Any], line: int) -> Alike | None:
        """The kind of visit of this name."""
        found = self._here.get(facts["name"].casefold())
        return Alike(found.name, 100, [_("same name")], sure=True, record=found) if found else None

    def here(self, keys: Collection[Any]) -> dict[Any, dict[str, Any]]:
        """What they are here."""
        kinds = AppointmentType.objects.filter(pk__in=keys).order_by()
        names = [column.name for column in self.columns]
        return {kind.pk: {name: getattr(kind, name) for name in names} for kind in kinds}

    def bring(self, facts: dict[str, Any], *, by: Any) -> Iterator[models.Model]:
        """Offer it."""
        yield add_appointment_type(by=by, **facts)
