"""Letting a member log in for the first time."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members import emails
from accounts.members.models import Invitation, Member
from accounts.members.models.guardianship import guardians_of
from accounts.members.models.invitation import hash_of
from accounts.members.services.guardianships import let_go
from accounts.members.services.storing import store
from accounts.models import User
from accounts.services import affiliate_here, has_verified, verify_email
from clinic.models import Refusal


@transaction.atomic
def invite_member(member: Member, *, by: Member | None) -> Invitation:
    """Send the member a letter with a link that works once, within seven days."""
    if member.user_id:
        raise Refusal(_("This person can log in already."))
    _refuse_unless_handed_over(member, by)
    if not member.email:
        raise Refusal(_("Enter an e-mail address first: the invitation is sent there."), "email")
    if not member.is_admitted:
        raise Refusal(_("This person is not active here."))
    invitation = Invitation(member=member, email=member.email.lower(), invited_by=by)
    token = invitation.seal()
    store(invitation)
    emails.send_invitation(invitation, token)
    return invitation


def _refuse_unless_handed_over(member: Member, by: Member | None) -> None:
    guardians = [each.guardian for each in guardians_of(member.pk)]
    if guardians and (by is None or by.pk not in [guardian.pk for guardian in guardians]):
        raise Refusal(
            _("%(name)s acts for this patient and hands over under “Family”, or the desk ends that first.")
            % {"name": guardians[0].name}
        )


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: Member | None) -> Invitation:
    """Send the letter again with a new link; the old link works no longer."""
    invitation = Invitation.objects.locked(invitation.pk)
    _refuse_closed(invitation)
    invitation.email = invitation.member.email.lower() or invitation.email
    token = invitation.seal()
    store(invitation, ["email", "token_hash", "expires_at"])
    emails.send_invitation(invitation, token)
    return invitation


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: Member | None) -> Invitation:
    """Withdraw the invitation; its link works no longer."""
    invitation = Invitation.objects.locked(invitation.pk)
    _refuse_closed(invitation)
    invitation.revoked_at = timezone.now()
    return store(invitation, ["revoked_at"])


def _refuse_closed(invitation: Invitation) -> None:
    if invitation.accepted_at or invitation.revoked_at:
        raise Refusal(_("This invitation has been used or withdrawn."))


def open_invitation(token: str) -> Invitation | None:
    """The invitation this token opens, if it still does."""
    return Invitation.objects.open().filter(token_hash=hash_of(token)).select_related("member").first()


def needs_password(invitation: Invitation) -> bool:
    """Whether the invited person must choose a password, having no log-in of their own yet.

    A log-in whose e-mail was never confirmed is nobody's: whoever opens the letter takes it over.
    """
    user = User.objects.filter(email=invitation.email).first()
    return user is None or not has_verified(user)


@transaction.atomic
def accept_invitation(*, token: str, password: str = "") -> Member:
    """Join the invited member to the log-in of the letter's reader, made here if there is none.

    The reader has shown that the e-mail is theirs. Raises Refusal when the link works no longer.
    """
    found = open_invitation(token)
    invitation = Invitation.objects.locked(found.pk) if found else None
    if invitation is None or not invitation.is_open or invitation.token_hash != hash_of(token):
        raise Refusal(_("This invitation works no longer. Ask the clinic to send it again."))
    member = Member.objects.locked(invitation.member_id)
    user = _user_of(invitation, member, password)
    if not user.is_active:
        raise Refusal(_("This log-in is closed. Ask the clinic for help."))
    invitation.accepted_at = timezone.now()
    store(invitation, ["accepted_at"])
    join([member, *_same_staff(member)], user)
    let_go(member.pk)
    return member


def _user_of(invitation: Invitation, member: Member, password: str) -> User:
    user = User.objects.select_for_update().filter(email=invitation.email).first()
    if user and has_verified(user):
        return user
    user = user or User(email=invitation.email, name=member.name)
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise Refusal(" ".join(problem.messages), "password") from problem
    user.set_password(password)
    user.save()
    verify_email(user)
    return user


def join(members: list[Member], user: User) -> None:
    """Let the user log in as these members."""
    for member in members:
        member.user = user
        store(member, ["user"])
    affiliate_here(user)


def _same_staff(member: Member) -> list[Member]:
    """The other roles in which the clinic has registered the same person."""
    if member.role in ("", "patient"):
        return []
    others = (
        Member.objects.staff().active().filter(user=None, email__iexact=member.email).exclude(pk=member.pk)
    )
    return [other for other in others.select_for_update() if other.name == member.name]
