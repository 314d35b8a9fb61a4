"""The clinic's rules for booking."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import BookingPolicyForm
from scheduling.models import BookingPolicy


@requires("scheduling.update_booking_policy")
def update_booking_policy(request: ClinicRequest) -> HttpResponse:
    """Notice, horizon, deadlines and limits, on one page."""
    form = BookingPolicyForm(request.POST or None, instance=BookingPolicy.objects.current())
    if request.method == "POST" and form.submit(services.update_booking_policy, by=request.member):
        messages.success(request, _("The rules are saved. They hold for everything booked from now on."))
        return redirect("scheduling:update_booking_policy")
    return render(request, "scheduling/policy.html", {"form": form})
