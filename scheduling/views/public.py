"""Booking without an account: a doctor, a time, and who comes."""

import uuid
from typing import NamedTuple

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.clients import client_ip
from accounts.members.models import DoctorProfile, PatientProfile
from clinic.access import public
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import OwnVisitForm, RequestForm, instant
from scheduling.models import Slot, Source, nearby_slots, next_free
from scheduling.views.week import week_of
from tenants.models import Organization


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
            service, who = services.request_appointment, {"address": client_ip(request)}
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
