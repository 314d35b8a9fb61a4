"""The desk gives patients to agents, and takes them back."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members import services
from accounts.members.forms import AssignmentForm, NewAssignmentForm
from accounts.members.models import AgentAssignment, PatientProfile
from clinic.access import requires
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest, carry_out


@requires("members.assign_agent")
def assign_agent(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Give the patient to an agent."""
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    patient = get_object_or_404(patients, pk=pk)
    form = NewAssignmentForm(request.POST or None)
    if request.method == "POST" and form.submit(services.assign_agent, patient=patient, by=request.member):
        messages.success(request, _("The agent looks after this patient now."))
        return redirect("members:patient", pk)
    context = {"form": form, "patient": patient, "title": _("Assign an agent")}
    return render(request, "members/add_part.html", context)


@require_POST
@requires("members.accept_assignment")
def accept_assignment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say yes to what an agent asked."""
    found = _visible(request, pk)
    said = _("%(agent)s looks after %(patient)s now.") % {
        "agent": found.agent.name,
        "patient": found.patient.name,
    }
    carry_out(request, services.accept_assignment, found, said)
    return redirect(_back(request, found))


@requires("members.decline_assignment")
def decline_assignment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say no to it, with a reason."""
    return _end(request, pk, services.decline_assignment)


@requires("members.end_assignment")
def end_assignment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take the patient from the agent, with a reason."""
    return _end(request, pk, services.end_assignment)


@require_POST
@requires("members.end_my_agent")
def end_my_agent(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A patient does not want an agent to act any more."""
    own = AgentAssignment.objects.in_force().filter(patient_id=request.member.pk).with_people()
    found = get_object_or_404(own, pk=pk)
    said = _("%(agent)s does not book for you any more.") % {"agent": found.agent.name}
    carry_out(request, services.end_my_agent, found, said)
    return redirect("members:me")


def _end(request: ClinicRequest, pk: uuid.UUID, service: Callable[..., Any]) -> HttpResponse:
    found = _visible(request, pk)
    form, back = ReasonForm(request.POST or None), _back(request, found)
    if request.method == "POST" and form.submit(service, assignment=found, by=request.member):
        messages.success(request, _("This agent does not have the patient any more."))
        return redirect(back)
    context = {"form": form, "assignment": found, "back": back, "is_wish": found.status == "requested"}
    return render(request, "members/end_assignment.html", context)


@requires("members.update_assignment")
def update_assignment(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct the days and the notes."""
    found = _visible(request, pk)
    back = _back(request, found)
    form = AssignmentForm(request.POST or None, instance=found)
    if request.method == "POST" and form.submit(
        services.update_assignment, assignment=found, by=request.member
    ):
        messages.success(request, _("Saved."))
        return redirect(back)
    context = {"form": form, "assignment": found, "back": back}
    return render(request, "members/update_assignment.html", context)


def _visible(request: ClinicRequest, pk: uuid.UUID) -> AgentAssignment:
    return get_object_or_404(AgentAssignment.objects.visible_to(request.member).with_people(), pk=pk)


def _back(request: ClinicRequest, assignment: AgentAssignment) -> str:
    """Where the person came from (the form's `next`, if it is ours), else the patient's page."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return reverse("members:patient", args=[assignment.patient_id])
