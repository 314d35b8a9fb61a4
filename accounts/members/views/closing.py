"""The clinic wants to be closed, or has thought again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.forms import CloseClinicForm
from clinic.access import requires, while_closed
from clinic.http import ClinicRequest, carry_out
from tenants import services
from tenants.models import PlatformPolicy
from tenants.models.organization import as_stored


@requires("members.close_clinic")
@while_closed
def close_clinic(request: ClinicRequest) -> HttpResponse:
    """What closing means; with the name typed it begins."""
    clinic, policy = as_stored(request.organization), PlatformPolicy.objects.current()
    form = CloseClinicForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.close_clinic, organization=clinic, by=request.member
    ):
        messages.success(request, _("The clinic is being closed. Take everything out before it is sealed."))
        return redirect("members:close_clinic")
    seals_at = clinic.closing_since and clinic.closing_since + policy.closing
    context = {"clinic": clinic, "form": form, "policy": policy, "seals_at": seals_at}
    return render(request, "members/close_clinic.html", context)


@require_POST
@requires("members.keep_clinic")
@while_closed
def keep_clinic(request: ClinicRequest) -> HttpResponse:
    """Go on where the clinic stopped."""
    said = _("The clinic goes on where it stopped.")
    carry_out(request, services.keep_clinic, request.organization, said)
    return redirect("members:close_clinic")
