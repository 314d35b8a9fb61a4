"""A doctor's weekly hours, leave and extra openings."""

import uuid
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.models import DoctorProfile
from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import AvailabilityExceptionForm, AvailabilityRuleForm, NewHoursForm
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Weekday
from scheduling.models.spots import Places, along
from scheduling.views.day import active_doctors, wanted_doctor
from scheduling.views.leave import to_what_is_in_the_way


@requires("scheduling.view_availability")
def availability(request: ClinicRequest) -> HttpResponse:
    """The hours of the doctor asked for; else a doctor's own, for the others those of the first doctor."""
    doctors = active_doctors()
    if not doctors:
        return render(request, "scheduling/no_doctors.html")
    own = next((doctor for doctor in doctors if doctor.pk == request.member.pk), doctors[0])
    return redirect("scheduling:doctor_availability", (wanted_doctor(request, doctors) or own).pk)


@requires("scheduling.view_availability")
def doctor_availability(request: ClinicRequest, doctor_id: uuid.UUID) -> HttpResponse:
    """One doctor's hours."""
    return _hours(request, doctor_id)


@requires("scheduling.add_availability_rule")
def add_availability_rule(request: ClinicRequest, doctor_id: uuid.UUID) -> HttpResponse:
    """Open a weekly window."""
    doctor = get_object_or_404(run_by(request), pk=doctor_id)
    form = NewHoursForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.add_availability_rules, by=request.member, doctor=doctor
    ):
        messages.success(request, _("The hours are open for booking."))
        return redirect("scheduling:doctor_availability", doctor.pk)
    return _hours(request, doctor.pk, rule_form=form)


@requires("scheduling.update_availability_rule")
def update_availability_rule(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a weekly window."""
    rule = get_object_or_404(AvailabilityRule.objects.filter(doctor__in=run_by(request)), pk=pk)
    form = AvailabilityRuleForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.submit(
        services.update_availability_rule, rule=rule, by=request.member
    ):
        messages.success(request, _("The hours are changed. Visits already booked stay as they are."))
        return redirect("scheduling:doctor_availability", rule.doctor_id)
    doctor = get_object_or_404(DoctorProfile.objects.with_people(), pk=rule.doctor_id)
    return render(request, "scheduling/update_rule.html", {"form": form, "doctor": doctor, "rule": rule})


@requires("scheduling.remove_availability_rule")
@require_POST
def remove_availability_rule(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Close a weekly window."""
    rule = get_object_or_404(AvailabilityRule.objects.filter(doctor__in=run_by(request)), pk=pk)
    doctor_id = rule.doctor_id
    services.remove_availability_rule(rule, by=request.member)
    messages.success(request, _("The hours are removed. Visits already booked stay as they are."))
    return redirect("scheduling:doctor_availability", doctor_id)


@requires("scheduling.add_availability_exception")
def add_availability_exception(request: ClinicRequest, doctor_id: uuid.UUID) -> HttpResponse:
    """Enter leave or an extra opening; visits in the way of leave are listed next."""
    doctor = get_object_or_404(run_by(request), pk=doctor_id)
    form = AvailabilityExceptionForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.add_availability_exception, by=request.member, doctor=doctor
    ):
        messages.success(request, _("Entered."))
        return to_what_is_in_the_way(reverse("scheduling:doctor_availability", args=[doctor.pk]), doctor)
    return _hours(request, doctor.pk, exception_form=form)


@requires("scheduling.remove_availability_exception")
@require_POST
def remove_availability_exception(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take leave or an extra opening back."""
    mine = AvailabilityException.objects.filter(doctor__in=run_by(request))
    exception = get_object_or_404(mine, pk=pk)
    doctor_id = exception.doctor_id
    services.remove_availability_exception(exception, by=request.member)
    messages.success(request, _("Removed. Visits moved or cancelled in the meantime stay so."))
    return redirect("scheduling:doctor_availability", doctor_id)


def run_by(request: ClinicRequest) -> QuerySet[DoctorProfile]:
    """The doctors whose hours the member may set: all for who runs the clinic, otherwise the own."""
    doctors = DoctorProfile.objects.with_people()
    member = request.member
    return doctors if member.may("members.administer") else doctors.filter(pk=member.pk)


def _hours(request: ClinicRequest, doctor_id: uuid.UUID, **context: Any) -> HttpResponse:
    doctors, today = active_doctors(**along()), timezone.localdate()
    doctor = next((doctor for doctor in doctors if doctor.pk == doctor_id), None)
    if doctor is None:
        raise Http404
    rules = list(AvailabilityRule.objects.for_doctor(doctor).in_force(today).select_related("branch", "room"))
    exceptions = AvailabilityException.objects.filter(doctor=doctor).select_related("branch", "room")
    member = request.member
    places = Places.of(doctors)
    forms = {
        "rule_form": NewHoursForm(initial={"valid_from": today}, places=places),
        "exception_form": AvailabilityExceptionForm(places=places),
    }
    return render(
        request,
        "scheduling/availability.html",
        {
            "doctor": doctor,
            "doctors": doctors,
            "week": [(day.label, [rule for rule in rules if rule.weekday == day]) for day in Weekday],
            "has_hours": bool(rules),
            "today": today,
            "exceptions": list(exceptions.coming()),
            "stranded": Appointment.objects.stranded().for_doctor(doctor).count(),
            "may_change": member.may("members.administer") or member.pk == doctor.pk,
            **forms,
            **context,
        },
    )
