"""Visits that happened elsewhere, or before this system: on record as they ended, and nobody is told."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from clinic.models import Refusal
from scheduling.models import Appointment, AppointmentType, Source, Status
from scheduling.models.calendar import hashed
from scheduling.services.times import take

# How a visit of the past may have ended.
ENDS = (Status.FULFILLED, Status.CANCELLED, Status.NOSHOW)


@transaction.atomic
def record_past_appointment(
    *,
    by: Member | None,
    doctor: DoctorProfile,
    patient: PatientProfile,
    starts_at: datetime.datetime,
    minutes: int,
    status: str,
    appointment_type: AppointmentType | None = None,
    reason: str = "",
) -> Appointment:
    """Put a visit of the past on record, with how it ended (one of ENDS). Raises Refusal.

    It goes the same way through its states as any other, only at the times at which it did.
    """
    if starts_at > timezone.now():
        raise Refusal(_("This visit is still to come. Book it."), "starts_at")
    if status not in ENDS:
        raise Refusal(_("Say how the visit ended: done, cancelled or missed."), "status")
    visit = Appointment(
        doctor=doctor,
        patient=patient,
        starts_at=starts_at,
        ends_at=starts_at + datetime.timedelta(minutes=minutes),
        status=Status.BOOKED,
        source=Source.RECEPTION,
        appointment_type=appointment_type,
        reason=reason,
        booked_by=by,
    )
    visit.token_hash = hashed(visit.token)
    take(visit)
    for verb, facts in _steps(visit, status):
        visit.move(verb, **facts)
    return visit


def _steps(visit: Appointment, status: str) -> list[tuple[str, dict[str, Any]]]:
    if status == Status.CANCELLED:
        return [("cancel_appointment", {"cancelled_at": visit.starts_at, "sequence": visit.sequence + 1})]
    if status == Status.NOSHOW:
        return [("mark_noshow", {"noshow_at": visit.starts_at})]
    return [
        ("mark_arrived", {"arrived_at": visit.starts_at}),
        ("check_in_appointment", {"checked_in_at": visit.starts_at}),
        ("fulfil_appointment", {"fulfilled_at": visit.ends_at}),
    ]
