"""Who is probably here already: a score for two people being one, with its reasons."""

import datetime
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import fold
from clinic.models import Refusal

# What speaks for one person and what against it. Families share telephones, and twins a birthday too: without
# a name in common neither is enough.
SAME_NAME, SIMILAR_NAME, OTHER_NAME, OTHER_GIVEN_NAME = 50, 35, -40, -60
SAME_BIRTH, OTHER_BIRTH = 40, -50
SAME_PHONE, SAME_EMAIL = 30, 30
ENOUGH = 50
# Names as close as these differ by a slip of the pen (difflib's ratio, 1 is the same).
CLOSE = 0.85
MOST_CANDIDATES = 200
MOST_SHOWN = 5


class Likeness(NamedTuple):
    """Somebody who may be the same person: how much speaks for it, and what."""

    patient: PatientProfile
    score: int
    reasons: list[Any]


class Doubtful(Refusal):
    """Somebody like this is registered already; `alike` says who, the likeliest first."""

    def __init__(self, alike: list[Likeness]) -> None:
        super().__init__(
            _("Somebody very like this is registered already. Look whether it is the same person.")
        )
        self.alike = alike


class Facts(NamedTuple):
    """What two people are compared by."""

    name: str
    given: str
    born: datetime.date | None
    phone: str
    email: str

    @classmethod
    def of(cls, facts: dict[str, Any]) -> "Facts":
        """Of what was typed (fields of Member and PatientProfile)."""
        phone, email = str(facts.get("phone") or ""), str(facts.get("email") or "").lower()
        given = fold(facts.get("given_name", ""))
        return cls(" ".join(sorted(named(facts).split())), given, facts.get("date_of_birth"), phone, email)

    @classmethod
    def known(cls, patient: PatientProfile) -> "Facts":
        """Of somebody who is registered."""
        member = patient.member
        name = " ".join(sorted(member.search.split()))
        return cls(
            name,
            fold(member.given_name),
            patient.date_of_birth,
            str(member.phone or ""),
            member.email.lower(),
        )


def named(facts: dict[str, Any]) -> str:
    """The name of what was typed, as the search column holds it."""
    return fold(f"{facts.get('given_name', '')} {facts.get('family_name', '')}")


def likely_the_same(facts: dict[str, Any]) -> list[Likeness]:
    """Patients who may be the person of `facts` (fields of Member and PatientProfile), likeliest first."""
    person = Facts.of(facts)
    scored = (compared(person, patient) for patient in _candidates(person, facts))
    found = [likeness for likeness in scored if likeness.score >= ENOUGH]
    return sorted(found, key=lambda likeness: -likeness.score)[:MOST_SHOWN]


def compared(person: Facts, patient: PatientProfile) -> Likeness:
    """How much speaks for `patient` being this person."""
    score, reasons = alike(person, Facts.known(patient))
    return Likeness(patient, score, reasons)


def alike(one: Facts, other: Facts) -> tuple[int, list[Any]]:
    """How much speaks for these being one person, and what."""
    points = list(_points(one, other))
    return sum(score for score, _reason in points), [why for score, why in points if score > 0]


def _points(one: Facts, other: Facts) -> Iterator[tuple[int, Any]]:
    yield _name(one, other)
    if one.born and other.born:
        yield (SAME_BIRTH, _("same date of birth")) if one.born == other.born else (OTHER_BIRTH, "")
    if one.phone and one.phone == other.phone:
        yield SAME_PHONE, _("same phone number")
    if one.email and one.email == other.email:
        yield SAME_EMAIL, _("same e-mail address")


def _name(one: Facts, other: Facts) -> tuple[int, Any]:
    if one.name == other.name:
        return SAME_NAME, _("same name")
    if SequenceMatcher(None, one.name, other.name).ratio() >= CLOSE:
        return SIMILAR_NAME, _("similar name")
    # Who has married is called the same by the family; a twin is not.
    return OTHER_NAME if one.given == other.given else OTHER_GIVEN_NAME, ""


def _candidates(person: Facts, facts: dict[str, Any]) -> list[PatientProfile]:
    """Those who share anything with the person, each looked up by its own index."""
    patients = PatientProfile.objects.order_by()
    namesakes = patients.filter(member__in=Member.objects.named(person.name))
    lookups: list[models.QuerySet] = []
    if person.born:
        # A namesake born on another day is somebody else.
        namesakes = namesakes.filter(date_of_birth__isnull=True)
        lookups.append(patients.filter(date_of_birth=person.born).values("pk"))
    if person.phone:
        lookups.append(Member.objects.order_by().filter(phone=person.phone).values("pk"))
    if person.email:
        spelt = {person.email, str(facts["email"])}
        lookups.append(Member.objects.order_by().filter(email__in=spelt).values("pk"))
    found = namesakes.values("pk").union(*lookups) if lookups else namesakes.values("pk")
    return list(patients.with_people().filter(pk__in=found)[:MOST_CANDIDATES])
