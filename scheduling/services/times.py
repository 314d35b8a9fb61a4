"""Taking a time: which one may be had, who may have it, and what is said when somebody was quicker."""

import datetime
from uuid import UUID

from django.db import IntegrityError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member
from clinic.db.current import connection
from clinic.db.locks import stand_in_line
from clinic.models import Refusal, refusal_of
from scheduling.models import Appointment, BookingPolicy, Slot, Source, is_within_hours, offered_slot
from scheduling.models.availability import LONGEST_HORIZON
from scheduling.models.calendar import hashed
from scheduling.models.slots import ANY, Terms, usual_visit
from scheduling.models.states import UNCONFIRMED

# How long a request keeps its time before the clinic has answered.
HOLD = datetime.timedelta(hours=24)
FURTHEST = datetime.timedelta(days=LONGEST_HORIZON)

CLOSED = _("This clinic takes no bookings at the moment.")
NOT_BOOKABLE = _("This doctor cannot be booked at the moment. Please choose another one.")
NOT_OFFERED = _("This time is not free any more. Please choose another one.")
OUTSIDE_HOURS = _("The doctor does not work at this time. Choose a time within the working hours.")
OVER = _("This time has passed. Choose a later one.")
TOO_FAR = _("Nobody is booked more than a year ahead. Check the year.")
SAME_PATIENT = _("The patient already has a visit at this time.")


class Taken(Refusal):
    """The time is refused because of another visit: who may overbook can book beside it."""


def is_patient(appointment: Appointment, by: Member | None) -> bool:
    """Whether who acts is the patient, with a log-in or by the link, or an agent in the patient's place."""
    return by is None or by.pk == appointment.patient_id or by.may("scheduling.book_for_patient")


def refuse_late_change(appointment: Appointment, by: Member | None) -> None:
    """Refuse a patient who would change a visit that has begun or is too near; the clinic may.

    A request that is not answered yet can be taken back until it would begin.
    """
    if not is_patient(appointment, by):
        return
    if appointment.has_begun:
        raise Refusal(_("This visit has already begun. Please call the clinic."))
    if is_too_near(appointment, BookingPolicy.objects.current()):
        raise Refusal(_("It is too late to change this visit online. Please call the clinic."))


def is_late_change(appointment: Appointment, by: Member | None, policy: BookingPolicy) -> bool:
    """Whether `refuse_late_change` would refuse: the patient who acts comes too late."""
    return is_patient(appointment, by) and (appointment.has_begun or is_too_near(appointment, policy))


def is_too_near(appointment: Appointment, policy: BookingPolicy) -> bool:
    """Whether the patient's time to change a booked visit has passed."""
    is_settled = appointment.status not in UNCONFIRMED
    return is_settled and timezone.now() > appointment.starts_at - policy.change_deadline


def refuse_overbooking(reason: str, by: Member | None) -> None:
    """Refuse those who may not overbook."""
    if reason and by is not None and not by.may("scheduling.overbook_appointment"):
        raise Refusal(_("You may not book two visits at the same time."), "overbook_reason")


def takes_bookings() -> bool:
    """Whether the clinic is open to bookings at all."""
    return connection.tenant.is_open


def queue_to_overbook(doctor_ids: set[UUID]) -> None:
    """Let nobody else book these doctors while somebody books beside another visit.

    Bookings share this lock (the guard `beside` of migration 0030), so that none slips in unseen. Taken
    before anything is given up, or others who wait for that time would be waited for.
    """
    stand_in_line(*(f"overbooking {doctor_id}" for doctor_id in doctor_ids))


def refuse_when_closed() -> None:
    """Refuse everybody while the clinic takes no bookings."""
    if not takes_bookings():
        raise Refusal(CLOSED)


def chosen_slot(
    doctor: DoctorProfile, starts_at: datetime.datetime, minutes: int | None, terms: Terms = ANY
) -> Slot:
    """The offered time that starts at this instant, or any `minutes` within the doctor's hours."""
    if starts_at > timezone.now() + FURTHEST:
        raise Refusal(TOO_FAR, "starts_at")
    if minutes is None:
        slot = offered_slot(doctor.pk, starts_at, terms)
        if slot is None:
            raise _why_not(doctor, starts_at, terms)
        return slot
    if starts_at <= timezone.now() - datetime.timedelta(minutes=minutes):
        raise Refusal(OVER, "starts_at")
    # As an instant: local times do not add up across a change of clocks.
    instant = starts_at.astimezone(datetime.UTC)
    ends_at = instant + datetime.timedelta(minutes=minutes)
    usual = usual_visit(doctor.pk, instant, terms.type_id, terms.branch)
    # Not half at one branch and half at another.
    if usual is None or not is_within_hours(doctor.pk, instant, ends_at, usual.branch_key):
        raise Refusal(OUTSIDE_HOURS, "starts_at")
    mode = terms.mode or usual.mode
    return Slot(doctor.pk, instant, ends_at, mode, usual.buffer_minutes, usual.branch, usual.room_id)


