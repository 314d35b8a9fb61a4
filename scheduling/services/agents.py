"""Agents act for patients: new ones wait for the clinic's answer, for their own they book at once."""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.members.models import AgentAssignment, AgentProfile, DoctorProfile, Member
from accounts.members.services import find_or_register_patient, request_assignment
from clinic.inbox.services import notify
from clinic.models import Refusal
from scheduling import emails, news
from scheduling.models import Appointment, AppointmentType, BookingPolicy, Source, Status
from scheduling.models.assistance import AssistanceKind
from scheduling.models.slots import Terms
from scheduling.services.assistance import NOT_YOURS, log_step, write
from scheduling.services.booking import book_appointment, reschedule_appointment
from scheduling.services.fees import reckoned_fee
from scheduling.services.steps import cancel_appointment
from scheduling.services.times import NOT_BOOKABLE, chosen_slot, place, refuse_when_closed, take
from scheduling.services.types import refuse_kind


@transaction.atomic
def register_brought_patient(*, by: Member, **person: Any) -> AgentAssignment:
    """Take in somebody whom the agent brings; the clinic has still to say that the agent has the patient.

    `person` says who it is (accounts.members.services.find_or_register_patient). The agent is not told
    whether the patient was known: what it sees afterwards is the same. Raises Refusal.
    """
    wish = _brought(_agent(by), by=by, **person)
    if wish.status == AgentAssignment.Status.REQUESTED:
        page = reverse("scheduling:agent_list", urlconf="clinic.urls")
        facts = {"agent": by.name, "patient": wish.given_as}
        notify(kind="agent_asks", to=Member.objects.desk(), by=by, facts=facts, link=page)
    write(wish, AssistanceKind.REGISTRATION, by=by)
    return wish


@transaction.atomic
def request_for_patient(
    *,
    by: Member,
    doctor: DoctorProfile,
    starts_at: datetime.datetime,
    appointment_type: AppointmentType | None = None,
    branch: str | None = None,
    reason: str = "",
    **person: Any,
) -> Appointment:
    """Ask for an offered time for somebody else; it is held until the clinic answers.

    `person` as for `register_brought_patient`, with the same silence. Raises Refusal.
    """
    refuse_when_closed()
    agent = _agent(by)
    if not doctor.is_bookable:
        raise Refusal(NOT_BOOKABLE)
    refuse_kind(appointment_type, doctor, by_patient=True)
    terms = Terms(appointment_type.pk if appointment_type else None, by_patient=True, branch=branch)
    slot = chosen_slot(doctor, starts_at, None, terms)
    wish = _brought(agent, by=by, **person)
    patient = wish.patient
    appointment = Appointment(
        doctor=doctor,
        patient=patient,
        status=Status.PENDING,
        source=Source.AGENT,
        agent=agent,
        appointment_type=appointment_type,
        reason=reason,
        booked_by=by,
        fee=reckoned_fee(doctor, patient, appointment_type, slot.starts_at),
    )
    place(appointment, slot, BookingPolicy.objects.current().answer)
    take(appointment, is_stranger=True)
    write(wish, AssistanceKind.BOOKING, by=by, appointment=appointment)
    emails.request_received(appointment)
    news.tell("request_for_patient", appointment, by=by)
    return appointment


@transaction.atomic
def book_for_patient(
    assignment: AgentAssignment,
    *,
    by: Member,
    doctor: DoctorProfile,
    starts_at: datetime.datetime,
    appointment_type: AppointmentType | None = None,
    branch: str | None = None,
    reason: str = "",
) -> Appointment:
    """Book an offered time for one of the agent's own patients, as the patient could. Raises Refusal."""
    found = AgentAssignment.objects.in_force().with_people().filter(pk=assignment.pk, agent_id=by.pk).first()
    if found is None:
        raise Refusal(NOT_YOURS)
    if not doctor.is_bookable:
        raise Refusal(NOT_BOOKABLE)
    return book_appointment(
        by=by,
        doctor=doctor,
        patient=found.patient,
        starts_at=starts_at,
        appointment_type=appointment_type,
        branch=branch,
        reason=reason,
        source=Source.AGENT,
        agent=found.agent,
    )


@transaction.atomic
def reschedule_for_patient(
    appointment: Appointment, *, by: Member, starts_at: datetime.datetime, branch: str | None = None
) -> Appointment:
    """Give a visit that the agent booked another time, with the patient's own deadlines. Raises Refusal."""
    _refuse_others(appointment, by)
    moved = reschedule_appointment(appointment, by=by, starts_at=starts_at, branch=branch)
    log_step(moved, AssistanceKind.MOVE, by=by)
    return moved


@transaction.atomic
def cancel_for_patient(appointment: Appointment, *, by: Member, reason: str = "") -> Appointment:
    """Call off a visit that the agent booked, with the patient's own deadlines. Raises Refusal."""
    _refuse_others(appointment, by)
    cancelled = cancel_appointment(appointment, by=by, reason=reason)
    log_step(cancelled, AssistanceKind.CANCELLATION, by=by)
    return cancelled


def _agent(by: Member) -> AgentProfile:
    agent: AgentProfile | None = AgentProfile.objects.with_people().filter(pk=by.pk).first()
    if agent is None:
        raise Refusal(_("Only agents book for others here. Ask the clinic to complete your registration."))
    return agent


def _brought(agent: AgentProfile, *, by: Member, **person: Any) -> AgentAssignment:
    """The agent's wish to have whom it brings, or what runs between the two already."""
    patient = find_or_register_patient(by=by, **person)
    name = f"{person['given_name']} {person.get('family_name', '')}"
    return request_assignment(patient, by=by, agent=agent, given_as=name)


def _refuse_others(appointment: Appointment, by: Member) -> None:
    """Refuse what is not the agent's own booking for a patient it has now."""
    if not Appointment.objects.visible_to(by).filter(pk=appointment.pk).exists():
        raise Refusal(NOT_YOURS)
