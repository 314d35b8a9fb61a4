"""The letters about a clinic's people."""

from django.urls import reverse

from accounts.members.models import Invitation
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
