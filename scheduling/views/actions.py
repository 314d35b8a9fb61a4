"""What can be done to an appointment, as buttons: the transition table seen through the role table."""

import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.http import ClinicRequest, carry_out
from scheduling.models import Appointment, BookingPolicy
from scheduling.services.times import is_late_change


class Action(NamedTuple):
    """A verb's button. `asks`: it opens a form. `leads`: it is the next step of an ordinary visit."""

    label: Any
    icon: str
    done: Any = ""
    asks: bool = False
    leads: bool = False
    confirm: Any = ""


ACTIONS = {
    "confirm_appointment": Action(_("Confirm"), "check2", _("The visit is confirmed."), leads=True),
    "accept_offer": Action(_("Take this time"), "check2", _("The visit is booked."), leads=True),
    "mark_arrived": Action(_("Arrived"), "person-walking", _("The patient has arrived."), leads=True),
    "check_in_appointment": Action(_("Check in"), "door-open", _("The patient is checked in."), leads=True),
    "fulfil_appointment": Action(_("Done"), "check2-all", _("The visit is done.")),
    "reschedule_appointment": Action(_("Move"), "arrow-left-right", asks=True),
    "resize_appointment": Action(_("Change the length"), "arrows-expand", asks=True),
    "mark_noshow": Action(_("Did not come"), "person-x", _("Noted that the patient did not come.")),
    "decline_appointment": Action(_("Decline"), "x-lg", asks=True),
    "decline_offer": Action(
        _("Let it go"),
        "x-lg",
        _("The time goes to the next on the waiting list."),
        confirm=_("Offer this time to the next person on the waiting list?"),
    ),
    "cancel_appointment": Action(_("Cancel the visit"), "calendar-x", asks=True),
    "enter_appointment_in_error": Action(
        _("Entered in error"),
        "eraser",
        _("The visit is struck out."),
        confirm=_("Strike this visit out as if it had never been made? The patient is not told."),
    ),
}

# What a patient may do until the clinic's deadline.
CHANGES = ("reschedule_appointment", "cancel_appointment")

_ANY = uuid.UUID(int=0)


class Button(NamedTuple):
    """An action on one appointment."""

    verb: str
    url: str
    label: Any
    icon: str
    asks: bool
    leads: bool
    confirm: Any


@cache
def _pattern(verb: str) -> str:
    return reverse(f"scheduling:{verb}", args=[_ANY], urlconf="clinic.urls")


def url_of(verb: str, appointment: Appointment) -> str:
    """The address at which `verb` is done to the appointment; cheap enough for every line of a list."""
    return _pattern(verb).replace(str(_ANY), str(appointment.pk))


def buttons(appointment: Appointment, member: Member | None, *, is_late: bool = False) -> list[Button]:
    """What `member` may do to the appointment now, the commonest first; no change that comes too late."""
    return [
        Button(
            verb,
            url_of(verb, appointment),
            action.label,
            action.icon,
            action.asks,
            action.leads,
            action.confirm,
        )
        for verb in appointment.verbs
        if (action := ACTIONS.get(verb)) and member and member.may(f"scheduling.{verb}")
        if appointment.is_timely(verb) and not (is_late and verb in CHANGES)
    ]


class Line(NamedTuple):
    """An appointment in a list, with its one-click next step and the other things to do."""

    appointment: Appointment
    next: Button | None
    others: list[Button]
    # Whether it is too late for the patient to change it here.
    is_late: bool = False


def lines(
    appointments: Iterable[Appointment], member: Member | None, policy: BookingPolicy | None = None
) -> list[Line]:
    """The appointments as a list shows them; with the clinic's `policy`, as a patient's does."""
    return [_line(appointment, member, policy) for appointment in appointments]


def _line(appointment: Appointment, member: Member | None, policy: BookingPolicy | None) -> Line:
    late = policy is not None and is_late_change(appointment, member, policy)
    found = buttons(appointment, member, is_late=late)
    first = next((button for button in found if button.leads), None)
    others = [button for button in found if button is not first]
    return Line(appointment, first, others, late and any(verb in CHANGES for verb in appointment.verbs))


def take(request: ClinicRequest, pk: uuid.UUID, service: Any) -> HttpResponse:
    """Carry out a step that needs no form, say what came of it, and go back to where the button was."""
    appointment = visible_or_404(request, pk)
    carry_out(request, service, appointment, ACTIONS[service.__name__].done)
    return redirect(back_from(request, appointment))


def visible_or_404(request: ClinicRequest, pk: uuid.UUID) -> Appointment:
    """The appointment, with its people, if the member may see it."""
    visible = Appointment.objects.visible_to(request.member).with_people()
    return get_object_or_404(visible, pk=pk)


def back_from(request: ClinicRequest, appointment: Appointment) -> str:
    """Where the person came from (the form's `next`, if it is ours), else the appointment's own page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("scheduling:appointment", args=[appointment.pk])
