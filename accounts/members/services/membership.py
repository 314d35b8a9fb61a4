"""Whether a member is let in, and in which roles."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services.patients import add_patient
from accounts.members.services.staff import PROFILES, add_profile
from accounts.members.services.storing import PERSON, make_member
from clinic.models import Refusal

VERBS = {"active": "activate_member", "inactive": "deactivate_member", "suspended": "suspend_member"}


@transaction.atomic
def change_member_status(member: Member, *, by: Member | None, status: str) -> Member:
    """Let the member in, or no longer: works at the member's next request."""
    if status not in VERBS:
        raise Refusal(_("Choose one of the values offered."), "status")
    # The admins first, in one order: two of them switching each other off must not both succeed.
    admins = list(Member.objects.active().filter(role=Role.ADMIN).order_by("pk").select_for_update())
    member = Member.objects.locked(member.pk)
    if status != "active":
        if by is not None and _same_person(by, member):
            raise Refusal(_("Nobody ends their own access. Ask another administrator."))
        if [admin.pk for admin in admins] == [member.pk]:
            raise Refusal(_("This is the clinic's only administrator."))
        member.invitations.unanswered().update(revoked_at=timezone.now())
    return member.move(VERBS[status])


def activate_member(member: Member, *, by: Member | None) -> Member:
    """Let the member in again."""
    return change_member_status(member, by=by, status="active")


def deactivate_member(member: Member, *, by: Member | None) -> Member:
    """The member has left."""
    return change_member_status(member, by=by, status="inactive")


def suspend_member(member: Member, *, by: Member | None) -> Member:
    """The member is kept out for now."""
    return change_member_status(member, by=by, status="suspended")


def _same_person(one: Member, other: Member) -> bool:
    return one.pk == other.pk or (one.user_id is not None and one.user_id == other.user_id)


@transaction.atomic
def add_role(member: Member, *, by: Member | None, role: str, **known: Any) -> Member:
    """A second member for the same person, in another role; they switch in the header."""
    if role not in Role.values:
        raise Refusal(_("Choose what this person does here."), "role")
    if member.user_id is None:
        raise Refusal(_("First this person must accept the invitation and log in."))
    person = {name: getattr(member, name) for name in PERSON}
    other = make_member(role, person, user_id=member.user_id)
    if role in PROFILES:
        add_profile(other, **known)
    else:
        add_patient(other, **known)
    return other
