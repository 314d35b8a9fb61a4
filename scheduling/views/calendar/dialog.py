"""What the calendar asks in a dialog is the same form as on its own page, drawn small; and the way back."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile
from accounts.members.models.guardianship import meet_guardians
from clinic.access import requires
from clinic.forms import Form
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import ResizeForm, instant
from scheduling.models import Appointment
from scheduling.views.actions import back_from, url_of, visible_or_404
from scheduling.views.calendar.columns import label

# Where the dialog's form stands in the calendar's page, and what its answer replaces there.
DIALOG, LIST = "calendar-form", "calendar-list"


def in_dialog(request: ClinicRequest) -> bool:
    """Whether the form was asked for, or sent, from the calendar's dialog."""
    return bool(request.htmx) and request.htmx.target in (DIALOG, LIST)


def ask_to_move(
    request: ClinicRequest, appointment: Appointment, form: Form, doctor: DoctorProfile
) -> HttpResponse:
    """The form of a move, drawn small: the time was chosen by moving the visit."""
    form.fields["other_time"].help_text = ""
    meet_guardians([appointment.patient.member])
    context = {
        "appointment": appointment,
        "form": form,
        "doctor": doctor,
        "time": wanted_time(request),
        "back": back_from(request, appointment),
    }
    return answer(request, "scheduling/calendar/move.html", context)


def answer(request: ClinicRequest, part: str, context: dict[str, Any]) -> HttpResponse:
    """A form for the dialog: asked for, or sent and refused."""
    response = render(request, part, context | {"url": request.path})
    # Sent with the list as its target, a refused form comes back into the dialog.
    response["HX-Retarget"] = f"#{DIALOG}"
    response["HX-Reselect"] = "#calendar-fragment"
    response["HX-Reswap"] = "innerHTML"
    return response


def wanted_time(request: ClinicRequest) -> datetime.datetime | None:
    """The time of one's own choice that the form or the address names (?other=2026-11-23T09:30)."""
    return instant(request.POST.get("other_time") or request.GET.get("other"))


def minutes_of(appointment: Appointment) -> int:
    """How long the visit takes."""
    return round((appointment.ends_at - appointment.starts_at).total_seconds() / 60)


def wanted_minutes(request: ClinicRequest, appointment: Appointment) -> int:
    """How long the form or the address says the visit shall take; otherwise as long as it does."""
    asked = request.POST.get("minutes") or request.GET.get("minutes") or ""
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 4 else minutes_of(appointment)


def say_moved(request: ClinicRequest, old: Appointment, moved: Appointment) -> None:
    """Say that the visit has a new time, with a button that gives it the old one back."""
    back = {"doctor": old.doctor_id, "other_time": label(old.starts_at), "minutes": minutes_of(old)}
    said = _("The visit is moved. We cannot tell the patient: please do.")
    meet_guardians([old.patient.member])
    if old.patient.member.can_be_told:
        said = _("The visit is moved; the patient is told.")
    _say(request, said, url_of("reschedule_appointment", moved), back)


def _say(request: ClinicRequest, said: str, url: str, fields: dict[str, Any]) -> None:
    context = {"said": said, "url": url, "fields": fields, "next": request.POST.get("next", "")}
    messages.success(request, render_to_string("scheduling/calendar/undo.html", context, request=request))


@requires("scheduling.resize_appointment")
def resize_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Let a visit take longer or shorter."""
    appointment = visible_or_404(request, pk)
    length = minutes_of(appointment)
    form = ResizeForm(request.POST or None, initial={"minutes": wanted_minutes(request, appointment)})
    if request.method == "POST" and form.submit(
        services.resize_appointment, appointment=appointment, by=request.member
    ):
        said = _("The visit has its new length.")
        _say(request, said, url_of("resize_appointment", appointment), {"minutes": length})
        return redirect(back_from(request, appointment))
    ends_at = appointment.starts_at + datetime.timedelta(minutes=wanted_minutes(request, appointment))
    context = {
        "appointment": appointment,
        "form": form,
        "back": back_from(request, appointment),
        "ends_at": ends_at,
    }
    if in_dialog(request):
        return answer(request, "scheduling/calendar/resize.html", context)
    return render(request, "scheduling/resize_appointment.html", context)
