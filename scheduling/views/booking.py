"""The front desk books and moves visits."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.models import AgentProfile, DoctorProfile, PatientProfile
from accounts.members.services import register_patient
from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import BookForm, MoveForm, NewPatientForm, RepeatForm, TimeForm, instant
from scheduling.models import Appointment, AppointmentType, nearby_slots, next_free
from scheduling.models.slots import Terms
from scheduling.services.series import rest_of
from scheduling.views.actions import back_from, visible_or_404
from scheduling.views.calendar.dialog import ask_to_move, in_dialog, minutes_of, say_moved, wanted_time
from scheduling.views.day import active_doctors, wanted_doctor
from scheduling.views.desk import Kinds
from scheduling.views.public import Choice, own_patient
from scheduling.views.series import KEPT_REASON
from scheduling.views.week import week_of
from scheduling.views.where import kept_branch

MOST_FOUND = 8


@requires("scheduling.book_appointment")
def book_appointment(request: ClinicRequest) -> HttpResponse:
    """Find the patient, choose the doctor and the kind, choose the time: the answers stand in the address."""
    if own_patient(request):
        return redirect("scheduling:choose_doctor")
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    patient = _chosen(patients, request.POST.get("patient") or request.GET.get("patient"))
    if patient is None:
        return _choose_patient(request, patients, NewPatientForm())
    doctors = active_doctors()
    doctor = posted_doctor(request, doctors) or wanted_doctor(request, doctors)
    if doctor is None:
        return _choose_doctor(request, patient, doctors)
    kinds = Kinds.of(request, patient, doctor)
    form = BookForm(
        request.POST or None,
        patients=patients,
        doctors=DoctorProfile.objects.active(),
        types=AppointmentType.objects.active(),
        agents=AgentProfile.objects.active().with_people(),
        usual_minutes=kinds.minutes,
        may_overbook=request.member.may("scheduling.overbook_appointment"),
    )
    repeat = RepeatForm(request.POST if "repeat" in request.POST else None)
    if "repeat" in request.POST and form.is_valid() and repeat.is_valid():
        return _to_series(request, kinds, form.cleaned_data, repeat.cleaned_data)
    if (
        request.method == "POST"
        and not repeat.is_bound
        and form.submit(services.book_appointment, by=request.member)
    ):
        messages.success(request, _("The visit is booked."))
        day = timezone.localdate(form.result.starts_at)
        return redirect(f"{reverse('scheduling:day')}?on={day}")
    context = {"patient": patient, "doctors": doctors, "kinds": kinds, "repeat": repeat}
    times = picker(request, form, doctor, kinds.terms)
    if times["at"] not in [slot.starts_at for slot in times["chosen"].slots]:
        # Chosen in the calendar, where any time can be chosen.
        form.initial["other_time"] = times["at"]
    return render(request, "scheduling/book.html", context | times)


def _to_series(
    request: ClinicRequest, kinds: Kinds, visit: dict[str, Any], repeat: dict[str, Any]
) -> HttpResponse:
    """On to the page of the series; the reason waits in the session, not in the address."""
    request.session[KEPT_REASON] = visit["reason"]
    answers = {
        "patient": visit["patient"].pk,
        "doctor": visit["doctor"].pk,
        "type": kinds.offer.type.pk if kinds.offer else "",
        "mode": kinds.place,
        "at": visit["starts_at"].isoformat(),
        **repeat,
    }
    return redirect(f"{reverse('scheduling:book_series')}?{urlencode(answers)}")


@requires("members.register_patient")
@require_POST
def register_patient_to_book(request: ClinicRequest) -> HttpResponse:
    """Take in a new patient with what is known on the phone, and go on booking."""
    form = NewPatientForm(request.POST)
    if form.submit(register_patient, by=request.member, sure="sure" in request.POST):
        # What was chosen before (a doctor, a time in the calendar) stays chosen.
        asked = urlencode({**request.GET.dict(), "patient": form.result.pk})
        return redirect(f"{reverse('scheduling:book_appointment')}?{asked}")
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    return _choose_patient(request, patients, form)


@requires("scheduling.reschedule_appointment")
def reschedule_appointment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a visit another time. Staff may choose another doctor and any free time within the hours."""
    appointment = visible_or_404(request, pk)
    is_patient = own_patient(request) is not None
    doctors = [appointment.doctor] if is_patient else active_doctors()
    doctor = posted_doctor(request, doctors) or wanted_doctor(request, doctors) or appointment.doctor
    rest = [] if is_patient else rest_of(appointment)
    form = _move_form(request, appointment, is_patient=is_patient)
    if "following" in request.POST and len(rest) > 1 and form.is_valid():
        at = urlencode({"at": form.cleaned_data["starts_at"].isoformat(), "doctor": doctor.pk})
        return redirect(f"{reverse('scheduling:move_series', args=[pk])}?{at}")
    if request.method == "POST" and form.submit(
        services.reschedule_appointment, appointment=appointment, by=request.member
    ):
        if is_patient:
            messages.success(request, _("The visit is moved."))
        else:
            say_moved(request, appointment, form.result)
        return redirect(back_from(request, form.result))
    context = {"appointment": appointment, "doctors": doctors, "is_patient": is_patient, "rest": rest}
    if in_dialog(request) and not is_patient:
        return ask_to_move(request, appointment, form, doctor)
    chips, branch = kept_branch(request, appointment, doctor)
    terms = Terms(appointment.appointment_type_id, by_patient=is_patient, branch=branch or None)
    context |= {"chips": chips, "branch": branch}
    return render(request, "scheduling/reschedule.html", context | picker(request, form, doctor, terms))


