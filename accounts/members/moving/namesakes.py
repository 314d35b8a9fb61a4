"""Who is probably the person of a row: among those who are here, and in the rows above it."""

from collections import defaultdict
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from accounts.members.models import PatientProfile
from accounts.members.services.likeness import ENOUGH, SAME_BIRTH, SAME_NAME, Facts, alike, named
from clinic.moving.tables import Alike

# A namesake born on the same day is the same person, unless somebody knows better.
SURE = SAME_NAME + SAME_BIRTH


class Somebody(NamedTuple):
    """A patient of ours with the number, or a row of the table (no `patient`) with its line."""

    person: Facts
    label: str
    patient: PatientProfile | None = None


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
            self._note(Somebody(Facts.known(patient), f"{patient.number} {patient.name}", patient))

    def note(self, facts: dict[str, Any], line: int) -> None:
        """A row of the table, for those below it."""
        name = f"{facts.get('given_name', '')} {facts.get('family_name', '')}".strip()
        self._note(Somebody(Facts.of(facts), _("line %(line)s: %(name)s") % {"line": line, "name": name}))

    def _note(self, somebody: Somebody) -> None:
        for share in _shares(somebody.person):
            self._by[share].append(somebody)

    def likeliest(self, facts: dict[str, Any]) -> Alike | None:
        """Who is likeliest the person of the row, with score and reasons; None when nobody is likely."""
        person = Facts.of(facts)
        near = {id(each.patient): each for share in _shares(person) for each in self._by.get(share, ())}
        scored = [(*alike(person, each.person), each) for each in near.values()]
        if not scored:
            return None
        score, reasons, somebody = max(scored, key=lambda found: found[0])
        if score < ENOUGH:
            return None
        return Alike(somebody.label, score, reasons, score >= SURE, somebody.patient)


def _shares(person: Facts) -> list[tuple[str, Any]]:
    """What two people may have in common, to be found by it."""
    shares = (("born", person.born), ("phone", person.phone), ("email", person.email), ("name", person.name))
    return [(kind, value) for kind, value in shares if value]
