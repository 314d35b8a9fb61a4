"""The calendar's pages."""

import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.members.models import DoctorProfile
from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling.models import Appointment
from scheduling.models.spells import at, spells
from scheduling.models.spots import Places, Spot, along
from scheduling.views.calendar.columns import STEP, grid
from scheduling.views.calendar.month import days_of, weeks_of
from scheduling.views.day import active_doctors, wanted_day, wanted_doctor

DAY, WEEK, MONTH = "day", "week", "month"
ONE_DAY = datetime.timedelta(days=1)


@requires("scheduling.view_calendar")
def calendar(request: ClinicRequest) -> HttpResponse:
    """A day with all doctors side by side, a doctor's week, or a month: the answers stand in the address."""
    doctors, on = active_doctors(**along()), wanted_day(request)
    places = Places.of(doctors)
    spot = places.spot(request.GET.get("where"))
    own = next((doctor for doctor in doctors if doctor.pk == request.member.pk), None)
    view = request.GET.get("view") or (WEEK if own else DAY)
    shown = VIEWS.get(view, _day)
    context = {
        "view": view if view in VIEWS else DAY,
        "on": on,
        "today": timezone.localdate(),
        "now": timezone.localtime(),
        "doctors": doctors,
        "groups": places.groups,
        "spot": spot,
        "step": STEP,
        **shown(request, on, doctors, own, spot),
    }
    # The list alone, where the page that is open asks for it again.
    part = "calendar/list" if request.GET.get("part") == "list" and "grid" in context else "calendar/calendar"
    return render(request, f"scheduling/{part}.html", context)


def _day(
    request: ClinicRequest,
    on: datetime.date,
    doctors: list[DoctorProfile],
    own: DoctorProfile | None,
    spot: Spot | None,
) -> dict[str, Any]:
    doctor = wanted_doctor(request, doctors)
    visits = Appointment.objects.on(on).for_doctor(doctor).at(spot).seen_in_calendar().with_kind()
    found = at(spells(on, on), spot)
    there = {spell.doctor_id for spell in found if spell.opens}
    # Of a branch or a room only those who work there; whoever has visits there is drawn in any case.
    columns = [doctor] if doctor else [each for each in doctors if spot is None or each.pk in there]
    shown = grid([on], columns, visits.order_by("starts_at", "pk"), found, request.member)
    return {"grid": shown, "doctor": doctor, "previous": on - ONE_DAY, "next": on + ONE_DAY}


def _week(
    request: ClinicRequest,
    on: datetime.date,
    doctors: list[DoctorProfile],
    own: DoctorProfile | None,
    spot: Spot | None,
) -> dict[str, Any]:
    doctor = wanted_doctor(request, doctors) or own or next(iter(doctors), None)
    first = on - ONE_DAY * on.weekday()
    days = [first + ONE_DAY * number for number in range(7)]
    visits = Appointment.objects.between(days[0], days[-1]).for_doctor(doctor).at(spot).seen_in_calendar()
    shown = grid(
        days if doctor else [],
        [doctor] if doctor else [],
        visits.with_kind().order_by("starts_at", "pk"),
        at(spells(days[0], days[-1]), spot),
        request.member,
    )
    return {
        "grid": shown,
        "doctor": doctor,
        "first": days[0],
        "last": days[-1],
        "previous": on - 7 * ONE_DAY,
        "next": on + 7 * ONE_DAY,
    }


def _month(
    request: ClinicRequest,
    on: datetime.date,
    doctors: list[DoctorProfile],
    own: DoctorProfile | None,
    spot: Spot | None,
) -> dict[str, Any]:
    doctor, days = wanted_doctor(request, doctors), days_of(on)
    return {
        "weeks": weeks_of(on, doctors, spells(days[0], days[-1]), doctor),
        # The month counts visits of the whole clinic.
        "groups": [],
        "doctor": doctor,
        "previous": on.replace(day=1) - ONE_DAY,
        "next": (on.replace(day=1) + 31 * ONE_DAY).replace(day=1),
    }


VIEWS = {DAY: _day, WEEK: _week, MONTH: _month}


@requires("scheduling.print_day")
def print_day(request: ClinicRequest) -> HttpResponse:
    """The day on paper, doctor by doctor, with room to write."""
    doctors, on = active_doctors(**along()), wanted_day(request)
    doctor, spot = wanted_doctor(request, doctors), Places.of(doctors).spot(request.GET.get("where"))
    seen = Appointment.objects.on(on).for_doctor(doctor).at(spot).seen_in_calendar()
    visits = list(seen.with_kind().order_by("starts_at"))
    sheets = [(each, [visit for visit in visits if visit.doctor_id == each.pk]) for each in doctors]
    context = {
        "on": on,
        "doctor": doctor,
        "sheets": [(each, own) for each, own in sheets if own or each == doctor],
        "printed_at": timezone.now(),
        "shows_reason": request.member.may("members.view_health"),
    }
    return render(request, "scheduling/calendar/print_day.html", context)
