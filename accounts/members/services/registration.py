"""People who come by themselves, and what everybody may change of their own."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from accounts.members.roles import Role
from accounts.members.services.patients import add_patient
from accounts.members.services.storing import change, make_member, parted, store
from accounts.models import User
from accounts.services import affiliate_here
from clinic.models import Refusal


@transaction.atomic
def start_registration(*, user: User) -> Member:
    """A member without a role for a person who signed up at this clinic."""
    name = user.name or user.email.partition("@")[0]
    given, _space, family = name.partition(" ")
    member = make_member("", {"given_name": given, "family_name": family, "email": user.email}, user=user)
    affiliate_here(user)
    return member


@transaction.atomic
def finish_registration(*, by: Member, **facts: Any) -> PatientProfile:
    """The person who signed up becomes a patient."""
    member = Member.objects.locked(by.pk)
    if member.role:
        raise Refusal(_("Your registration is finished already."))
    person, known = parted(facts)
    for name, value in {**person, "role": Role.PATIENT}.items():
        setattr(member, name, value)
    store(member, [*person, "role"])
    return add_patient(member, **known)


@transaction.atomic
def update_me(*, by: Member, **facts: Any) -> Member:
    """Correct one's own details."""
    person, known = parted(facts)
    member = Member.objects.locked(by.pk)
    change(member, person)
    if known and member.profile is not None:
        change(member.profile, known)
    return member
