"""Visits that come again: shown before they are booked, moved or called off, with what is in their way."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import CancelForm, PlanForm, RepeatForm, SeriesForm, instant
from scheduling.models import Appointment, AppointmentSeries, Status
from scheduling.models.slots import Terms
from scheduling.services.plans import Planned, plan_visits, shifted, weekly
from scheduling.services.series import rest_of, terms_of_move
from scheduling.views.actions import lines, visible_or_404
from scheduling.views.day import active_doctors, wanted_doctor
from scheduling.views.desk import Kinds

# Where the reason for the visits waits between two pages: it does not belong into an address.
KEPT_REASON = "series_reason"


@requires("scheduling.book_series")
def book_series(request: ClinicRequest) -> HttpResponse:
    """Each date of the series with what is in its way and a proposal; nothing is stored before the button."""
    patient, doctor = _people(request)
    first = instant(request.GET.get("at"))
    if patient is None or doctor is None or first is None:
        messages.info(request, _("Choose the patient, the doctor and the first time; then repeat the visit."))
        return redirect("scheduling:book_appointment")
    repeat = RepeatForm(request.GET)
    kinds = Kinds.of(request, patient, doctor)
    plan = _plan(doctor, patient, first, repeat, kinds.terms)
    form = SeriesForm(
        request.POST or None, plan=plan, initial={"reason": request.session.get(KEPT_REASON, "")}
    )
    if request.method == "POST" and form.submit(
        services.book_series,
        by=request.member,
        doctor=doctor,
        patient=patient,
        every_weeks=repeat.cleaned_data.get("every_weeks", 1),
        appointment_type=kinds.offer.type if kinds.offer else None,
        mode=kinds.place or None,
        branch=kinds.branch or None,
    ):
        request.session.pop(KEPT_REASON, None)
        messages.success(request, _("The visits are booked; the patient gets one message with all of them."))
        return redirect("scheduling:series", form.result.pk)
    return render(
        request,
        "scheduling/series_book.html",
        {
            "form": form,
            "repeat": repeat,
            "patient": patient,
            "doctor": doctor,
            "kinds": kinds,
            "first": first,
            "clashes": sum(not planned.is_free for planned in plan.values()),
        },
    )


@requires("scheduling.view_series")
def series(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The visits of one series, in order."""
    found = AppointmentSeries.objects.select_related("patient__member", "doctor__member")
    shown = get_object_or_404(found, pk=pk)
    present = shown.appointments.exclude(status=Status.RESCHEDULED).with_kind().order_by("starts_at")
    visits = lines(present, request.member)
    coming = [line.appointment for line in visits if line.appointment.holds_its_time]
    return render(
        request,
        "scheduling/series.html",
        {"series": shown, "lines": visits, "next": coming[0] if len(coming) > 1 else None},
    )


@requires("scheduling.move_series")
def move_series(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A visit and those that follow it at other times: the same shift for each, shown with its clashes."""
    appointment = visible_or_404(request, pk)
    visits = rest_of(appointment)
    at = instant(request.GET.get("at"))
    if at is None or not visits:
        return redirect("scheduling:reschedule_appointment", pk)
    doctor = wanted_doctor(request, active_doctors()) or appointment.doctor
    plan = _shift(visits, doctor, appointment, at)
    form = PlanForm(request.POST or None, plan=plan, about={visit.pk: visit for visit in visits})
    if request.method == "POST" and form.submit(
        services.move_series, appointment=appointment, by=request.member, doctor=doctor
    ):
        messages.success(request, _("The visits are moved; the patient gets one message with all of them."))
        return redirect("scheduling:series", appointment.series_id)
    clashes = sum(not planned.is_free for planned in plan.values())
    context = {"form": form, "appointment": appointment, "doctor": doctor, "clashes": clashes}
    return render(request, "scheduling/series_move.html", context)


@requires("scheduling.cancel_series")
def cancel_series(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call a visit and those that follow it off."""
    appointment = visible_or_404(request, pk)
    visits = rest_of(appointment)
    if not visits:
        return redirect("scheduling:cancel_appointment", pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.cancel_series, appointment=appointment, by=request.member
    ):
        messages.success(request, _("The visits are cancelled; the patient gets one message."))
        return redirect("scheduling:series", appointment.series_id)
    context = {"form": form, "appointment": appointment, "visits": visits}
    return render(request, "scheduling/series_cancel.html", context)


def _people(request: ClinicRequest) -> tuple[PatientProfile | None, DoctorProfile | None]:
    """The patient and the doctor whom the address names."""
    try:
        wanted = uuid.UUID(request.GET.get("patient", ""))
    except ValueError:
        return None, None
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    return get_object_or_404(patients, pk=wanted), wanted_doctor(request, active_doctors())


def _plan(
    doctor: DoctorProfile,
    patient: PatientProfile,
    first: datetime.datetime,
    repeat: RepeatForm,
    terms: Terms,
) -> dict[Any, Planned]:
    """The dates by their number; none while it is not clear how often."""
    if not repeat.is_valid():
        return {}
    wanted = weekly(timezone.localtime(first), **repeat.cleaned_data)
    return dict(enumerate(plan_visits(doctor, patient, wanted, terms)))


def _shift(
    visits: list[Appointment], doctor: DoctorProfile, appointment: Appointment, at: datetime.datetime
) -> dict[Any, Planned]:
    """Each visit as much later by the clinic's clocks as `at` is later than the first one."""
    by = timezone.make_naive(at) - timezone.make_naive(appointment.starts_at)
    wanted = [shifted(visit.starts_at, by) for visit in visits]
    leaving = tuple(visit.pk for visit in visits)
    terms = terms_of_move(appointment, doctor, leaving)
    planned = plan_visits(doctor, appointment.patient, wanted, terms)
    return {visit.pk: one for visit, one in zip(visits, planned, strict=True)}
