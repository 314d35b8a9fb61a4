"""Which letter about a clinic's life its administrators are due, and what the platform is told."""

from datetime import timedelta
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from clinic.notifications.services import enqueue
from tenants.models import Organization, PlatformPolicy, Subscription, absolute_url

# News that nobody got in two days, for the worker stood still, are none.
STALE = timedelta(days=2)
NEWS: dict[str, str] = {
    Organization.Status.SUSPENDED: "clinic_suspended",
    Organization.Status.ACTIVE: "clinic_active",
}


class Letter(NamedTuple):
    """A kind of letter, and what it is about: the same is written once."""

    kind: str
    key: str


def due_letter(organization: Organization, policy: PlatformPolicy) -> Letter | None:
    """What the clinic's administrators have to know now, by its phase and the clock."""
    if organization.is_closing and organization.closing_since is not None:
        return Letter("clinic_closing", organization.closing_since.isoformat())
    if organization.status == Organization.Status.TRIAL:
        return _about_the_trial(organization, policy)
    since, kind = organization.status_since, NEWS.get(organization.status)
    if kind is None or since is None or timezone.now() - since > STALE:
        return None
    return Letter(kind, since.isoformat())


def _about_the_trial(organization: Organization, policy: PlatformPolicy) -> Letter | None:
    """The latest announcement whose day has come; none for a day that was before the trial itself."""
    ends_at = organization.trial_ends_at
    if ends_at is None:
        return None
    if organization.is_trial_over:
        return Letter("trial_over", ends_at.isoformat())
    began_at, left = organization.status_since or organization.created_at, ends_at - timezone.now()
    days = [
        days
        for days in policy.reminder_days
        if left <= timedelta(days=days) and began_at < ends_at - timedelta(days=days)
    ]
    return Letter("trial_ends_soon", f"{ends_at.isoformat()} {min(days)}") if days else None


def tell_platform_of_plans() -> None:
    """Write to whoever runs the platform what clinics have chosen, each once."""
    readers = list(get_user_model().objects.filter(is_superuser=True, is_active=True))
    chosen = Subscription.objects.filter(status="requested").select_related("organization")
    page = reverse("admin:tenants_subscription_changelist", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    for subscription in chosen:
        for reader in readers:
            enqueue(
                kind="plan_chosen",
                to=reader.email,
                template="tenants/mail/plan_chosen.txt",
                context={
                    "subscription": subscription,
                    "url": absolute_url(settings.PLATFORM_DOMAIN, page),
                },
                key=f"{subscription.pk} {reader.pk}",
                about_id=subscription.pk,
            )
