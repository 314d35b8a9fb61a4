"""What a clinic's administrators are told of the clinic's own life."""

from django.urls import reverse

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.notifications.services import enqueue
from tenants.models import PlatformPolicy
from tenants.services import due_letter


def tell_of_life() -> int:
    """Write to every administrator what is due about trial, suspension or plan, once; how many letters."""
    organization, policy = connection.tenant, PlatformPolicy.objects.current()
    letter = due_letter(organization, policy)
    if letter is None:
        return 0
    ends_at = organization.trial_ends_at
    facts = {
        "organization": organization,
        "suspends_at": ends_at and ends_at + policy.grace,
        "seals_at": organization.closing_since and organization.closing_since + policy.closing,
        "closing_url": organization.url(reverse("members:close_clinic", urlconf="clinic.urls")),
        "url": organization.url(reverse("members:plan", urlconf="clinic.urls")),
    }
    readers = Member.objects.able_to_sign_in().filter(role=Role.ADMIN).select_related("user")
    return sum(
        enqueue(
            kind=letter.kind,
            to=member.user.email,
            template=f"members/mail/{letter.kind}.txt",
            context={**facts, "member": member},
            key=f"{letter.key} {member.pk}",
            member_id=member.pk,
        )
        for member in readers
        if member.user
    )
