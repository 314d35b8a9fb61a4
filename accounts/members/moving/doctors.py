"""A table of doctors."""

from collections.abc import Collection, Iterator
from typing import Any, cast

from django.db import models
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile
from accounts.members.moving.person import PERSON, said_of
from accounts.members.roles import Role
from accounts.members.services import register_staff
from accounts.members.services.likeness import named
from clinic.moving.tables import Alike, Column, Problem, Taker, takes, too_fine
from clinic.moving.tables import columns as cells


@takes
class Doctors(Taker):
    """Doctors; nobody is sent a letter."""

    name = "doctors"
    label = _("Doctors")
    icon = "person-badge"
    about = _(
        "Names, licence numbers, specialisations, fees. Nobody is sent an invitation: you do that later."
    )
    position = 20
    result = "members:staff_list"
    identifier = "licence_number"
    columns = (
        *PERSON,
        Column(
            "specialisation",
            _("Specialisation"),
            cells.text(100),
            ("specialty", "speciality", "fachgebiet", "fachrichtung", "spécialité"),
            required=True,
            example="General practice",
        ),
        Column(
            "licence_number",
            _("Licence number"),
            cells.text(50),
            ("licence", "license", "license number", "registration number", "arztnummer", "lanr", "rpps"),
            required=True,
            example="MDCN/12345",
        ),
        Column(
            "consultation_fee",
            _("Consultation fee"),
            cells.amount,
            ("fee", "price", "honorar", "gebühr", "tarif", "honoraires"),
            example="15000",
        ),
        Column(
            "years_of_experience",
            _("Years of experience"),
            cells.whole,
            ("experience", "berufsjahre", "années d'expérience"),
            example="12",
        ),
        Column(
            "qualifications",
            _("Qualifications"),
            cells.text(2000, lines=True),
            ("qualifikationen", "diplômes"),
        ),
        Column(
            "is_bookable",
            _("Patients may book"),
            cells.yes_or_no,
            ("bookable", "buchbar", "réservable"),
            example="yes",
        ),
    )

    def __init__(self) -> None:
        self._known: dict[str, DoctorProfile] = {}

    def look_up(self, rows: list[dict[str, Any]]) -> None:
        """The doctors who are here: they are few."""
        for doctor in DoctorProfile.objects.with_people():
            for value in (doctor.licence_number, doctor.member.email.lower(), doctor.member.search):
                self._known.setdefault(value or doctor.licence_number, doctor)

    def problems(self, facts: dict[str, Any]) -> Iterator[Problem]:
        """A licence belongs to one doctor; a fee is not below zero."""
        doctor = self._known.get(facts["licence_number"])
        if doctor and doctor.member.search != named(facts):
            told = now("%(name)s already has this licence number.") % {"name": doctor.name}
            yield Problem("licence_number", told)
        if facts.get("consultation_fee", 0) < 0:
            yield Problem("consultation_fee", now("A fee is not below zero."))
        yield from too_fine("consultation_fee", facts)
        if facts.get("years_of_experience", 0) > 80:
            yield Problem("years_of_experience", now("Nobody has practised for more than 80 years."))

    def alike(self, facts: dict[str, Any], line: int) -> Alike | None:
        """Who has the licence, the address or the name."""
        reasons = {
            facts["licence_number"]: _("same licence number"),
            facts.get("email", "").lower(): _("same e-mail address"),
            named(facts): _("same name"),
        }
        found = [
            (self._known[value], why) for value, why in reasons.items() if value and value in self._known
        ]
        if not found:
            return None
        doctor = found[0][0]
        score = 100 if doctor.licence_number == facts["licence_number"] else 60
        return Alike(doctor.name, score, [why for _doctor, why in found], score == 100, doctor)

    def here(self, keys: Collection[Any]) -> dict[Any, dict[str, Any]]:
        """What stands here of them."""
        doctors = DoctorProfile.objects.with_people().filter(pk__in=keys).order_by()
        return {doctor.pk: said_of(doctor, self.columns) for doctor in doctors}

    def bring(self, facts: dict[str, Any], *, by: Any) -> Iterator[models.Model]:
        """Take the doctor on, without a letter."""
        member = register_staff(by=by, role=Role.DOCTOR, **facts)
        yield cast(models.Model, member.profile)
