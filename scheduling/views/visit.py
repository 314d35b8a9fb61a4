"""The patient's own link: whoever holds it sees the visit, and may do about it what the patient may.

Opening a link changes nothing (mail programs open links by themselves); every change is a button.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from clinic.access import public
from clinic.http import ClinicRequest
from clinic.models import Refusal
from scheduling import services
from scheduling.forms import TimeForm, instant
from scheduling.models import Appointment, BookingPolicy, nearby_slots
from scheduling.models.slots import Terms
from scheduling.services.times import is_too_near
from scheduling.views.week import week_of
from scheduling.views.where import kept_branch

View = Callable[..., HttpResponse]


def by_link(view: View) -> View:
    """Find the visit by the link's token; a link that leads nowhere is answered with a plain sentence."""

    @wraps(view)
    def answer(request: ClinicRequest, token: str, **arguments: Any) -> HttpResponse:
        visits = Appointment.objects.by_token(token).with_people()
        appointment = visits.select_related("rescheduled_to", "appointment_type", "branch").first()
        if appointment is None:
            return render(request, "scheduling/link_over.html", status=404)
        return view(request, appointment, **arguments)

    return never_cache(answer)


@public
@by_link
def visit(request: ClinicRequest, appointment: Appointment) -> HttpResponse:
    """What became of the visit."""
    return _show(request, appointment)


@public
@by_link
def confirm_request(request: ClinicRequest, appointment: Appointment, proof: str) -> HttpResponse:
    """The link of the message: a button that confirms the request."""
    if not constant_time_compare(proof, appointment.proof):
        return render(request, "scheduling/link_over.html", status=404)
    if request.method != "POST":
        return _show(request, appointment, proof=proof)
    return _carry_out(request, appointment, services.confirm_request, proof=proof)


@public
@require_POST
@by_link
def cancel_visit(request: ClinicRequest, appointment: Appointment) -> HttpResponse:
    """Cancel the visit."""
    reason = _("Cancelled by the patient")
    return _carry_out(request, appointment, services.cancel_appointment, reason=reason)


@public
@require_POST
@by_link
def accept_visit(request: ClinicRequest, appointment: Appointment) -> HttpResponse:
    """Take the time that was offered from the waiting list."""
    return _carry_out(request, appointment, services.accept_offer)


@public
@require_POST
@by_link
def decline_visit(request: ClinicRequest, appointment: Appointment) -> HttpResponse:
    """Let the time that was offered go to the next on the list."""
    return _carry_out(request, appointment, services.decline_offer)


@public
@by_link
def reschedule_visit(request: ClinicRequest, appointment: Appointment) -> HttpResponse:
    """Give the visit another time: it gets a new link, and this one leads to it."""
    if not _may_change(appointment, "reschedule_appointment"):
        return redirect("scheduling:visit", appointment.token)
    form = TimeForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.reschedule_appointment, appointment=appointment, by=None
    ):
        messages.success(request, _("Your visit has a new time. This is its new page."))
        return redirect("scheduling:visit", form.result.token)
    chips, branch = kept_branch(request, appointment, appointment.doctor)
    terms = Terms(appointment.appointment_type_id, by_patient=True, branch=branch or None)
    refused = instant(request.POST.get("starts_at")) if "starts_at" in form.errors else None
    context = {
        "appointment": appointment,
        "doctor": appointment.doctor,
        "form": form,
        "chips": chips,
        "branch": branch,
        "at": None,
        "nearby": nearby_slots(appointment.doctor_id, refused, terms=terms) if refused else [],
    }
    week = week_of(request, [appointment.doctor_id], terms)
    return render(request, "scheduling/reschedule_visit.html", context | week)


def _show(request: ClinicRequest, appointment: Appointment, proof: str = "") -> HttpResponse:
    policy = BookingPolicy.objects.current()
    return render(
        request,
        "scheduling/visit.html",
        {
            "appointment": appointment,
            "may_cancel": _may_change(appointment, "cancel_appointment", policy),
            "may_move": _may_change(appointment, "reschedule_appointment", policy),
            "changeable_until": appointment.starts_at - policy.change_deadline,
            "is_over": appointment.is_over,
            "proof": proof if appointment.awaits_patient else "",
        },
    )


def _may_change(appointment: Appointment, verb: str, policy: BookingPolicy | None = None) -> bool:
    """Whether the step is still the patient's to take."""
    policy = policy or BookingPolicy.objects.current()
    is_due = verb in appointment.verbs and appointment.starts_at > timezone.now()
    return is_due and not is_too_near(appointment, policy)


DONE: dict[str, Any] = {
    "confirm_request": gettext_lazy("Thank you. Your request is confirmed."),
    "cancel_appointment": gettext_lazy("Your visit is cancelled."),
    "accept_offer": gettext_lazy("Your visit is booked."),
    "decline_offer": gettext_lazy("The time goes to the next person. You stay on the waiting list."),
}


def _carry_out(
    request: ClinicRequest, appointment: Appointment, service: Callable[..., Any], **facts: Any
) -> HttpResponse:
    """Take the step as the patient, whoever is logged in here; say what came of it."""
    try:
        service(appointment, by=None, **facts)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, DONE[service.__name__])
    return redirect("scheduling:visit", appointment.token)
