"""The day at the front desk, the doctor's own day, and one appointment."""

import datetime
import uuid
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.members.models import DoctorProfile, Member
from clinic.access import requires
from clinic.audit.models import AuditEvent
from clinic.http import ClinicRequest
from clinic.notifications.models import OutboxMessage
from scheduling.forms import is_plausible
from scheduling.models import Appointment, AvailabilityRule, BookingPolicy, Room, Source, Status
from scheduling.models.reminders import next_reminder
from scheduling.models.spots import Places, along
from scheduling.services.times import is_late_change
from scheduling.views.actions import buttons, lines

ONE_DAY = datetime.timedelta(days=1)
# One day of a busy clinic on one screen.
PAGE = 100
# The requests shown above the day; the next ones follow when these are answered.
MOST_REQUESTS = 5
WAITING = (Status.ARRIVED, Status.CHECKED_IN)
# How a visit began, as its history tells it.
BEGAN = {
    Source.PUBLIC: gettext_lazy("Asked for on the booking page"),
    Source.PORTAL: gettext_lazy("Booked by the patient"),
    Source.RECEPTION: gettext_lazy("Booked at reception"),
    Source.AGENT: gettext_lazy("Booked by an agent"),
    Source.WAITLIST: gettext_lazy("Offered from the waiting list"),
}


def wanted_day(request: ClinicRequest) -> datetime.date:
    """The day the address asks for (?on=2026-11-21), or today."""
    try:
        asked = parse_date(request.GET.get("on", ""))
    except ValueError:
        asked = None
    return asked if asked and is_plausible(asked) else timezone.localdate()


def wanted_doctor(request: ClinicRequest, doctors: list[DoctorProfile]) -> DoctorProfile | None:
    """The doctor the address asks for, if it is one of `doctors`."""
    wanted = request.GET.get("doctor", "")
    return next((doctor for doctor in doctors if str(doctor.pk) == wanted), None)


def active_doctors(**annotations: Exists | Subquery) -> list[DoctorProfile]:
    """The clinic's doctors by name."""
    doctors = DoctorProfile.objects.active().with_people().annotate(**annotations)
    return list(doctors.order_by("member__given_name", "member__family_name"))


class FirstSteps(NamedTuple):
    """How far a new clinic is on its way to its first visit."""

    has_doctor: bool
    has_hours: bool


def first_steps(request: ClinicRequest, doctors: list[Any]) -> FirstSteps | None:
    """What is left to do before the first visit; nothing once there is one, nor for who cannot do it."""
    if not (request.member and request.member.may("members.register_staff")):
        return None
    if any(doctor.has_visits for doctor in doctors):
        return None
    return FirstSteps(bool(doctors), any(doctor.has_hours for doctor in doctors))


@requires("scheduling.view_day")
def day(request: ClinicRequest) -> HttpResponse:
    """Everybody's appointments of one day, each with its next step one click away."""
    on = wanted_day(request)
    # Asked along with the doctors: the day has no statement to spare.
    doctors = active_doctors(
        has_hours=Exists(AvailabilityRule.objects.filter(doctor=OuterRef("pk"))),
        has_visits=Exists(Appointment.objects.filter(doctor=OuterRef("pk"))),
        stranded=Subquery(Appointment.objects.stranded().counted()),
        undecided=Subquery(OutboxMessage.objects.needing_decision().counted()),
        **along(),
    )
    places = Places.of(doctors)
    spot = places.spot(request.GET.get("where"))
    doctor, status = wanted_doctor(request, doctors), request.GET.get("status", "")
    of_day = Appointment.objects.on(on).for_doctor(doctor).at(spot)
    counts = dict(of_day.order_by().values_list("status").annotate(Count("pk")))
    wanted = of_day.filter(status=status) if status in Status.values else of_day
    pages = Paginator(wanted.with_kind().order_by("starts_at", "doctor"), PAGE)
    pages.count = counts.get(status, 0) if status in Status.values else sum(counts.values())
    page = pages.get_page(request.GET.get("page"))
    requests = Appointment.objects.awaiting_confirmation().for_doctor(doctor).at(spot).with_people()
    return render(
        request,
        "scheduling/day.html",
        {
            "on": on,
            "today": timezone.localdate(),
            "previous": on - ONE_DAY,
            "next": on + ONE_DAY,
            "doctors": doctors,
            "doctor": doctor,
            "groups": places.groups,
            "spot": spot,
            "status": status,
            "statuses": Status,
            "expected": counts.get(Status.BOOKED, 0),
            "waiting": sum(counts.get(state, 0) for state in WAITING),
            "done": counts.get(Status.FULFILLED, 0),
            "missed": counts.get(Status.NOSHOW, 0),
            "page_obj": page,
            "lines": lines(page, request.member),
            "requests": lines(requests[:MOST_REQUESTS], request.member),
            "first_steps": first_steps(request, doctors),
            "stranded": getattr(doctors[0], "stranded", 0) if doctors else 0,
            "undecided": getattr(doctors[0], "undecided", 0) if doctors else 0,
        },
    )


