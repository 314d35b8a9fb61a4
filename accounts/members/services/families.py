"""Families: a guardian is entered, registers a child, and hands over to the child one day."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Guardianship, Member, PatientProfile
from accounts.members.models.guardianship import eighteenth_birthday
from accounts.members.roles import Role
from accounts.members.services.guardianships import appoint, unended
from accounts.members.services.invitations import invite_member, resend_invitation, revoke_invitation
from accounts.members.services.likeness import Doubtful, likely_the_same
from accounts.members.services.patients import register_patient
from accounts.members.services.storing import PERSON, change, make_member, parted
from accounts.models import User
from clinic.models import Refusal

# A log-in registers so many children by itself; of more the desk takes care.
MOST_CHILDREN = 8


@transaction.atomic
def add_guardian(
    dependant: PatientProfile,
    *,
    by: Member | None,
    guardian: Member | None = None,
    papers_seen: bool = False,
    invite: bool = False,
    sure: bool = True,
    **facts: Any,
) -> Guardianship:
    """Let `guardian`, who is known here, act for the patient; or somebody new, who is only a contact.

    `facts` are fields of Guardianship, and for somebody new those of a person. Unless one is `sure`, somebody
    who is probably a patient here already is a Refusal (Doubtful).
    """
    person, facts = parted(facts)
    if guardian is None:
        guardian = _contact(person, sure=sure)
    if papers_seen:
        facts |= {"verified_at": timezone.now(), "verified_by": by}
    made = appoint(guardian, dependant, by=by, **facts)
    # An invitation that is still open would let the child in beside the guardian.
    dependant.member.invitations.unanswered().update(revoked_at=timezone.now())
    if invite and guardian.user_id is None:
        invite_guardian(made, by=by)
    return made


def _contact(person: dict[str, Any], *, sure: bool) -> Member:
    """A member without a role: known here only because a patient's guardian."""
    if not (person.get("email") or person.get("phone")):
        raise Refusal(_("Give an e-mail address or a phone number."), "email")
    if not sure and (alike := likely_the_same(person)):
        raise Doubtful(alike)
    return make_member("", {name: value for name, value in person.items() if name in PERSON})


@transaction.atomic
def invite_guardian(guardianship: Guardianship, *, by: Member | None) -> Guardianship:
    """Send the guardian the letter that lets them log in, or send it again."""
    found = unended(guardianship)
    if found.guardian.user_id is None and (waiting := found.guardian.invitations.unanswered().first()):
        resend_invitation(waiting, by=by)
    else:
        invite_member(found.guardian, by=by)
    return found


@transaction.atomic
def register_child(*, by: Member, relation: str, **facts: Any) -> Guardianship:
    """Open a file for an own child who is new here. The desk sees the papers at the first visit.

    Whether somebody like this is registered already is not told: a file that is there is the desk's to join.
    """
    guardian = Member.objects.locked(by.pk)
    if guardian.role != Role.PATIENT:
        raise Refusal(_("Only patients register their children here. Ask the desk."))
    if eighteenth_birthday(facts["date_of_birth"]) <= timezone.localdate():
        said = _("This is for children only. To act for somebody of age, ask the desk and bring the papers.")
        raise Refusal(said, "date_of_birth")
    unseen = Guardianship.objects.unended().filter(guardian=guardian, verified_at=None)
    if unseen.count() >= MOST_CHILDREN:
        raise Refusal(_("You have registered as many as can be registered here. Ask the desk for the next."))
    child = register_patient(by=by, sure=True, **facts)
    return appoint(guardian, child, by=by, relation=relation)


@transaction.atomic
def hand_over(guardianship: Guardianship, *, by: Member | None, email: str) -> Guardianship:
    """Have the dependant invited at the own e-mail address. Once accepted, nobody acts for them any more."""
    found = _own(guardianship, by)
    if not found.verified_at:
        raise Refusal(_("The clinic has not seen the papers yet. Bring them to the desk first."))
    child = Member.objects.locked(found.dependant_id)
    others = Guardianship.objects.running().filter(dependant=child.pk).select_related("guardian__user")
    _refuse_shared(email.lower(), [each.guardian for each in others])
    change(child, {"email": email.lower()})
    others.update(handed_over_at=timezone.now(), handed_over_by=by)
    invite_member(child, by=by)
    found.refresh_from_db()
    return found


def _refuse_shared(email: str, guardians: list[Member]) -> None:
    """With the guardian's own address the child's file would open with the guardian's log-in for good."""
    known = {guardian.email.lower() for guardian in guardians} | {
        guardian.user.email for guardian in guardians if guardian.user
    }
    here = Member.objects.filter(role=Role.PATIENT, user__in=User.objects.filter(email=email))
    if email in known or here.exists():
        raise Refusal(_("An address of their own is needed here: this one is somebody else's."), "email")


@transaction.atomic
def take_back(guardianship: Guardianship, *, by: Member | None) -> Guardianship:
    """Withdraw the invitation: the guardian goes on acting."""
    found = _own(guardianship, by)
    if not found.handed_over_at:
        raise Refusal(_("Nothing was handed over."))
    for invitation in found.dependant.member.invitations.unanswered():
        revoke_invitation(invitation, by=by)
    running = Guardianship.objects.unended().filter(dependant=found.dependant_id)
    running.update(handed_over_at=None, handed_over_by=None)
    found.refresh_from_db()
    return found


def _own(guardianship: Guardianship, by: Member | None) -> Guardianship:
    """The guardianship, locked, if it is by's own and runs. Raises Refusal."""
    found = unended(guardianship)
    if by is None or by.pk != found.guardian_id or not found.is_running:
        raise Refusal(_("You do not act for this person."))
    return found
