"""One page for each thing that can be done to an appointment."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import CancelForm, DeclineForm
from scheduling.services.series import rest_of
from scheduling.views.actions import back_from, take, visible_or_404


@requires("scheduling.confirm_appointment")
@require_POST
def confirm_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Accept a request."""
    return take(request, pk, services.confirm_appointment)


@requires("scheduling.accept_offer")
@require_POST
def accept_offer(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the time that was offered."""
    return take(request, pk, services.accept_offer)


@requires("scheduling.decline_offer")
@require_POST
def decline_offer(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Let the time that was offered go to the next."""
    return take(request, pk, services.decline_offer)


@requires("scheduling.mark_arrived")
@require_POST
def mark_arrived(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The patient is here."""
    return take(request, pk, services.mark_arrived)


@requires("scheduling.check_in_appointment")
@require_POST
def check_in_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The patient is ready for the doctor."""
    return take(request, pk, services.check_in_appointment)


@requires("scheduling.fulfil_appointment")
@require_POST
def fulfil_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The visit is done."""
    return take(request, pk, services.fulfil_appointment)


@requires("scheduling.mark_noshow")
@require_POST
def mark_noshow(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The patient did not come."""
    return take(request, pk, services.mark_noshow)


@requires("scheduling.enter_appointment_in_error")
@require_POST
def enter_appointment_in_error(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The appointment should never have been made."""
    return take(request, pk, services.enter_appointment_in_error)


@requires("scheduling.decline_appointment")
def decline_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Turn a request down, with a reason."""
    appointment = visible_or_404(request, pk)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.decline_appointment, appointment=appointment, by=request.member
    ):
        messages.success(request, _("The request is declined; the patient is told."))
        return redirect(back_from(request, appointment))
    back = back_from(request, appointment)
    return render(
        request, "scheduling/decline.html", {"appointment": appointment, "form": form, "back": back}
    )


@requires("scheduling.cancel_appointment")
def cancel_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a visit off."""
    appointment = visible_or_404(request, pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.cancel_appointment, appointment=appointment, by=request.member
    ):
        messages.success(request, _("The visit is cancelled; its time is free again."))
        return redirect(back_from(request, appointment))
    back = back_from(request, appointment)
    rest = rest_of(appointment) if request.member.may("scheduling.cancel_series") else []
    context = {"appointment": appointment, "form": form, "back": back, "rest": rest}
    return render(request, "scheduling/cancel.html", context)
