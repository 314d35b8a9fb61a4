"""Giving a time to a patient: booked at once, or moved to another time."""

import datetime

from django.db import transaction
from django.utils import timezone

from accounts.members.models import AgentProfile, DoctorProfile, Member, PatientProfile
from scheduling import emails
from scheduling.models import Appointment, AppointmentSeries, AppointmentType, Source, Status
from scheduling.models.slots import Terms
from scheduling.services.fees import reckoned_fee
from scheduling.services.limits import refuse_own_surplus
from scheduling.services.times import (
    HOLD,
    chosen_slot,
    is_patient,
    place,
    queue_for,
    refuse_late_change,
    refuse_overbooking,
    refuse_when_closed,
    take,
    take_turn,
)
from scheduling.services.waiting import offer_freed_time

# Those who are bound by the clinic's notice and horizon.
BOUND = (Source.PUBLIC, Source.PORTAL)


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
    reason: str = "",
    overbook_reason: str = "",
    source: str = Source.RECEPTION,
    agent: AgentProfile | None = None,
    series: AppointmentSeries | None = None,
    tell: bool = True,
) -> Appointment:
    """Book a visit at once. Without `minutes` the time must be one that is offered.

    With `minutes` it may be any free time within the doctor's hours, with `overbook_reason` also one that
    is taken. An agent who books is on record as such. The patient gets a message unless `tell` is false.
    Raises Refusal.
    """
    refuse_when_closed()
    refuse_overbooking(overbook_reason, by)
    if source == Source.PORTAL:
        refuse_own_surplus(patient)
    if source == Source.AGENT and by and agent is None:
        agent = AgentProfile.objects.filter(pk=by.pk).first()
    terms = Terms(appointment_type.pk if appointment_type else None, mode, by_patient=source in BOUND)
    slot = chosen_slot(doctor, starts_at, minutes, terms)
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
    if tell:
        emails.appointment_booked(appointment)
    return appointment


@transaction.atomic
def reschedule_appointment(
    appointment: Appointment,
    *,
    by: Member | None,
    starts_at: datetime.datetime,
    doctor: DoctorProfile | None = None,
    minutes: int | None = None,
    overbook_reason: str = "",
    tell: bool = True,
) -> Appointment:
    """Move a visit: a new appointment takes its place, and the old one points to it. Raises Refusal.

    The new one stands where the old one stood: a request stays a request. The fee changes with the doctor.
    """
    refuse_when_closed()
    refuse_overbooking(overbook_reason, by)
    take_turn()
    queue_for({appointment.doctor_id, doctor.pk if doctor else appointment.doctor_id})
    old = Appointment.objects.with_people().select_related("appointment_type").locked(appointment.pk)
    doctor = doctor or old.doctor
    refuse_late_change(old, by)
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
        patient_confirmed_at=old.patient_confirmed_at,
    )
    # A request is not kept longer by being moved.
    hold = old.held_until - timezone.now() if old.held_until else HOLD
    # The old time is given up first, so that the new one may overlap it; a refusal takes both back.
    old.move("reschedule_appointment", rescheduled_to=moved, held_until=None)
    terms = Terms(old.appointment_type_id, by_patient=is_patient(old, by))
    slot = chosen_slot(doctor, starts_at, minutes, terms)
    if doctor != old.doctor:
        moved.fee = reckoned_fee(doctor, old.patient, old.appointment_type, slot.starts_at)
    place(moved, slot, hold)
    take(moved, overbook_reason)
    offer_freed_time(old)
    if tell:
        emails.appointment_moved(moved)
    return moved
