"""Giving a time to a patient: booked by the clinic, asked for by a patient, moved to another time."""

import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.services import find_or_register_patient
from clinic.db.current import connection
from clinic.models import Refusal
from scheduling import emails
from scheduling.models import Appointment, Slot, Source, Status, is_within_hours, offered_slot
from scheduling.models.appointments import hashed
from scheduling.models.states import UNCONFIRMED
from tenants.models import Organization

# How long a request keeps its time before the clinic has answered.
HOLD = datetime.timedelta(hours=24)

CLOSED = _("This clinic takes no bookings at the moment.")
NOT_BOOKABLE = _("This doctor cannot be booked at the moment. Please choose another one.")
NOT_OFFERED = _("This time is not free any more. Please choose another one.")
OUTSIDE_HOURS = _("The doctor does not work at this time. Choose a time within the working hours.")
OVER = _("This time has passed. Choose a later one.")
FURTHEST = datetime.timedelta(days=366)
TOO_FAR = _("Nobody is booked more than a year ahead. Check the year.")
SAME_PATIENT = _("The patient already has a visit at this time.")


@transaction.atomic
def book_appointment(
    *,
    by: Member | None,
    doctor: DoctorProfile,
    patient: PatientProfile,
    starts_at: datetime.datetime,
    minutes: int | None = None,
    reason: str = "",
    source: str = Source.RECEPTION,
) -> Appointment:
    """Book a visit at once. Without `minutes` the time must be one that is offered.

    With `minutes` it may be any free time within the doctor's hours. Raises Refusal.
    """
    _refuse_when_closed()
    slot = _slot(doctor, starts_at, minutes)
    appointment = _appointment(
        slot, patient, status=Status.BOOKED, source=source, reason=reason, booked_by=by
    )
    appointment.doctor = doctor
    _take(appointment)
    emails.appointment_booked(appointment)
    return appointment


@transaction.atomic
def request_appointment(
    *,
    doctor: DoctorProfile,
    starts_at: datetime.datetime,
    reason: str = "",
    by: Member | None = None,
    **person: Any,
) -> Appointment:
    """Ask for an offered time without an account; it is held until the clinic answers, at most a day.

    `person` says who asks (accounts.members.services.find_or_register_patient). Raises Refusal.
    """
    _refuse_when_closed()
    if not doctor.is_bookable:
        raise Refusal(NOT_BOOKABLE)
    slot = _slot(doctor, starts_at, None)
    patient = find_or_register_patient(by=by, **person)
    appointment = _appointment(slot, patient, status=Status.PENDING, source=Source.PUBLIC, reason=reason)
    appointment.doctor = doctor
    appointment.booked_by = by
    _take(appointment)
    emails.request_received(appointment)
    return appointment


@transaction.atomic
def reschedule_appointment(
    appointment: Appointment,
    *,
    by: Member | None,
    starts_at: datetime.datetime,
    doctor: DoctorProfile | None = None,
    minutes: int | None = None,
) -> Appointment:
    """Move a visit: a new appointment takes its place, and the old one points to it. Raises Refusal.

    The new one stands where the old one stood: a request stays a request.
    """
    _refuse_when_closed()
    _queue_for({appointment.doctor_id, doctor.pk if doctor else appointment.doctor_id})
    old = Appointment.objects.with_people().locked(appointment.pk)
    doctor = doctor or old.doctor
    refuse_begun_visit(old, by)
    status = old.status
    moved = Appointment(
        doctor=doctor, patient=old.patient, status=status, source=old.source, reason=old.reason, booked_by=by
    )
    # The old time is given up first, so that the new one may overlap it; a refusal takes both back.
    old.move("reschedule_appointment", rescheduled_to=moved, held_until=None)
    slot = _slot(doctor, starts_at, minutes)
    _place(moved, slot)
    _take(moved)
    emails.appointment_moved(moved)
    return moved


def refuse_begun_visit(appointment: Appointment, by: Member | None) -> None:
    """Refuse a patient who would change a visit that has begun; the clinic may."""
    is_patient = by is None or by.pk == appointment.patient_id
    if is_patient and appointment.has_begun:
        raise Refusal(_("This visit has already begun. Please call the clinic."))


def _refuse_when_closed() -> None:
    if connection.tenant.status not in Organization.OPEN:
        raise Refusal(CLOSED)


def _slot(doctor: DoctorProfile, starts_at: datetime.datetime, minutes: int | None) -> Slot:
    if starts_at > timezone.now() + FURTHEST:
        raise Refusal(TOO_FAR, "starts_at")
    if minutes is None:
        slot = offered_slot(doctor.pk, starts_at)
        if slot is None:
            raise Refusal(NOT_OFFERED, "starts_at")
        return slot
    if starts_at <= timezone.now() - datetime.timedelta(minutes=minutes):
        raise Refusal(OVER, "starts_at")
    # As an instant: local times do not add up across a change of clocks.
    instant = starts_at.astimezone(datetime.UTC)
    slot = Slot(doctor.pk, instant, instant + datetime.timedelta(minutes=minutes))
    if not is_within_hours(*slot):
        raise Refusal(OUTSIDE_HOURS, "starts_at")
    return slot


def _appointment(slot: Slot, patient: PatientProfile, **facts: Any) -> Appointment:
    appointment = Appointment(patient=patient, **facts)
    _place(appointment, slot)
    return appointment


def _place(appointment: Appointment, slot: Slot) -> None:
    appointment.doctor_id, appointment.starts_at, appointment.ends_at = slot
    appointment.token_hash = hashed(appointment.token)
    if appointment.status in UNCONFIRMED:
        appointment.held_until = min(timezone.now() + HOLD, slot.starts_at)


def _take(appointment: Appointment) -> None:
    """Insert the appointment, or refuse because somebody was quicker."""
    if Appointment.objects.insert_unless_taken(appointment):
        return
    overlapping = Appointment.objects.holding().within(appointment.starts_at, appointment.ends_at)
    # To a stranger this sentence would say that somebody is a patient here.
    if appointment.source != Source.PUBLIC and overlapping.filter(patient=appointment.patient_id).exists():
        raise Refusal(SAME_PATIENT, "starts_at")
    raise Refusal(NOT_OFFERED, "starts_at")


def _queue_for(doctor_ids: set[UUID]) -> None:
    """Let one move at a time touch these doctors' days (DESIGN section 7), taken in one order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(id, 0)) FROM unnest(%s::text[]) AS id ORDER BY id",
            [sorted(map(str, doctor_ids))],
        )
