"""Giving a time to a patient: booked at once, or moved to another time."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.members.models import AgentProfile, DoctorProfile, Member, PatientProfile
from scheduling import emails, news
from scheduling.models import Appointment, AppointmentSeries, AppointmentType, Source, Status
from scheduling.models.assistance import AssistanceKind
from scheduling.models.slots import Terms
from scheduling.services.assistance import log_step
from scheduling.services.fees import reckoned_fee
from scheduling.services.limits import refuse_own_surplus
from scheduling.services.times import (
    HOLD,
    is_patient,
    place,
    queue_for,
    queue_to_overbook,
    refuse_late_change,
    refuse_overbooking,
    refuse_when_closed,
    take,
    take_turn,
    wanted_slot,
)
from scheduling.services.types import refuse_kind, refuse_unwilling
from scheduling.services.waiting import offer_freed_time

# Those who are bound by the clinic's notice and horizon.
BOUND = (Source.PUBLIC, Source.PORTAL, Source.AGENT)


@transaction.atomic
def book_appointment(
    *,
    by: Member | None,
    doctor: DoctorProfile,
    patient: PatientProfile,
    starts_at: datetime.datetime,
    minutes: int | None = None,
    appointment_type: AppointmentType | None = None,
    mode: str | None = None,
    branch: str | None = None,
    reason: str = "",
    overbook_reason: str = "",
    source: str = Source.RECEPTION,
    agent: AgentProfile | None = None,
    series: AppointmentSeries | None = None,
    tell: bool = True,
) -> Appointment:
    """Book a visit at once. Without `minutes` the time must be one that is offered.

    With `minutes` it may be any free time within the doctor's hours, with `overbook_reason` also one that
    is taken. `branch` is the one at which it was offered (Terms). An agent who books is on record as such.
    The patient gets a message unless `tell` is false. Raises Refusal.
    """
    refuse_when_closed()
    refuse_overbooking(overbook_reason, by)
    if source == Source.PORTAL:
        refuse_own_surplus(patient)
    if source == Source.AGENT and by and agent is None:
        agent = AgentProfile.objects.filter(pk=by.pk).first()
    refuse_kind(appointment_type, doctor, by_patient=source in BOUND)
    if overbook_reason:
        queue_to_overbook({doctor.pk})
    kind = appointment_type.pk if appointment_type else None
    terms = Terms(kind, mode, by_patient=source in BOUND, branch=branch)
    slot = wanted_slot(doctor, starts_at, minutes, terms, beside=bool(overbook_reason))
    appointment = Appointment(
        doctor=doctor,
        patient=patient,
        status=Status.BOOKED,
        source=source,
        appointment_type=appointment_type,
        reason=reason,
        booked_by=by,
        agent=agent,
        series=series,
        fee=reckoned_fee(doctor, patient, appointment_type, slot.starts_at),
    )
    place(appointment, slot)
    take(appointment, overbook_reason)
    if agent:
        log_step(appointment, AssistanceKind.BOOKING, by=by)
    if tell:
        emails.appointment_booked(appointment)
        news.tell("book_appointment", appointment, by=by)
    return appointment


@transaction.atomic
def reschedule_appointment(
    appointment: Appointment,
    *,
    by: Member | None,
    starts_at: datetime.datetime,
    doctor: DoctorProfile | None = None,
    minutes: int | None = None,
    branch: str | None = None,
    overbook_reason: str = "",
    tell: bool = True,
) -> Appointment:
    """Move a visit: a new appointment takes its place, and the old one points to it. Raises Refusal.

    The new one stands where the old one stood: a request stays a request. The fee changes with the doctor.
    """
    refuse_when_closed()
    refuse_overbooking(overbook_reason, by)
    take_turn()
    touched = {appointment.doctor_id, doctor.pk if doctor else appointment.doctor_id}
    queue_for(touched)
    if overbook_reason:
        queue_to_overbook(touched)
    old = Appointment.objects.with_kind().locked(appointment.pk)
    doctor = doctor or old.doctor
    if doctor != old.doctor:
        refuse_unwilling(old.appointment_type, doctor)
    refuse_late_change(old, by)
    moved = give_up(old, doctor, by=by)
    terms = Terms(old.appointment_type_id, by_patient=is_patient(old, by), branch=branch)
    settle(moved, old, starts_at, minutes, terms, overbook_reason)
    offer_freed_time(old)
    if tell:
        emails.appointment_moved(moved)
        news.tell("reschedule_appointment", moved, by=by, was=moved.status, before=old)
    return moved


def give_up(old: Appointment, doctor: DoctorProfile, *, by: Member | None) -> Appointment:
    """Let a locked visit give up its time first, so that the new one, still without any, may overlap it."""
    moved = Appointment(
        doctor=doctor,
        patient=old.patient,
        status=old.status,
        source=old.source,
        appointment_type=old.appointment_type,
        reason=old.reason,
        booked_by=by,
        agent_id=old.agent_id,
        series_id=old.series_id,
        fee=old.fee,
        held_until=old.held_until,
        patient_confirmed_at=old.patient_confirmed_at,
        calendar_id=old.calendar_id,
        sequence=old.sequence + 1,
    )
    old.move("reschedule_appointment", rescheduled_to=moved, held_until=None)
    return moved


def settle(
    moved: Appointment,
    old: Appointment,
    starts_at: datetime.datetime,
    minutes: int | None,
    terms: Terms,
    overbook_reason: str = "",
) -> None:
    """Give a visit that is on its way its new time; the fee changes with the doctor. Raises Refusal."""
    slot = wanted_slot(moved.doctor, starts_at, minutes, terms, beside=bool(overbook_reason))
    if moved.doctor != old.doctor:
        moved.fee = reckoned_fee(moved.doctor, old.patient, old.appointment_type, slot.starts_at)
    # A request is not kept longer by being moved.
    hold = moved.held_until - timezone.now() if moved.held_until else HOLD
    place(moved, slot, hold)
    take(moved, overbook_reason)
