"""Booking without an account: a doctor, a time, and who comes."""

import uuid
from collections.abc import Iterable
from itertools import groupby
from typing import Any, NamedTuple

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
from scheduling.models import Slot, Source, nearby_slots, next_free, offered_slot
from scheduling.services.fees import offers_to
from scheduling.services.times import NOT_OFFERED
from scheduling.views.kinds import Wanted, wanted
from scheduling.views.week import parts_of_day, week_of


class Choice(NamedTuple):
    """A doctor one may book, and when next."""

    doctor: DoctorProfile
    next: Slot | None


class Field(NamedTuple):
    """A specialisation with its doctors, and the first of their free times."""

    name: str
    choices: list[Choice]
    first: Choice | None


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
    if member and member.may("scheduling.view_my_patients"):
        return redirect("scheduling:my_patients")
    return choose_doctor(request)


@public
def choose_doctor(request: ClinicRequest) -> HttpResponse:
    """The doctors by specialisation, each with the next free time."""
    doctors = list(_by_specialisation())
    wish = wanted(request, [doctor.pk for doctor in doctors])
    asked = request.GET.get("specialisation", "")
    shown = [doctor for doctor in doctors if not asked or doctor.specialisation == asked]
    is_open = takes_bookings(request)
    free = next_free([doctor.pk for doctor in shown], terms=wish.terms) if is_open else {}
    return render(
        request,
        "scheduling/home.html",
        {
            "fields": _fields([Choice(doctor, free.get(doctor.pk)) for doctor in shown]),
            "specialisations": sorted({doctor.specialisation for doctor in doctors}),
            "specialisation": asked,
            "is_open": is_open,
            "wish": wish,
        },
    )


@public
def choose_any_doctor(request: ClinicRequest) -> HttpResponse:
    """The week of all doctors of a specialisation, or of all there are."""
    name = request.GET.get("specialisation", "")
    doctors = {doctor.pk: doctor for doctor in _by_specialisation(name)}
    wish = wanted(request, doctors)
    week = week_of(request, list(doctors), wish.terms)
    slots = sorted(week["chosen"].slots, key=lambda slot: (doctors[slot.doctor_id].name, slot.starts_at))
    by_doctor = [
        (doctors[key], parts_of_day(list(group)))
        for key, group in groupby(slots, lambda slot: slot.doctor_id)
    ]
    context = {
        "specialisation": name,
        "wish": wish,
        "by_doctor": by_doctor,
        "is_open": takes_bookings(request),
    }
    return render(request, "scheduling/any_times.html", context | week)


@public
def choose_time(request: ClinicRequest, doctor_id: uuid.UUID) -> HttpResponse:
    """A doctor's free times, a week at a time, a day at a glance."""
    doctor = get_object_or_404(bookable(), pk=doctor_id)
    wish = wanted(request, [doctor.pk], doctor)
    context = {"doctor": doctor, "wish": wish, "price": _price(doctor, wish, own_patient(request))}
    return render(request, "scheduling/times.html", context | week_of(request, [doctor.pk], wish.terms))


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
    wish = wanted(request, [doctor.pk], doctor)
    context = {
        "doctor": doctor,
        "form": form,
        "patient": patient,
        "wish": wish,
        "price": _price(doctor, wish, patient),
        **_offered(doctor, at, wish, form),
    }
    return render(request, "scheduling/request.html", context)


def _offered(doctor: DoctorProfile, at: Any, wish: Wanted, form: Any) -> dict[str, Any]:
    """The time that was chosen, or why it cannot be had, and those near it."""
    slot = offered_slot(doctor.pk, at, wish.terms) if at else None
    refused = next(iter(form.errors.get("starts_at", ())), "" if slot else NOT_OFFERED)
    near = nearby_slots(doctor.pk, at or timezone.now(), terms=wish.terms) if refused else []
    return {"slot": slot, "refused": refused, "times": near}


def _price(doctor: DoctorProfile, wish: Wanted, patient: PatientProfile | None) -> Any:
    """What the chosen kind of visit takes and costs, as far as it is known before we know who comes."""
    offers = offers_to(patient, doctor, timezone.now(), type(wish.kind).objects.public()) if wish.kind else ()
    return next((offer for offer in offers if offer.type == wish.kind), None)


def _fields(choices: Iterable[Choice]) -> list[Field]:
    """The choices, which come by specialisation, in their fields."""
    found = []
    for name, group in groupby(choices, key=lambda choice: choice.doctor.specialisation):
        of_field = list(group)
        free = [(choice.next.starts_at, choice) for choice in of_field if choice.next]
        soonest = min(free, key=lambda pair: pair[0], default=(None, None))
        found.append(Field(name, of_field, soonest[1]))
    return found


def _by_specialisation(name: str = "") -> QuerySet[DoctorProfile]:
    doctors = bookable().order_by("specialisation", "member__given_name", "member__family_name")
    return doctors.filter(specialisation=name) if name else doctors


def bookable() -> QuerySet[DoctorProfile]:
    """The doctors whom patients may book, with their names."""
    return DoctorProfile.objects.bookable().with_people()


def takes_bookings(request: ClinicRequest) -> bool:
    """Whether the clinic is open to bookings at all."""
    return request.organization.is_open


def own_patient(request: ClinicRequest) -> PatientProfile | None:
    """The signed-in patient, if it is one."""
    member = request.member
    if member is None or not member.may("scheduling.view_portal"):
        return None
    return PatientProfile.objects.with_people().filter(pk=member.pk).first()
