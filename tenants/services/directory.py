"""What the platform vouches for, and what the clinics tell its directory."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Refusal, relayed
from tenants.models import Listing, Organization
from tenants.services.life import enter_in_trail


@transaction.atomic
def verify_organization(organization: Organization, *, by: Any, papers: str) -> Organization:
    """Vouch for the clinic after its `papers` were seen: from now on it is in the directory."""
    organization = Organization.objects.locked(organization.pk)
    if organization.status == Organization.Status.PROVISIONING:
        raise Refusal(_("This clinic is still being set up. Verify it in a minute."))
    if organization.verified_at:
        raise Refusal(_("This clinic is verified already."))
    organization.verified_at, organization.verified_by_id = timezone.now(), getattr(by, "pk", None)
    organization.verified_papers = papers.strip()
    with relayed(Organization):
        organization.save(update_fields=["verified_at", "verified_by_id", "verified_papers"])
    enter_in_trail(organization, "verify_organization", by)
    return organization


@transaction.atomic
def withdraw_verification(organization: Organization, *, by: Any) -> Organization:
    """Vouch no longer: the clinic leaves the directory, its own pages stay."""
    organization = Organization.objects.locked(organization.pk)
    if not organization.verified_at:
        raise Refusal(_("This clinic is not verified."))
    organization.verified_at, organization.verified_by_id, organization.verified_papers = None, None, ""
    organization.save(update_fields=["verified_at", "verified_by_id", "verified_papers"])
    enter_in_trail(organization, "withdraw_verification", by)
    return organization


def tell_directory(
    organization: Organization, *, specialisations: Iterable[str], next_free_at: datetime | None
) -> None:
    """Let the directory know what the clinic offers and when. Nothing for a clinic that is not verified."""
    Listing.objects.filter(organization=organization).update(
        specialisations=", ".join(sorted(set(specialisations))),
        next_free_at=next_free_at,
        refreshed_at=timezone.now(),
    )
