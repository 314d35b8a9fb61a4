"""The demo's closing days, rules for booking, and leave: some of it over visits that need another time."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from accounts.members.models import DoctorProfile, Member
from clinic.demo.scene import Scene, Timeline, at
from scheduling.models import Appointment, AvailabilityException
from scheduling.services import (
    add_availability_exception,
    add_closing_day,
    close_on_public_holidays,
    update_booking_policy,
)

# How many visits the leave that is entered today comes across.
STRANDED = range(1, 7)


def set_rules(scene: Scene, today: date) -> None:
    """Closed on public holidays and for a day of training; patients change visits until the day before."""
    by = scene.admin
    close_on_public_holidays(by=by)
    training = today + timedelta(days=24)
    add_closing_day(by=by, name="Staff training", first_day=training, last_day=training)
    update_booking_policy(by=by, minimum_notice_hours=1, change_deadline_hours=24)


def go_on_leave(scene: Scene, today: date) -> None:
    """One doctor was away last month, and another one will be next week."""
    for doctor, begins, days, reason in (
        (scene.doctors[1], today - timedelta(days=38), 4, "Annual leave"),
        (scene.doctors[-1], today + timedelta(days=8), 3, "Conference"),
    ):
        starts = datetime.combine(begins, time(), scene.zone)
        with at(min(starts - timedelta(days=20), timezone.now()), doctor.member):
            leave(doctor, starts, days, reason)


def plan_sudden_leave(scene: Scene, line: Timeline) -> None:
    """Shortly before the visitor looks, a doctor enters leave over visits that are booked already."""
    for doctor in scene.doctors:
        for ahead in range(1, 8):
            starts = datetime.combine(scene.today + timedelta(days=ahead), time(), scene.zone)
            visits = Appointment.objects.on(starts.date()).for_doctor(doctor).holding()
            if visits.count() in STRANDED:
                moment = line.until - timedelta(minutes=20)
                line.add(moment, doctor.member, fall_out, doctor, starts)
                return


def fall_out(doctor: DoctorProfile, starts: datetime, *, by: Member) -> None:
    """The day of leave."""
    leave(doctor, starts, 1, "Family matter")


def leave(doctor: DoctorProfile, starts: datetime, days: int, reason: str) -> None:
    """Leave of whole days."""
    add_availability_exception(
        by=doctor.member,
        doctor=doctor,
        kind=AvailabilityException.Kind.LEAVE,
        starts_at=starts,
        ends_at=datetime.combine(starts.date() + timedelta(days=days), time(), starts.tzinfo),
        reason=reason,
    )
