"""What a log-in finds on the platform's site."""

import re
from typing import cast
from uuid import UUID

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from accounts import services
from accounts.models import Affiliation, User
from clinic.access import signed_in
from clinic.http import ClinicRequest, is_prefetched
from tenants.models import Domain, Organization, absolute_url

HASH = re.compile("[0-9a-f]{64}")


@require_safe
@signed_in
def my_clinics(request: ClinicRequest) -> HttpResponse:
    """The clinics where the user has a place, each with the way into it."""
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
    entrance = reverse("members:enter", urlconf=settings.ROOT_URLCONF)
    clinics = [(host.tenant, host.domain, absolute_url(host.domain, entrance)) for host in hosts]
    return render(request, "accounts/my_clinics.html", {"clinics": clinics, "waiting": waiting})


@require_GET
@never_cache
@signed_in
def hand_over(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Send the user back into the clinic that asked, with what enters it.

    By a page and not by a redirect: after the form of the sign-in a browser follows none to another host
    (form-action of the Content Security Policy).
    """
    user = cast(User, request.user)
    mine = Affiliation.objects.filter(user_id=user.pk).values("organization")
    clinic = Organization.objects.served().with_host().filter(pk=pk, pk__in=mine).first()
    if clinic is None:
        return render(request, "accounts/not_handed_over.html", status=404)
    browser_hash = request.GET.get("browser", "")
    if is_prefetched(request) or not HASH.fullmatch(browser_hash):
        return redirect(clinic.url(reverse("members:enter", urlconf=settings.ROOT_URLCONF)))
    shown = get_authentication_records(request, user)
    token = services.hand_over(user, organization=clinic, browser_hash=browser_hash, shown=shown)
    entrance = clinic.url(reverse("members:take_over", args=[token], urlconf=settings.ROOT_URLCONF))
    return render(request, "accounts/hand_over.html", {"clinic": clinic, "entrance": entrance})
