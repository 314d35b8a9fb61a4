"""Agents and their patients: an agent asks, the clinic says yes or no, and one of them ends it."""

import datetime
from contextlib import suppress
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import AgentAssignment, AgentProfile, AssignmentStatus, Member, PatientProfile
from accounts.members.services.storing import change, store
from clinic.inbox.services import notify
from clinic.models import Refusal


@transaction.atomic
def assign_agent(
    patient: PatientProfile,
    *,
    by: Member | None,
    agent: AgentProfile,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    notes: str = "",
) -> AgentAssignment:
    """Give the agent this patient, from today unless `since` says otherwise; that answers its wish too."""
    if not agent.member.is_admitted:
        raise Refusal(_("This agent has no access here any more. Choose another one."), "agent")
    days: dict[str, Any] = {"since": since or timezone.localdate(), "until": until, "notes": notes}
    there = AgentAssignment.objects.filter(patient=patient, agent=agent, status__in=["requested", "active"])
    known = there.select_for_update().first()
    if known and known.status == AssignmentStatus.REQUESTED:
        return accept_assignment(known, by=by, **days)
    if known and known.until and known.until < timezone.localdate():
        _end(known, by=None, reason=_("The last day has passed."))
    assignment: AgentAssignment = store(AgentAssignment(patient=patient, agent=agent, assigned_by=by, **days))
    _tell_agent("agent_has_patient", assignment, by=by)
    return assignment


@transaction.atomic
def request_assignment(
    patient: PatientProfile, *, by: Member | None, agent: AgentProfile, given_as: str
) -> AgentAssignment:
    """What runs between the two, or a new wish of the agent to have the patient, for the clinic to answer.

    It is the same for a file that was just begun and for one that was there: by nothing that follows does
    the agent learn which of them it is.
    """
    wish = AgentAssignment(
        patient=patient, agent=agent, status=AssignmentStatus.REQUESTED, given_as=given_as.strip()
    )
    # Past its last day, it would stand in the way of the next.
    for assignment in AgentAssignment.objects.over().filter(patient=patient, agent=agent):
        end_assignment(assignment, by=None, reason=_("The last day has passed."))
    if AgentAssignment.objects.insert_unless_taken(wish):
        return wish
    found: AgentAssignment = AgentAssignment.objects.running().get(patient=patient, agent=agent)
    return found


@transaction.atomic
def accept_assignment(
    assignment: AgentAssignment, *, by: Member | None, since: datetime.date | None = None, **facts: Any
) -> AgentAssignment:
    """Say yes to what the agent asked; it has the patient from today unless `since` says otherwise."""
    found = _locked(assignment)
    found.move("accept_assignment", since=since or timezone.localdate(), assigned_by=by, **facts)
    _tell_agent("agent_has_patient", found, by=by)
    return found


@transaction.atomic
def decline_assignment(assignment: AgentAssignment, *, by: Member | None, reason: str) -> AgentAssignment:
    """Say no to what the agent asked. The agent reads that, and not why."""
    declined = _end(assignment, verb="decline_assignment", by=by, reason=reason)
    _tell_agent("agent_not_given_patient", declined, by=by)
    return declined


@transaction.atomic
def update_assignment(
    assignment: AgentAssignment,
    *,
    by: Member | None,
    since: datetime.date | None,
    until: datetime.date | None,
    notes: str,
) -> AgentAssignment:
    """Correct from when until when, and the notes."""
    found = _locked(assignment)
    if found.status == AssignmentStatus.ENDED:
        raise Refusal(_("This has ended and stays as it was. Assign the agent anew."))
    facts: dict[str, Any] = {"until": until, "notes": notes}
    # Before the clinic has said yes there is no first day.
    if found.status == AssignmentStatus.ACTIVE:
        facts["since"] = since
    corrected: AgentAssignment = change(found, facts)
    return corrected


@transaction.atomic
def end_assignment(assignment: AgentAssignment, *, by: Member | None, reason: str) -> AgentAssignment:
    """Take the patient from the agent, at once."""
    ended = _end(assignment, by=by, reason=reason)
    _tell_agent("agent_lost_patient", ended, by=by)
    return ended


@transaction.atomic
def end_my_agent(assignment: AgentAssignment, *, by: Member) -> AgentAssignment:
    """Let a patient take it from an agent to act in the own name; the desk is told."""
    if assignment.patient_id != by.pk:
        raise Refusal(_("This is about somebody else."))
    ended = end_assignment(assignment, by=by, reason=_("The patient does not want it any more."))
    facts = {"patient": by.name, "agent": ended.agent.name}
    link = reverse("members:patient", args=[by.pk], urlconf="clinic.urls")
    notify(kind="patient_ended_agent", to=Member.objects.desk(), by=by, facts=facts, link=link)
    return ended


def end_over_assignments() -> int:
    """End what has passed its last day; how many. Whether an agent has a patient is never asked of this."""
    ended = 0
    for assignment in AgentAssignment.objects.over():
        # Ended or made longer in this very moment.
        with suppress(Refusal):
            end_assignment(assignment, by=None, reason=_("The last day has passed."))
            ended += 1
    return ended


def _end(
    assignment: AgentAssignment, *, by: Member | None, reason: str, verb: str = "end_assignment"
) -> AgentAssignment:
    if not reason.strip():
        raise Refusal(_("Say why, so that it can be understood later."), "reason")
    facts = {"ended_at": timezone.now(), "ended_by": by, "end_reason": reason.strip()}
    return _locked(assignment).move(verb, **facts)


def _locked(assignment: AgentAssignment) -> AgentAssignment:
    found: AgentAssignment = AgentAssignment.objects.with_people().locked(assignment.pk)
    return found


def _tell_agent(kind: str, assignment: AgentAssignment, *, by: Member | None) -> None:
    """Tell the agent; of a wish that was declined by the name the agent gave."""
    was_given = assignment.since is not None
    name = assignment.patient.name if was_given else assignment.given_as
    link = reverse("scheduling:my_patients", urlconf="clinic.urls")
    notify(kind=kind, to=[assignment.agent_id], by=by, facts={"patient": name}, link=link)
