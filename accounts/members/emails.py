"""The letters about a clinic's people."""

from django.urls import reverse

from accounts.members.models import Guardianship, Invitation
from clinic.db.current import connection
from clinic.notifications.services import enqueue


def send_invitation(invitation: Invitation, token: str) -> None:
    """The link by which a member logs in for the first time."""
    organization = connection.tenant
    path = reverse("members:accept_invitation", args=[token], urlconf="clinic.urls")
    enqueue(
        kind="invitation",
        to=invitation.email,
        template="members/mail/invitation.txt",
        context={
            "organization": organization,
            "member": invitation.member,
            "invitation": invitation,
            "url": organization.url(path),
        },
        key=invitation.token_hash,
        member_id=invitation.member_id,
        about_id=invitation.pk,
        # Patients chose theirs; staff read the clinic's.
        language=getattr(invitation.member.profile, "language", ""),
        is_secret=True,
    )


def guardianship_ending(guardianship: Guardianship) -> bool:
    """Soon the dependant is of age and acts alone: to the guardian; whether it had to be written."""
    return _about_guardianship("guardianship_ending", guardianship, key=str(guardianship.ends_on))


def guardianship_ended(guardianship: Guardianship) -> bool:
    """The guardian acts no more."""
    return _about_guardianship("guardianship_ended", guardianship)


def _about_guardianship(kind: str, guardianship: Guardianship, key: str = "") -> bool:
    """A letter to the guardian, in the guardian's language; never why. Who has no e-mail gets none."""
    guardian = guardianship.guardian
    if not guardian.email:
        return False
    return enqueue(
        kind=kind,
        to=guardian.email,
        template=f"members/mail/{kind}.txt",
        context={"organization": connection.tenant, "guardian": guardian, "guardianship": guardianship},
        key=f"{guardianship.pk} {key}".strip(),
        member_id=guardian.pk,
        about_id=guardianship.pk,
        language=getattr(guardian.profile, "language", ""),
    )