def wanted_slot(
    doctor: DoctorProfile,
    starts_at: datetime.datetime,
    minutes: int | None,
    terms: Terms = ANY,
    *,
    beside: bool = False,
) -> Slot:
    """As chosen_slot; `beside` another visit it is as long as usual there, though the time is not offered."""
    if beside and minutes is None:
        usual = usual_visit(doctor.pk, starts_at, terms.type_id, terms.branch)
        minutes = usual.minutes if usual else None
    return chosen_slot(doctor, starts_at, minutes, terms)


def _why_not(doctor: DoctorProfile, starts_at: datetime.datetime, terms: Terms) -> Refusal:
    """Whether a time that is not offered is taken, or none at all."""
    usual = usual_visit(doctor.pk, starts_at, terms.type_id, terms.branch)
    if usual and starts_at > timezone.now():
        ends_at = starts_at + datetime.timedelta(minutes=usual.minutes)
        there = Appointment.objects.holding().within(starts_at, ends_at)
        there = there.filter(Q(doctor=doctor) | Q(room__isnull=False, room=usual.room_id))
        if there.exists() and is_within_hours(doctor.pk, starts_at, ends_at, usual.branch_key):
            return Taken(NOT_OFFERED, "starts_at")
    return Refusal(NOT_OFFERED, "starts_at")


def place(appointment: Appointment, slot: Slot, hold: datetime.timedelta = HOLD) -> None:
    """Give the appointment its time, and its link; what is not settled keeps it for `hold`."""
    appointment.doctor_id, appointment.starts_at, appointment.ends_at = slot[:3]
    appointment.mode, appointment.busy_until = slot.mode, slot.busy_until
    appointment.branch, appointment.room_id = slot.branch, slot.room_id
    appointment.token_hash = hashed(appointment.token)
    if appointment.status in UNCONFIRMED:
        appointment.held_until = min(timezone.now() + hold, slot.starts_at)


def take(appointment: Appointment, overbook_reason: str = "", *, is_stranger: bool = False) -> None:
    """Insert the appointment, or refuse because somebody was quicker; with a reason, beside them.

    A stranger is not told that the patient has a visit at this time.
    """
    if appointment.patient.is_deceased:
        raise Refusal(_("This patient has died: no visit can be booked."), "patient")
    try:
        is_inserted = Appointment.objects.insert_unless_taken(appointment)
    except IntegrityError as error:
        # The file was merged into another one meanwhile. No savepoint: whoever calls this has one.
        raise refusal_of(Appointment, error, {}) from error
    if is_inserted:
        return
    if overbook_reason and _beside_another(appointment, overbook_reason):
        return
    overlapping = Appointment.objects.holding().within(appointment.starts_at, appointment.ends_at)
    # To a stranger this sentence would say that somebody is a patient here.
    is_stranger = is_stranger or appointment.source == Source.PUBLIC
    if not is_stranger and overlapping.filter(patient=appointment.patient_id).exists():
        raise Refusal(SAME_PATIENT, "starts_at")
    raise Taken(NOT_OFFERED, "starts_at")


def _beside_another(appointment: Appointment, reason: str) -> bool:
    """Insert the appointment where its time is taken; without a room, for a room is never shared."""
    had_room, appointment.room_id = appointment.room_id, None
    if had_room and Appointment.objects.insert_unless_taken(appointment):
        # The doctor was free: there is no visit beside this one.
        return True
    appointment.overbook_reason = reason
    return Appointment.objects.insert_unless_taken(appointment)


def take_turn() -> None:
    """Let one transaction at a time free times of this clinic and hand them on to those who wait.

    Taken before any visit is locked or taken: whoever hands a time out may have to wait for visits that
    others are changing, and those must not wait for the turn.
    """
    stand_in_line(f"waiting {connection.schema_name}")


def queue_for(doctor_ids: set[UUID]) -> None:
    """Let one move at a time touch these doctors' days (DESIGN section 7), taken in one order."""
    stand_in_line(*map(str, doctor_ids))