@requires("scheduling.view_my_day")
def my_day(request: ClinicRequest) -> HttpResponse:
    """The doctor's own day: who is next, and who comes later."""
    on = wanted_day(request)
    own = Appointment.objects.on(on).filter(doctor_id=request.member.pk).with_kind().order_by("starts_at")
    rows = lines(own, request.member)
    return render(
        request,
        "scheduling/my_day.html",
        {
            "on": on,
            "today": timezone.localdate(),
            "previous": on - ONE_DAY,
            "next": on + ONE_DAY,
            "lines": rows,
            "current": _next_patient([row.appointment for row in rows]),
        },
    )


def _next_patient(appointments: list[Appointment]) -> Appointment | None:
    """Who is to be seen next: whoever is checked in, else arrived, else expected; the earliest of them."""
    for status in (Status.CHECKED_IN, Status.ARRIVED, Status.BOOKED):
        for appointment in appointments:
            if appointment.status == status and appointment.is_today and _is_expected(appointment):
                return appointment
    return None


def _is_expected(appointment: Appointment) -> bool:
    """Whether the patient is here, or may still come."""
    return appointment.status in WAITING or not appointment.is_over


@requires("scheduling.view_appointment")
def appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One appointment: its facts, its history, and what can be done."""
    visible = Appointment.objects.visible_to(request.member).with_history()
    visible = visible.annotate(has_rooms=Exists(Room.objects.active()))
    shown = get_object_or_404(visible, pk=pk)
    policy = BookingPolicy.objects.current()
    late = is_late_change(shown, request.member, policy)
    return render(
        request,
        "scheduling/appointment.html",
        {
            "appointment": shown,
            "buttons": buttons(shown, request.member, is_late=late),
            "is_late": late and shown.status == Status.BOOKED and not shown.has_begun,
            "history": history(shown),
            "reminder": next_reminder(shown, policy),
            "on_query": f"?on={timezone.localdate(shown.starts_at)}",
            "moved_from": getattr(shown, "rescheduled_from", None),
            "outgoings": messages_about(shown, request.member),
        },
    )


def messages_about(appointment: Appointment, member: Member) -> Any:
    """What was sent about the appointment, the latest first, for those who look after messages."""
    if not (member and member.may("scheduling.view_messages")):
        return None
    return list(OutboxMessage.objects.about(appointment.pk))


class Event(NamedTuple):
    """Something that happened to an appointment."""

    at: datetime.datetime
    title: Any
    by: Any = None
    text: str = ""


def _of_the_sweep(appointment: Appointment) -> str:
    """A word where nobody noted that the patient did not come: it is concluded, and may be wrong."""
    if appointment.status != Status.NOSHOW:
        return ""
    is_concluded = AuditEvent.objects.by_a_job(appointment, status=Status.NOSHOW).exists()
    return _("Noted by itself: nobody had noted an arrival.") if is_concluded else ""


def history(appointment: Appointment) -> list[Event]:
    """What happened to the appointment, latest first."""
    told = [
        Event(appointment.created_at, BEGAN[Source(appointment.source)], appointment.booked_by),
        Event(appointment.patient_confirmed_at, _("Confirmed by the patient")),
        Event(appointment.confirmed_at, _("Confirmed"), appointment.confirmed_by),
        Event(appointment.declined_at, _("Declined"), appointment.declined_by, appointment.decline_reason),
        Event(appointment.arrived_at, _("Arrived")),
        Event(appointment.checked_in_at, _("Checked in")),
        Event(appointment.fulfilled_at, _("Done")),
        Event(appointment.noshow_at, _("Did not come"), text=_of_the_sweep(appointment)),
        Event(appointment.cancelled_at, _("Cancelled"), appointment.cancelled_by, appointment.cancel_reason),
    ]
    return sorted((event for event in told if event.at), key=lambda event: event.at, reverse=True)
