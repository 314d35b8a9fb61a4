"""Who is probably the person of a row: among those who are here, and in the rows above it."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import fold
from accounts.members.roles import Role
from accounts.members.services.likeness import ENOUGH, SAME_BIRTH, SAME_NAME, Facts, compared
from clinic.moving.tables import Alike

# A namesake born on the same day is the same person, unless somebody knows better.
SURE = SAME_NAME + SAME_BIRTH
OF_A_PERSON = ("given_name", "family_name", "email", "phone")


class Somebody(NamedTuple):
    """A patient of ours with the number, or a row of the table with its line."""

    patient: PatientProfile
    label: str


class Namesakes:
    """Who shares anything with a row."""

    def __init__(self) -> None:
        self._by: dict[tuple[str, Any], list[Somebody]] = defaultdict(list)

    def fill(self, rows: list[dict[str, Any]]) -> None:
        """Load those who share anything with one of the rows: one statement."""
        born = {facts["date_of_birth"] for facts in rows if "date_of_birth" in facts}
        phones = {str(facts["phone"]) for facts in rows if "phone" in facts}
        emails = {facts["email"] for facts in rows if "email" in facts}
        names = {named(facts) for facts in rows} - {""}
        shared = models.Q(date_of_birth__in=born) | models.Q(member__phone__in=phones)
        shared |= models.Q(member__email__in=emails) | models.Q(member__search__in=names)
        for patient in PatientProfile.objects.with_people().filter(shared).order_by():
            self._note(Somebody(patient, f"{patient.number} {patient.name}"))

    def note(self, facts: dict[str, Any], line: int) -> None:
        """A row of the table, for those below it."""
        member = Member(role=Role.PATIENT, **{name: facts[name] for name in OF_A_PERSON if name in facts})
        member.search = named(facts)
        patient = PatientProfile(member=member, date_of_birth=facts.get("date_of_birth"))
        self._note(Somebody(patient, _("line %(line)s: %(name)s") % {"line": line, "name": member.name}))

    def _note(self, somebody: Somebody) -> None:
        person = Facts.known(somebody.patient)
        for share in _shares(person):
            self._by[share].append(somebody)

    def likeliest(self, facts: dict[str, Any]) -> Alike | None:
        """Who is likeliest the person of the row, with score and reasons; None when nobody is likely."""
        person = Facts.of(facts)
        near = {id(each.patient): each for share in _shares(person) for each in self._by.get(share, ())}
        scored = [(compared(person, each.patient), each) for each in near.values()]
        if not scored:
            return None
        likeness, somebody = max(scored, key=lambda pair: pair[0].score)
        if likeness.score < ENOUGH:
            return None
        here = somebody.patient if somebody.patient.number else None
        return Alike(somebody.label, likeness.score, likeness.reasons, likeness.score >= SURE, here)


def _shares(person: Facts) -> list[tuple[str, Any]]:
    """What two people may have in common, to be found by it."""
    shares = (("born", person.born), ("phone", person.phone), ("email", person.email), ("name", person.name))
    return [(kind, value) for kind, value in shares if value]


def named(facts: dict[str, Any]) -> str:
    """The name as the search column holds it."""
    return fold(f"{facts.get('given_name', '')} {facts.get('family_name', '')}")
