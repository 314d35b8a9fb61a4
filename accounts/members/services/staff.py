"""Who works here."""

from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.members.models import (
    AdminProfile,
    AgentProfile,
    CaregiverProfile,
    DoctorProfile,
    Member,
    ReceptionistProfile,
)
from accounts.members.roles import Role
from accounts.members.services.invitations import invite_member
from accounts.members.services.storing import change, make_member, parted, store
from clinic.models import Refusal

PROFILES: dict[str, type[models.Model]] = {
    Role.ADMIN: AdminProfile,
    Role.DOCTOR: DoctorProfile,
    Role.RECEPTIONIST: ReceptionistProfile,
    Role.AGENT: AgentProfile,
    Role.CAREGIVER: CaregiverProfile,
}


@transaction.atomic
def register_staff(*, by: Member | None, role: str, invite: bool = False, **facts: Any) -> Member:
    """Take on a member of staff in `role`; with `invite`, send the letter that lets them log in.

    `facts` are fields of Member and of the role's profile.
    """
    if role not in PROFILES:
        raise Refusal(_("Choose what this person does here."), "role")
    person, known = parted(facts)
    member = make_member(role, person)
    add_profile(member, **known)
    if invite:
        invite_member(member, by=by)
    return member


def add_profile(member: Member, **known: Any) -> models.Model:
    """Store what the member's role adds."""
    return store(PROFILES[member.role](member=member, **known))


@transaction.atomic
def update_staff(member: Member, *, by: Member, **facts: Any) -> Member:
    """Correct what is known of a member of staff."""
    person, known = parted(facts)
    member = Member.objects.locked(member.pk)
    change(member, person)
    if member.profile is not None:
        change(member.profile, known)
    return member
