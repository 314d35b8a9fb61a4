"""Giving a visit more time, or less: its end moves, its beginning does not."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.models import Refusal
from scheduling.models import Appointment, is_within_hours
from scheduling.models.branches import branch_key
from scheduling.models.placed import ROOM_TAKEN
from scheduling.services.times import (
    SAME_PATIENT,
    is_patient,
    queue_for,
    queue_to_overbook,
    refuse_when_closed,
    take_turn,
)
from scheduling.services.waiting import offer_freed_time

AS_LONG = _("The visit is as long already.")
OVER_THEN = _("The visit would be over already. Give it more minutes.")
OUTSIDE_HOURS = _("The doctor does not work that long. End the visit within the working hours.")
TAKEN = _("The doctor has another visit then. Give this one fewer minutes, or move one of them.")

ROOM_TAKEN_THEN = _("The room is taken then. Give the visit fewer minutes, or another room first.")


@transaction.atomic
def resize_appointment(appointment: Appointment, *, minutes: int, by: Member | None) -> Appointment:
    """Let a visit take `minutes`; the pause after it stays as long as it was. Raises Refusal.

    The time that is added must be free and within the doctor's hours; what is given up is handed on to
    those who wait. The patient comes at the same time as before, and is told nothing.
    """
    if by is not None and is_patient(appointment, by):
        raise Refusal(_("Please call the clinic to change how long the visit takes."))
    refuse_when_closed()
    take_turn()
    queue_for({appointment.doctor_id})
    if appointment.is_overbooked:
        queue_to_overbook({appointment.doctor_id})
    visit = Appointment.objects.with_people().locked(appointment.pk)
    old, ends_at = visit.ends_at, visit.starts_at + datetime.timedelta(minutes=minutes)
    pause = visit.busy_until - old if visit.busy_until else None
    # The state first: of a visit that is over, nothing else needs to be said.
    visit.TRANSITIONS.target("resize_appointment", visit.status)
    _refuse_length(visit, ends_at)
    try:
        visit.move(
            "resize_appointment",
            ends_at=ends_at,
            busy_until=ends_at + pause if pause else None,
            sequence=visit.sequence + 1,
        )
    except Refusal as refusal:
        # Not as the constraint says it: here no other time can be chosen.
        raise Refusal(_instead_of(refusal.message), "minutes") from refusal
    if ends_at < old:
        offer_freed_time(visit)
    return visit


def _instead_of(sentence: Any) -> Any:
    """What is in the way of a longer visit, in words of its own."""
    if sentence == SAME_PATIENT:
        return SAME_PATIENT
    return ROOM_TAKEN_THEN if sentence == ROOM_TAKEN else TAKEN


def _refuse_length(visit: Appointment, ends_at: datetime.datetime) -> None:
    """Refuse a length that changes nothing, is over already, or leads out of the doctor's hours."""
    if ends_at == visit.ends_at:
        raise Refusal(AS_LONG, "minutes")
    if ends_at <= timezone.now():
        raise Refusal(OVER_THEN, "minutes")
    # Only what is added: a visit that stands outside the hours may still become shorter.
    branch = branch_key(visit.branch_id)
    if ends_at > visit.ends_at and not is_within_hours(visit.doctor_id, visit.ends_at, ends_at, branch):
        raise Refusal(OUTSIDE_HOURS, "minutes")
