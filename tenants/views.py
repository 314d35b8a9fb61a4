"""The platform's pages, and support's way into a clinic."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from clinic.access import public, requires, signed_in, while_closed
from clinic.http import ClinicRequest, carry_out
from tenants import directory, mails, services
from tenants.forms import ClaimDomainForm, FindClinicForm
from tenants.middleware import TRIED
from tenants.models import (
    Domain,
    DomainClaim,
    Listing,
    Organization,
    Plan,
    PlatformPolicy,
    SupportSession,
    absolute_url,
)
from tenants.models.listing import ListingQuerySet
from tenants.models.organization import as_stored
from tenants.services.support import SUPPORT_LOGIN_KEY, SUPPORT_SESSION_KEY

PAGE = 24
# Nobody looks further than this for a clinic near by.
NEAREST = 96


@public
@require_safe
def home(request: ClinicRequest) -> HttpResponse:
    """What this is, and the two ways on: sign up a clinic, find a clinic."""
    return render(
        request,
        "tenants/home.html",
        {
            "trial_days": PlatformPolicy.objects.current().trial_days,
            "plans": Plan.objects.offered(),
        },
    )


@public
@require_safe
def find_clinic(request: ClinicRequest) -> HttpResponse:
    """The clinics in the directory, by name, place or specialisation; the soonest or the nearest first."""
    form = FindClinicForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    page = Paginator(_wanted(asked), PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "words": asked.get("q", ""), "near": asked.get("near"), "page": page}
    template = "tenants/_clinics.html" if request.htmx else "tenants/find_clinic.html"
    return render(request, template, context)


def _wanted(asked: dict[str, Any]) -> ListingQuerySet:
    found = Listing.objects.shown().found_by(asked.get("q", ""))
    if asked.get("free"):
        found = found.free_until(timezone.now() + timedelta(days=int(asked["free"])))
    if asked.get("near"):
        return found.nearest(asked["near"], NEAREST)
    return found if asked.get("free") else found.by_name()


@signed_in
@never_cache
@require_safe
def provisioning(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """How far the clinic that one signed up is; leads to it when it is there."""
    clinic = get_object_or_404(Organization.objects.with_host(), pk=pk, founder_id=request.user.pk)
    is_ready = clinic.status != Organization.Status.PROVISIONING
    entrance = clinic.url(reverse("account_login", urlconf=settings.ROOT_URLCONF))
    if is_ready and request.htmx:
        return HttpResponseClientRedirect(entrance)
    waited = timezone.now() - clinic.created_at
    context = {"clinic": clinic, "is_slow": waited.total_seconds() > 60, "entrance": entrance}
    template = "tenants/_progress.html" if request.htmx else "tenants/provisioning.html"
    return render(request, "tenants/ready.html" if is_ready else template, context)


@public
@require_safe
def demo_mails(request: ClinicRequest) -> HttpResponse:
    """The mails that the demo has sent, newest first."""
    page = Paginator(mails.delivered(), PAGE).get_page(request.GET.get("page"))
    return render(request, "tenants/demo_mails.html", {"page": page})


@public
@require_safe
def demo_mail(request: ClinicRequest, key: str) -> HttpResponse:
    """One of them, its links ready to be followed."""
    mail = mails.read(key)
    if mail is None:
        raise Http404
    return render(request, "tenants/demo_mail.html", {"mail": mail})


@public
@never_cache
@require_safe
@while_closed
def enter_for_support(request: ClinicRequest, token: str) -> HttpResponse:
    """Begin a superuser's visit to this clinic, once, by the address the platform's administration gave."""
    visit = services.redeem_support_token(request.organization, token)
    visitor = services.visitor_of(visit) if visit else None
    if visit is None or visitor is None:
        raise Http404
    request.session.flush()
    request.session[SUPPORT_SESSION_KEY] = str(visit.pk)
    request.session[SUPPORT_LOGIN_KEY] = visitor.get_session_auth_hash()
    request.session.set_expiry(visit.expires_at)
    return redirect("admin:index")


@requires("members.administer")
@require_POST
@while_closed
def leave_support_session(request: ClinicRequest) -> HttpResponse:
    """End the visit and go back to the platform's administration."""
    if request.support_session:
        services.end_support_session(request.support_session)
        request.session.flush()
    return redirect(absolute_url(settings.PLATFORM_DOMAIN, "/admin/"))


