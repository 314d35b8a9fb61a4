"""Signing a clinic up, on the platform's site."""

from allauth.core import ratelimit
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.members import services
from accounts.members.forms import SignUpClinicForm
from clinic.access import public
from clinic.http import ClinicRequest
from tenants.models import Organization

SIGNED_UP_SESSION_KEY = "signed_up_clinic"


@public
def sign_up_clinic(request: ClinicRequest) -> HttpResponse:
    """Open a new clinic; its founder needs no log-in yet."""
    user = request.user if request.user.is_authenticated else None
    form = SignUpClinicForm(request.POST or None, user=user)
    may_go_on = request.method == "POST" and _may_go_on(request, form)
    if may_go_on and form.submit(services.sign_up_clinic, by=user):
        return _to_progress(request, form.result)
    return render(request, "members/sign_up_clinic.html", {"form": form})


def _to_progress(request: ClinicRequest, clinic: Organization) -> HttpResponse:
    """Where one watches: the platform's page for a known founder, ours for one who waits for the letter."""
    if clinic.founder_id:
        return redirect("tenants:provisioning", clinic.pk)
    request.session[SIGNED_UP_SESSION_KEY] = str(clinic.pk)
    return redirect("members:clinic_signed_up")


def _may_go_on(request: ClinicRequest, form: SignUpClinicForm) -> bool:
    if not form.is_valid():
        return False
    if ratelimit.consume(request, action="sign_up_clinic"):
        return True
    form.add_error(None, _("Many clinics were signed up from your address. Wait an hour and try again."))
    return False


@never_cache
@public
@require_safe
def clinic_signed_up(request: ClinicRequest) -> HttpResponse:
    """What happens now: the clinic is set up, and a letter leads its founder in."""
    clinic = get_object_or_404(
        Organization.objects.with_host(), pk=request.session.get(SIGNED_UP_SESSION_KEY)
    )
    is_ready = clinic.status != Organization.Status.PROVISIONING
    template = "members/_signed_up.html" if request.htmx else "members/clinic_signed_up.html"
    return render(request, template, {"clinic": clinic, "is_ready": is_ready})
