"""Visits that leave or closing days came across: other times for them, on one page."""

from typing import Any, NamedTuple

from django.contrib import messages
from django.contrib.messages import get_messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.members.models import DoctorProfile
from accounts.members.models.guardianship import meet_guardians
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.templatetags.clinic import day_time
from scheduling import services
from scheduling.forms import RebookingForm
from scheduling.models import Appointment, Status
from scheduling.services.alternatives import Rebooking, rebookings
from scheduling.services.leave import Outcome

# As many as one person looks through at a time; the next ones follow when these are settled.
PAGE = 50
# Who is here already is seen, or sent home by word of mouth.
HERE = (Status.ARRIVED, Status.CHECKED_IN)


class Row(NamedTuple):
    """A visit with other times for it, and why the last try failed."""

    rebooking: Rebooking
    reason: str


@requires("scheduling.view_stranded_visits")
def stranded_visits(request: ClinicRequest) -> HttpResponse:
    """Every visit in the way of leave or closing days, each with free times to choose from."""
    stranded = list(Appointment.objects.stranded().with_people())
    meet_guardians([visit.patient.member for visit in stranded])
    here = [visit for visit in stranded if visit.status in HERE]
    others = [visit for visit in stranded if visit.status not in HERE]
    reasons = {message.extra_tags: message.message for message in get_messages(request) if message.extra_tags}
    rows = [
        Row(rebooking, reasons.get(str(rebooking.visit.pk), "")) for rebooking in rebookings(others[:PAGE])
    ]
    context = {
        "rows": rows,
        "here": here,
        "count": len(others),
        "has_proposals": any(row.rebooking.proposal for row in rows),
    }
    return render(request, "scheduling/leave.html", context)


@requires("scheduling.move_stranded_visits")
@require_POST
def move_stranded_visits(request: ClinicRequest) -> HttpResponse:
    """Move one of the visits, or all that are listed, to the chosen times."""
    form = RebookingForm(request.POST)
    if not form.is_valid():
        return _not_understood(request, form)
    outcome = services.move_stranded_visits(by=request.member, choices=form.choices())
    _report(request, outcome, _moved(len(outcome.changes)))
    return redirect("scheduling:stranded_visits")


@requires("scheduling.cancel_stranded_visits")
@require_POST
def cancel_stranded_visits(request: ClinicRequest) -> HttpResponse:
    """Cancel one of the visits, or all that are listed."""
    form = RebookingForm(request.POST)
    if not form.is_valid():
        return _not_understood(request, form)
    outcome = services.cancel_stranded_visits(by=request.member, visits=form.keys())
    _report(request, outcome, _cancelled(len(outcome.changes)))
    return redirect("scheduling:stranded_visits")


def to_what_is_in_the_way(otherwise: str, doctor: DoctorProfile | None = None) -> HttpResponseRedirect:
    """Lead to the visits in the way of what was just entered (with this doctor), if there are any."""
    is_clear = not Appointment.objects.stranded().for_doctor(doctor).exists()
    return HttpResponseRedirect(otherwise if is_clear else reverse("scheduling:stranded_visits"))


def _report(request: ClinicRequest, outcome: Outcome, said: str) -> None:
    """Say what was done, whom to call, and for each visit that is still in the way why it is."""
    if outcome.changes:
        messages.success(request, said)
    if outcome.untold:
        names = ", ".join(f"{person.name} {person.member.phone}".strip() for person in outcome.untold)
        messages.warning(
            request, _("Neither e-mail address nor mobile number, please call: %(names)s") % {"names": names}
        )
    for visit, sentence in outcome.refused:
        who = {"name": visit.patient.name, "time": day_time(visit.starts_at), "reason": sentence}
        messages.error(request, _("%(name)s, %(time)s: %(reason)s") % who, extra_tags=str(visit.pk))


def _moved(count: int) -> str:
    said = ngettext("%(count)s visit is moved.", "%(count)s visits are moved.", count)
    return said % {"count": count} + " " + _("Every patient gets one message.")


def _cancelled(count: int) -> str:
    said = ngettext("%(count)s visit is cancelled.", "%(count)s visits are cancelled.", count)
    return said % {"count": count} + " " + _("Every patient gets one message.")


def _not_understood(request: ClinicRequest, form: Any) -> HttpResponse:
    for sentences in form.errors.values():
        messages.error(request, sentences[0])
    return redirect("scheduling:stranded_visits")
