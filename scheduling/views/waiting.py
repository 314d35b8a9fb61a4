"""The waiting list: the desk's, and a patient's own place on it."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members.models import DoctorProfile, PatientProfile
from accounts.members.models.guardianship import meet_guardians
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from scheduling import services
from scheduling.forms import OwnWishForm, WishForm
from scheduling.models import AppointmentType, WaitingListEntry
from scheduling.views.booking import MOST_FOUND
from scheduling.views.day import active_doctors, wanted_doctor
from scheduling.views.public import own_patient

PAGE = 25
SETTLED = "settled"


@requires("scheduling.view_waiting_list")
def waiting_list(request: ClinicRequest) -> HttpResponse:
    """Who waits, in the order in which they are asked; offers that are out; and what became of others."""
    doctors = active_doctors()
    doctor, shown = wanted_doctor(request, doctors), request.GET.get("status", "")
    wishes = WaitingListEntry.objects.with_people()
    wishes = wishes.settled() if shown == SETTLED else wishes.open()
    if doctor:
        wishes = wishes.for_doctor(doctor)
    page = Paginator(wishes, PAGE).get_page(request.GET.get("page"))
    meet_guardians([wish.patient.member for wish in page])
    context = {"page_obj": page, "doctors": doctors, "doctor": doctor, "is_settled": shown == SETTLED}
    return render(request, "scheduling/waiting_list.html", context)


@requires("scheduling.join_waiting_list")
def join_waiting_list(request: ClinicRequest) -> HttpResponse:
    """Put a patient on the list; the desk says whom (?patient=), a patient is meant already."""
    own = own_patient(request)
    patient = own or _wanted_patient(request)
    if patient is None:
        return _choose_patient(request)
    meet_guardians([patient.member])
    form = _form(request, own)
    if request.method == "POST" and form.submit(
        services.join_waiting_list, by=request.member, patient=patient
    ):
        messages.success(request, _said(form.result))
        return redirect("scheduling:portal" if own else "scheduling:waiting_list")
    context = {"form": form, "patient": patient, "is_own": own is not None}
    return render(request, "scheduling/join_waiting_list.html", context)


@requires("scheduling.leave_waiting_list")
@require_POST
def leave_waiting_list(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a wish off the list; a patient only the own."""
    entry = get_object_or_404(WaitingListEntry.objects.visible_to(request.member), pk=pk)
    carry_out(request, services.leave_waiting_list, entry, _("Taken off the waiting list."))
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return redirect(wanted)
    return redirect("scheduling:portal" if own_patient(request) else "scheduling:waiting_list")


def _form(request: ClinicRequest, own: PatientProfile | None) -> WishForm:
    """The form, with the doctor who was being booked as its first answer."""
    doctors, types = DoctorProfile.objects.active(), AppointmentType.objects.active()
    if own:
        doctors, types = DoctorProfile.objects.bookable(), AppointmentType.objects.public()
    by_name = doctors.with_people().order_by("member__given_name", "member__family_name")
    return (OwnWishForm if own else WishForm)(
        request.POST or None,
        doctors=list(by_name),
        types=types,
        initial={"doctor": request.GET.get("doctor"), "appointment_type": request.GET.get("type")},
    )


def _said(entry: WaitingListEntry) -> str:
    """What to tell who has entered a wish."""
    if entry.appointment is None:
        return _("On the waiting list. The patient is told as soon as a time is free.")
    if entry.patient.member.can_be_told:
        return _("A time is free already: it is offered to the patient and kept for a while.")
    return _("A time is free already and kept for a while: please call the patient.")


def _wanted_patient(request: ClinicRequest) -> PatientProfile | None:
    wanted = request.POST.get("patient") or request.GET.get("patient")
    if not wanted:
        return None
    try:
        key = uuid.UUID(wanted)
    except ValueError:
        return None
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    found: PatientProfile = get_object_or_404(patients, pk=key)
    return found


def _choose_patient(request: ClinicRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:100]
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    found: Any = patients.active().search(query)[:MOST_FOUND] if query else ()
    back = reverse("scheduling:waiting_list")
    context = {"found": found, "query": query, "back": back}
    return render(request, "scheduling/waiting_patient.html", context)
