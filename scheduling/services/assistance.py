"""The log of what agents do for their patients: written by what they do here, and by their own hand."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import AgentAssignment, AgentProfile, Member, PatientProfile
from accounts.members.services import assign_agent
from accounts.members.services.storing import store
from clinic.models import Refusal
from scheduling.models import Appointment, Assistance
from scheduling.models.assistance import BY_HAND, AssistanceKind

NOT_YOURS = _("This is not one of your patients. Ask the clinic to assign them to you.")


@transaction.atomic
def log_assistance(
    assignment: AgentAssignment,
    *,
    by: Member,
    kind: str,
    happened_at: datetime.datetime,
    note: str = "",
    appointment: Appointment | None = None,
) -> Assistance:
    """Write down what the agent did for one of the own patients. A line stays as it is written."""
    found = AgentAssignment.objects.in_force().filter(pk=assignment.pk, agent_id=by.pk).first()
    if found is None:
        raise Refusal(NOT_YOURS)
    if kind not in BY_HAND:
        raise Refusal(_("Choose one of the values offered."), "kind")
    if happened_at > timezone.now():
        raise Refusal(_("This lies ahead. Write it down when it is done."), "happened_at")
    return write(found, kind, by=by, happened_at=happened_at, note=note, appointment=appointment)


def log_step(appointment: Appointment, kind: AssistanceKind, *, by: Member | None) -> Assistance:
    """Write down what became of a visit through its agent.

    Whoever books in an agent's name has given it the patient: the assignment is made if none runs.
    """
    agent = AgentProfile.objects.with_people().get(pk=appointment.agent_id)
    assignment = running_assignment(agent, appointment.patient) or _given(agent, appointment, by=by)
    return write(assignment, kind, by=by, appointment=appointment)


def running_assignment(agent: AgentProfile, patient: PatientProfile) -> AgentAssignment | None:
    """What runs between the two: asked for, or given."""
    found: AgentAssignment | None = (
        AgentAssignment.objects.running().filter(agent=agent, patient=patient).first()
    )
    return found


def _given(agent: AgentProfile, appointment: Appointment, *, by: Member | None) -> AgentAssignment:
    if by is not None and by.pk == agent.pk:
        raise Refusal(NOT_YOURS)
    return assign_agent(appointment.patient, by=by, agent=agent)


def write(
    assignment: AgentAssignment,
    kind: str,
    *,
    by: Member | None,
    happened_at: datetime.datetime | None = None,
    note: str = "",
    appointment: Appointment | None = None,
) -> Assistance:
    """Add a line to the log of the assignment."""
    line = Assistance(
        assignment=assignment,
        agent_id=assignment.agent_id,
        patient_id=assignment.patient_id,
        kind=kind,
        happened_at=happened_at or timezone.now(),
        note=note,
        appointment=appointment,
        written_by=by,
    )
    written: Assistance = store(line)
    return written
