"""Patients: registering them, and what is known of their health."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.members.models import (
    Allergy,
    Condition,
    EmergencyContact,
    Guardianship,
    Member,
    PatientProfile,
    PatientSeries,
)
from accounts.members.models.member import fold
from accounts.members.roles import Role
from accounts.members.services.guardianships import follow_birthday
from accounts.members.services.likeness import Doubtful, likely_the_same
from accounts.members.services.storing import change, checked, make_member, parted, store
from clinic.db.current import connection
from clinic.models import Refusal, relayed


@transaction.atomic
def register_patient(*, by: Member | None, sure: bool = True, **facts: Any) -> PatientProfile:
    """Take a patient in, with the next number. `facts` are fields of Member and PatientProfile.

    Unless whoever registers is `sure`, somebody who is probably here already is a Refusal (Doubtful).
    """
    if not sure and (alike := likely_the_same(facts)):
        raise Doubtful(alike)
    person, known = parted(facts)
    return add_patient(make_member(Role.PATIENT, person), registered_by=by, **known)


@transaction.atomic
def register_patients(people: Iterable[dict[str, Any]], *, by: Member | None) -> list[PatientProfile]:
    """Take many patients in at once, as register_patient takes one, all or none: a few statements for all."""
    profiles = []
    for facts in people:
        person, known = parted(facts)
        known["country"] = known.get("country") or connection.tenant.country
        member = Member(role=Role.PATIENT, **person)
        profiles.append(PatientProfile(member=member, number="", registered_by=by, **known))
        checked(member)
    numbers = PatientSeries.take_many(len(profiles))
    for profile, number in zip(profiles, numbers, strict=True):
        profile.number = number
        checked(profile)
    with relayed(Member):
        Member.objects.bulk_create([profile.member for profile in profiles])
    with relayed(PatientProfile):
        PatientProfile.objects.bulk_create(profiles)
    return profiles


def add_patient(member: Member, **known: Any) -> PatientProfile:
    """The profile of a member who has just become a patient."""
    known["country"] = known.get("country") or connection.tenant.country
    # Last of all: whoever registers next waits for this row.
    profile = PatientProfile(member=member, number=PatientSeries.take(), **known)
    return store(profile)


@transaction.atomic
def update_patient(patient: PatientProfile, *, by: Member, **facts: Any) -> PatientProfile:
    """Correct what is known of the patient."""
    person, known = parted(facts)
    change(Member.objects.locked(patient.pk), person)
    profile: PatientProfile = PatientProfile.objects.locked(patient.pk)
    born = profile.date_of_birth
    change(profile, known)
    if profile.date_of_birth != born:
        follow_birthday(profile, by=by)
    return profile


@transaction.atomic
def find_or_register_patient(
    *,
    by: Member | None = None,
    given_name: str,
    family_name: str = "",
    email: str = "",
    phone: Any = "",
    date_of_birth: datetime.date,
) -> PatientProfile:
    """The patient with this name, date of birth and contact, or a new one.

    Nobody is told which of the two it was: a stranger must not learn who is a patient here.
    """
    if not (email or phone):
        raise Refusal(_("Give an e-mail address or a phone number."), "email")
    name = fold(f"{given_name} {family_name}").split()
    namesakes = PatientProfile.objects.with_people().active().filter(date_of_birth=date_of_birth)
    reached = Q()
    if email:
        reached |= _reached_by(email__iexact=email)
    if phone:
        reached |= _reached_by(phone=phone)
    for patient in namesakes.filter(reached).order_by("created_at"):
        if fold(patient.member.name).split() == name:
            return patient
    return register_patient(
        by=by,
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        date_of_birth=date_of_birth,
    )


def _reached_by(**contact: Any) -> Q:
    """Who has this address or number, or somebody who acts for them."""
    guardians = Guardianship.objects.running().filter(
        **{f"guardian__{name}": value for name, value in contact.items()}
    )
    own = {f"member__{name}": value for name, value in contact.items()}
    return Q(**own) | Q(pk__in=guardians.values("dependant"))


@transaction.atomic
def add_emergency_contact(patient: PatientProfile, *, by: Member, **facts: Any) -> EmergencyContact:
    """Note whom to call for the patient."""
    return store(EmergencyContact(patient=patient, **facts))


@transaction.atomic
def remove_emergency_contact(contact: EmergencyContact, *, by: Member) -> None:
    """Strike out a contact; the audit trail keeps it."""
    contact.delete()


@transaction.atomic
def add_allergy(patient: PatientProfile, *, by: Member, **facts: Any) -> Allergy:
    """Note what the patient does not tolerate."""
    return store(Allergy(patient=patient, **facts))


@transaction.atomic
def remove_allergy(allergy: Allergy, *, by: Member) -> None:
    """Strike out an allergy noted in error; the audit trail keeps it."""
    allergy.delete()


@transaction.atomic
def add_condition(patient: PatientProfile, *, by: Member, **facts: Any) -> Condition:
    """Note a lasting illness."""
    return store(Condition(patient=patient, **facts))


@transaction.atomic
def resolve_condition(condition: Condition, *, by: Member) -> Condition:
    """Note that an illness is over."""
    return change(condition, {"is_active": False})


@transaction.atomic
def remove_condition(condition: Condition, *, by: Member) -> None:
    """Strike out a condition noted in error; the audit trail keeps it."""
    condition.delete()