@require_safe
@requires("tenants.support_session_list")
def support_session_list(request: ClinicRequest) -> HttpResponse:
    """Who of the platform visited this clinic, when and why; the latest first."""
    visits = SupportSession.objects.filter(organization=request.organization).with_visitors()
    page = Paginator(visits.order_by("-started_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    facts = {"page": page, "clinic": as_stored(request.organization)}
    return render(request, "tenants/support_session_list.html", facts)


@require_POST
@requires("tenants.end_support_visit")
@while_closed
def end_support_visit(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Show support out."""
    visit = get_object_or_404(SupportSession, pk=pk, organization=request.organization)
    carry_out(request, services.end_support_visit, visit, _("The visit has ended: nothing opens any more."))
    return redirect("tenants:support_session_list")


@require_POST
@requires("tenants.forbid_support")
@while_closed
def forbid_support(request: ClinicRequest) -> HttpResponse:
    """Let nobody of the platform in."""
    done = _("Nobody of the platform's support gets in now.")
    carry_out(request, services.forbid_support, request.organization, done)
    return redirect("tenants:support_session_list")


@require_POST
@requires("tenants.allow_support")
@while_closed
def allow_support(request: ClinicRequest) -> HttpResponse:
    """Let the platform's people visit again."""
    done = _("Support can visit again, with a reason and for an hour.")
    carry_out(request, services.allow_support, request.organization, done)
    return redirect("tenants:support_session_list")


@public
@require_safe
def domain_known(request: ClinicRequest) -> HttpResponse:
    """Whether `?domain=` is a host of ours: a proxy asks before it gets a certificate (docs/domains.md)."""
    host = directory.normalised(request.GET.get("domain", ""))
    is_ours = directory.is_platform(host) or directory.clinic_at(host) is not None
    return HttpResponse(status=200 if is_ours else 404, content_type="text/plain; charset=utf-8")


@require_safe
@requires("tenants.domain_list")
def domain_list(request: ClinicRequest) -> HttpResponse:
    """The addresses by which the clinic is reached, and how to add one of its own."""
    return _domains(request, ClaimDomainForm())


@require_POST
@requires("tenants.claim_domain")
def claim_domain(request: ClinicRequest) -> HttpResponse:
    """Add an address of the clinic's own."""
    form = ClaimDomainForm(request.POST)
    if form.submit(services.claim_domain, organization=request.organization, by=request.member):
        messages.success(request, _("Now show that it is yours: set the record below."))
        return redirect("tenants:domain_list")
    return _domains(request, form)


def _domains(request: ClinicRequest, form: ClaimDomainForm) -> HttpResponse:
    hosts = {host.domain: host for host in request.organization.domains.order_by("-is_primary", "domain")}
    claims = list(request.organization.domain_claims.order_by("host"))
    for claim in claims:
        claim.served, claim.tried_at = hosts.pop(claim.host, None), absolute_url(claim.host, TRIED)
    context = {"form": form, "hosts": hosts.values(), "claims": claims}
    return render(request, "tenants/domain_list.html", context)


@require_POST
@requires("tenants.check_domain")
def check_domain(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Look into the DNS now."""
    claim = get_object_or_404(DomainClaim, pk=pk, organization=request.organization)
    carry_out(request, services.check_domain, claim)
    return redirect("tenants:domain_list")


@require_safe
@requires("tenants.domain_arrived")
def domain_arrived(request: ClinicRequest) -> HttpResponse:
    """Where one arrives who tried a new address and was led on from there."""
    proof = request.GET.get("by", "")
    claim = carry_out(request, services.note_arrival, request.organization, proof=proof)
    if claim:
        messages.success(request, _("%(host)s leads here. It can serve your pages.") % {"host": claim.host})
    return redirect("tenants:domain_list")


@require_POST
@requires("tenants.serve_domain")
def serve_domain(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Let this address serve the clinic's pages."""
    host = get_object_or_404(Domain, pk=pk, tenant=request.organization)
    carry_out(request, services.serve_domain, host, _("Your pages are at %(host)s now.") % {"host": host})
    return redirect("tenants:domain_list")


@require_POST
@requires("tenants.withdraw_domain")
def withdraw_domain(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Give an address up."""
    claim = get_object_or_404(DomainClaim, pk=pk, organization=request.organization)
    carry_out(request, services.withdraw_domain, claim, _("The address leads here no longer."))
    return redirect("tenants:domain_list")
