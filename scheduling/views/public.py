"""Booking without an account, and the patient's own link."""

import datetime
import uuid
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.access import public
from clinic.http import ClinicRequest
from clinic.models import Refusal
from scheduling import services
from scheduling.forms import OwnVisitForm, RequestForm, instant
from scheduling.models import Appointment, Slot, Source, free_slots, nearby_slots, next_free
from scheduling.services.times import FURTHEST
from tenants.models import Organization

WEEK = 7


class Choice(NamedTuple):
    """A doctor one may book, and when next."""

    doctor: DoctorProfile
    next: Slot | None


@public
def home(request: ClinicRequest) -> HttpResponse:
    """The clinic's front door; who works or is treated here goes on to the own pages."""
    member = request.member
    if member and member.may("scheduling.view_my_day"):
        return redirect("scheduling:my_day")
    if member and member.may("scheduling.view_day"):
        return redirect("scheduling:day")
    if member and member.may("scheduling.view_portal"):
        return redirect("scheduling:portal")
    return choose_doctor(request)


@public
def choose_doctor(request: ClinicRequest) -> HttpResponse:
    """The doctors, each with the next free time."""
    doctors = list(bookable().order_by("specialisation", "member__given_name", "member__family_name"))
    wanted = request.GET.get("specialisation", "")
    shown = [doctor for doctor in doctors if not wanted or doctor.specialisation == wanted]
    free = next_free([doctor.pk for doctor in shown]) if takes_bookings(request) else {}
    return render(
        request,
        "scheduling/home.html",
        {
            "choices": [Choice(doctor, free.get(doctor.pk)) for doctor in shown],
            "specialisations": sorted({doctor.specialisation for doctor in doctors}),
            "specialisation": wanted,
            "is_open": takes_bookings(request),
        },
    )


@public
def choose_time(request: ClinicRequest, doctor_id: uuid.UUID) -> HttpResponse:
    """A doctor's free times, a week at a time, a day at a glance."""
    doctor = get_object_or_404(bookable(), pk=doctor_id)
    return render(request, "scheduling/times.html", {"doctor": doctor, **week_of(request, [doctor.pk])})


@public
def request_appointment(request: ClinicRequest, doctor_id: uuid.UUID) -> HttpResponse:
    """Who comes, and why: the last step. A patient with a log-in is asked only why."""
    doctor = get_object_or_404(bookable(), pk=doctor_id)
    patient = own_patient(request)
    form = (OwnVisitForm if patient else RequestForm)(request.POST or None)
    if request.method == "POST":
        if patient:
            service, who = services.book_appointment, {"patient": patient, "source": Source.PORTAL}
        else:
            service, who = services.request_appointment, {}
        if form.submit(service, by=request.member, doctor=doctor, **who):
            return redirect("scheduling:visit", form.result.token)
    at = instant(request.POST.get("starts_at") or request.GET.get("at"))
    if at is None and not form.is_bound:
        return redirect("scheduling:choose_time", doctor.pk)
    times = nearby_slots(doctor.pk, at or timezone.now()) if "starts_at" in form.errors else []
    return render(
        request,
        "scheduling/request.html",
        {"doctor": doctor, "form": form, "at": at, "times": times, "patient": patient},
    )


@public
@never_cache
def visit(request: ClinicRequest, token: str) -> HttpResponse:
    """What became of a visit, for whoever holds the link. Opening it changes nothing."""
    return render(request, "scheduling/visit.html", {"appointment": _by_token(token)})


@public
@require_POST
def cancel_visit(request: ClinicRequest, token: str) -> HttpResponse:
    """Cancel the visit of the link."""
    try:
        services.cancel_appointment(_by_token(token), by=None, reason=_("Cancelled by the patient"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Your visit is cancelled."))
    return redirect("scheduling:visit", token)


def _by_token(token: str) -> Appointment:
    found = Appointment.objects.by_token(token).with_people().select_related("rescheduled_to")
    return get_object_or_404(found)


def bookable() -> QuerySet[DoctorProfile]:
    """The doctors whom patients may book, with their names."""
    return DoctorProfile.objects.bookable().with_people()


def takes_bookings(request: ClinicRequest) -> bool:
    """Whether the clinic is open to bookings at all."""
    return request.organization.status in Organization.OPEN


def own_patient(request: ClinicRequest) -> PatientProfile | None:
    """The signed-in patient, if it is one."""
    member = request.member
    if member is None or not member.may("scheduling.view_portal"):
        return None
    return PatientProfile.objects.with_people().filter(pk=member.pk).first()


class Day(NamedTuple):
    """A day of the strip, with its free times."""

    date: datetime.date
    slots: list[Slot]


def week_of(request: ClinicRequest, doctor_ids: list[uuid.UUID]) -> dict[str, Any]:
    """The free times of the week the address asks for (?from=, ?on=); by default of the first with any."""
    today = timezone.localdate()
    first = _day(request, "from", today)
    days = _week(first, doctor_ids)
    if "from" not in request.GET and not any(day.slots for day in days):
        coming = min(next_free(doctor_ids).values(), default=None, key=lambda slot: slot.starts_at)
        if coming:
            first = timezone.localdate(coming.starts_at)
            days = _week(first, doctor_ids)
    on = _day(request, "on", None)
    chosen = next((day for day in days if day.date == on), None)
    chosen = chosen or next((day for day in days if day.slots), days[0])
    week = datetime.timedelta(days=WEEK)
    return {
        "days": days,
        "chosen": chosen,
        "parts": parts_of_day(chosen.slots),
        "first": first,
        "last": days[-1].date,
        "previous": max(first - week, today) if first > today else None,
        "next": first + week if first + week < today + FURTHEST else None,
    }


def _week(first: datetime.date, doctor_ids: list[uuid.UUID]) -> list[Day]:
    dates = [first + datetime.timedelta(days=number) for number in range(WEEK)]
    slots = free_slots(doctor_ids, dates[0], dates[-1])
    by_date = {
        date: list(group)
        for date, group in groupby(slots, key=lambda slot: timezone.localdate(slot.starts_at))
    }
    return [Day(date, by_date.get(date, [])) for date in dates]


def _day(request: ClinicRequest, name: str, default: Any) -> Any:
    try:
        asked = parse_date(request.GET.get(name, ""))
    except ValueError:
        return default
    today = timezone.localdate()
    return asked if asked and today <= asked <= today + FURTHEST else default


def parts_of_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """The times of a day in morning, afternoon and evening; empty parts left out."""
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    parts: tuple[list[Slot], ...] = ([], [], [])
    for slot in slots:
        hour = timezone.localtime(slot.starts_at).hour
        parts[0 if hour < 12 else 1 if hour < 17 else 2].append(slot)
    return [(name, part) for name, part in zip(names, parts, strict=True) if part]
