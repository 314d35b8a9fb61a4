"""The front desk books and moves visits."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.models import DoctorProfile, PatientProfile
from accounts.members.services import register_patient
from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import BookForm, MoveForm, NewPatientForm, TimeForm, instant
from scheduling.models import nearby_slots, next_free
from scheduling.views.actions import visible_or_404
from scheduling.views.day import active_doctors, wanted_doctor
from scheduling.views.public import Choice, own_patient
from scheduling.views.week import week_of

MOST_FOUND = 8


@requires("scheduling.book_appointment")
def book_appointment(request: ClinicRequest) -> HttpResponse:
    """Find the patient, choose the doctor, choose the time: three answers in the address, one button."""
    if own_patient(request):
        return redirect("scheduling:choose_doctor")
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    patient = _chosen(patients, request.POST.get("patient") or request.GET.get("patient"))
    if patient is None:
        return _choose_patient(request, patients, NewPatientForm())
    doctors = active_doctors()
    doctor = _posted(request, doctors) or wanted_doctor(request, doctors)
    if doctor is None:
        return _choose_doctor(request, patient, doctors)
    form = BookForm(request.POST or None, patients=patients, doctors=DoctorProfile.objects.active())
    if request.method == "POST" and form.submit(services.book_appointment, by=request.member):
        messages.success(request, _("The visit is booked."))
        day = timezone.localdate(form.result.starts_at)
        return redirect(f"{reverse('scheduling:day')}?on={day}")
    context = {"patient": patient, "doctors": doctors}
    return render(request, "scheduling/book.html", context | _picker(request, form, doctor))


@requires("members.register_patient")
@require_POST
def register_patient_to_book(request: ClinicRequest) -> HttpResponse:
    """Take in a new patient with what is known on the phone, and go on booking."""
    form = NewPatientForm(request.POST)
    if form.submit(register_patient, by=request.member):
        return redirect(f"{reverse('scheduling:book_appointment')}?patient={form.result.pk}")
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    return _choose_patient(request, patients, form)


@requires("scheduling.reschedule_appointment")
def reschedule_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a visit another time. Staff may choose another doctor and any free time within the hours."""
    appointment = visible_or_404(request, pk)
    patient = own_patient(request)
    doctors = [appointment.doctor] if patient else active_doctors()
    doctor = _posted(request, doctors) or wanted_doctor(request, doctors) or appointment.doctor
    form = _move_form(request, is_patient=patient is not None)
    if request.method == "POST" and form.submit(
        services.reschedule_appointment, appointment=appointment, by=request.member
    ):
        messages.success(request, _("The visit is moved; the patient is told."))
        return redirect("scheduling:appointment", form.result.pk)
    context = {"appointment": appointment, "doctors": doctors, "is_patient": patient is not None}
    return render(request, "scheduling/reschedule.html", context | _picker(request, form, doctor))


def _move_form(request: ClinicRequest, *, is_patient: bool) -> Any:
    if is_patient:
        return TimeForm(request.POST or None)
    return MoveForm(request.POST or None, doctors=DoctorProfile.objects.active())


def _picker(request: ClinicRequest, form: Any, doctor: DoctorProfile) -> dict[str, Any]:
    """The week's free times, the chosen one, and after a refusal those near it."""
    at = instant(request.POST.get("starts_at") or request.GET.get("at"))
    nearby = nearby_slots(doctor.pk, at) if at and "starts_at" in form.errors else []
    return {"form": form, "doctor": doctor, "at": at, "nearby": nearby, **week_of(request, [doctor.pk])}


def _choose_patient(request: ClinicRequest, patients: Any, form: NewPatientForm) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = patients.active().search(query)[:MOST_FOUND] if query else []
    context = {"found": found, "query": query, "form": form}
    return render(request, "scheduling/book_patient.html", context)


def _choose_doctor(
    request: ClinicRequest, patient: PatientProfile, doctors: list[DoctorProfile]
) -> HttpResponse:
    free = next_free([doctor.pk for doctor in doctors])
    choices = [Choice(doctor, free.get(doctor.pk)) for doctor in doctors]
    return render(request, "scheduling/book_doctor.html", {"patient": patient, "choices": choices})


def _chosen(patients: Any, wanted: str | None) -> PatientProfile | None:
    if not wanted:
        return None
    try:
        key = uuid.UUID(wanted)
    except ValueError:
        return None
    found: PatientProfile = get_object_or_404(patients, pk=key)
    return found


def _posted(request: ClinicRequest, doctors: list[DoctorProfile]) -> DoctorProfile | None:
    return next((doctor for doctor in doctors if str(doctor.pk) == request.POST.get("doctor")), None)
