"""What agents do for the patients the clinic gave them. Nothing clinical is shown: not why somebody comes."""

import uuid
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.members.models import AgentAssignment
from clinic.access import requires
from clinic.http import ClinicRequest
from scheduling import services
from scheduling.forms import AssistanceForm, BroughtForm, CancelForm, OwnPatientForm, TimeForm
from scheduling.models import Appointment, Assistance, BookingPolicy
from scheduling.models.assistance import at_work, next_visit
from scheduling.models.slots import Terms
from scheduling.services.times import is_late_change
from scheduling.views.actions import CHANGES
from scheduling.views.agents import booked_or_page
from scheduling.views.booking import picker

PAGE = 25


@requires("scheduling.view_my_patients")
def my_patients(request: ClinicRequest) -> HttpResponse:
    """The agent's patients, with what was done for each; those that wait for the clinic by the given name."""
    query = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    own = at_work(AgentAssignment.objects.mine(request.member, query)).annotate(next_visit=next_visit())
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    return render(request, "scheduling/agents/my_patients.html", {"page_obj": page, "query": query})


@requires("scheduling.register_brought_patient")
def register_brought_patient(request: ClinicRequest) -> HttpResponse:
    """Take in somebody new; the answer is the same for everybody."""
    form = BroughtForm(request.POST or None)
    if request.method == "POST" and form.submit(services.register_brought_patient, by=request.member):
        messages.success(request, _("The clinic has what you wrote, and will answer."))
        return redirect("scheduling:my_patients")
    return render(request, "scheduling/agents/register.html", {"form": form})


class OwnVisit(NamedTuple):
    """A visit the agent booked, and what it may still do about it."""

    visit: Appointment
    verbs: tuple[str, ...]


@requires("scheduling.view_my_patients")
def my_patient(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One patient: how to reach them, what the agent booked, and what it did."""
    own = _own(request, pk)
    booked = _booked(request).filter(patient_id=pk).order_by("-starts_at")
    page = Paginator(booked, PAGE).get_page(request.GET.get("page"))
    policy = BookingPolicy.objects.current()
    log = Assistance.objects.visible_to(request.member).filter(patient_id=pk).select_related("appointment")
    context = {
        "assignment": own,
        "patient": own.patient,
        "page_obj": page,
        "visits": [OwnVisit(visit, changes(visit, request, policy)) for visit in page],
        "log": log[:PAGE],
    }
    return render(request, "scheduling/agents/my_patient.html", context)


def changes(visit: Appointment, request: ClinicRequest, policy: BookingPolicy) -> tuple[str, ...]:
    """What the agent may still change of the visit."""
    if is_late_change(visit, request.member, policy):
        return ()
    return tuple(verb for verb in visit.verbs if verb in CHANGES)


@requires("scheduling.log_assistance")
def log_assistance(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down what was done for the patient."""
    own = _own(request, pk)
    form = AssistanceForm(request.POST or None, visits=_booked(request).filter(patient_id=pk))
    if request.method == "POST" and form.submit(services.log_assistance, assignment=own, by=request.member):
        messages.success(request, _("Written down."))
        return redirect("scheduling:my_patient", pk)
    return render(request, "scheduling/agents/log.html", {"form": form, "patient": own.patient})


@requires("scheduling.book_for_patient")
def book_for_patient(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A doctor, a kind of visit, a time: booked at once."""
    own = _own(request, pk)
    form, shown = OwnPatientForm(request.POST or None), {"patient": own.patient}
    service, template = services.book_for_patient, "scheduling/agents/book.html"
    page = booked_or_page(request, form, service, template, shown, assignment=own)
    if page:
        return page
    messages.success(request, _("The visit is booked."))
    return redirect("scheduling:my_patient", pk)


@requires("scheduling.cancel_for_patient")
def cancel_for_patient(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Call off a visit that the agent booked."""
    visit = get_object_or_404(_booked(request), pk=pk)
    form = CancelForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.cancel_for_patient, appointment=visit, by=request.member
    ):
        messages.success(request, _("The visit is cancelled; its time is free again."))
        return redirect("scheduling:my_patient", visit.patient_id)
    return render(request, "scheduling/agents/cancel.html", {"visit": visit, "form": form})


@requires("scheduling.reschedule_for_patient")
def reschedule_for_patient(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Give a visit that the agent booked another time, with the same doctor."""
    visit = get_object_or_404(_booked(request), pk=pk)
    form = TimeForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.reschedule_for_patient, appointment=visit, by=request.member
    ):
        messages.success(request, _("The visit is moved."))
        return redirect("scheduling:my_patient", visit.patient_id)
    terms = Terms(visit.appointment_type_id, by_patient=True)
    context: dict[str, Any] = {"visit": visit, **picker(request, form, visit.doctor, terms)}
    return render(request, "scheduling/agents/move.html", context)


def _own(request: ClinicRequest, pk: uuid.UUID) -> AgentAssignment:
    own = AgentAssignment.objects.in_force().filter(agent_id=request.member.pk).with_people()
    return get_object_or_404(own, patient_id=pk)


def _booked(request: ClinicRequest) -> Any:
    return Appointment.objects.visible_to(request.member).with_people()
