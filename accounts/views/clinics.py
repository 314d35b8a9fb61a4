"""What a log-in finds on the platform's site."""

from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import Affiliation, User
from clinic.access import signed_in
from clinic.http import ClinicRequest
from tenants.models import Domain, Organization, absolute_url


@require_safe
@signed_in
def my_clinics(request: ClinicRequest) -> HttpResponse:
    """The clinics where the user has a place, each with its own address to sign in at."""
    user = cast(User, request.user)
    mine = Affiliation.objects.filter(user_id=user.pk).values("organization")
    hosts = (
        Domain.objects.filter(is_primary=True, tenant__in=mine, tenant__status__in=Organization.SERVED)
        .select_related("tenant")
        .order_by("tenant__name")
    )
    waiting = Organization.objects.filter(
        founder_id=user.pk, status=Organization.Status.PROVISIONING
    ).order_by("name")
    clinics = [(host.tenant, absolute_url(host.domain)) for host in hosts]
    return render(request, "accounts/my_clinics.html", {"clinics": clinics, "waiting": waiting})