def _move_form(request: ClinicRequest, appointment: Appointment, *, is_patient: bool) -> Any:
    if is_patient:
        return TimeForm(request.POST or None)
    return MoveForm(
        request.POST or None,
        initial={"other_time": wanted_time(request), "minutes": request.GET.get("minutes")},
        doctors=DoctorProfile.objects.active(),
        usual_minutes=minutes_of(appointment),
        may_overbook=request.member.may("scheduling.overbook_appointment"),
    )


def picker(request: ClinicRequest, form: Any, doctor: DoctorProfile, terms: Terms) -> dict[str, Any]:
    """The week's free times, the chosen one, and after a refusal those near it."""
    at = instant(request.POST.get("starts_at") or request.GET.get("at"))
    nearby = nearby_slots(doctor.pk, at, terms=terms) if at and "starts_at" in form.errors else []
    week = week_of(request, [doctor.pk], terms)
    return {"form": form, "doctor": doctor, "at": at, "nearby": nearby, **week}


def _choose_patient(request: ClinicRequest, patients: Any, form: NewPatientForm) -> HttpResponse:
    query = request.GET.get("q", "").strip()
    found = patients.active().search(query)[:MOST_FOUND] if query else []
    context = {"found": found, "query": query, "form": form}
    return render(request, "scheduling/book_patient.html", context)


def _choose_doctor(
    request: ClinicRequest, patient: PatientProfile, doctors: list[DoctorProfile]
) -> HttpResponse:
    kinds = Kinds.of(request, patient, None)
    free = next_free([doctor.pk for doctor in doctors], terms=kinds.terms)
    choices = [Choice(doctor, free.get(doctor.pk)) for doctor in doctors]
    context = {"patient": patient, "choices": choices, "kinds": kinds}
    return render(request, "scheduling/book_doctor.html", context)


def _chosen(patients: Any, wanted: str | None) -> PatientProfile | None:
    if not wanted:
        return None
    try:
        key = uuid.UUID(wanted)
    except ValueError:
        return None
    found: PatientProfile = get_object_or_404(patients, pk=key)
    return found


def posted_doctor(request: ClinicRequest, doctors: list[DoctorProfile]) -> DoctorProfile | None:
    """The doctor the form names, if it is one of `doctors`."""
    return next((doctor for doctor in doctors if str(doctor.pk) == request.POST.get("doctor")), None)
