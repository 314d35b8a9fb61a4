"""A day that is full, and people who wait for it."""

import datetime
from typing import Any

from django.utils import timezone

from accounts.members.models import DoctorProfile
from scheduling import services
from scheduling.models import Appointment, WaitingListEntry, free_slots
from scheduling.services.times import place
from tests.scheduling.factories import AppointmentFactory, PatientFactory, doctor_with_hours

HOUR = datetime.timedelta(hours=1)


def tomorrow() -> datetime.date:
    """The clinic's next day."""
    return timezone.localdate() + datetime.timedelta(days=1)


def fill(doctor: DoctorProfile, day: datetime.date | None = None) -> list[Appointment]:
    """Visits at all times free with the doctor on a day, by default tomorrow, as booking stores them."""
    day = day or tomorrow()
    slots = free_slots([doctor.pk], day, day)
    visits = []
    for slot, patient in zip(slots, PatientFactory.create_batch(len(slots)), strict=True):
        visit = AppointmentFactory.build(doctor=doctor, patient=patient, fee=doctor.consultation_fee)
        place(visit, slot)
        visits.append(visit)
    return Appointment.objects.bulk_create(visits)


def full_day(**facts: Any) -> tuple[DoctorProfile, list[Appointment]]:
    """A doctor whose next day is full, and the day's visits in order."""
    doctor = doctor_with_hours(**facts)
    return doctor, fill(doctor)


def wish(**facts: Any) -> WaitingListEntry:
    """Somebody who waits for a time tomorrow."""
    day = {"first_day": tomorrow(), "last_day": tomorrow()}
    patient = facts.pop("patient", None) or PatientFactory()
    return services.join_waiting_list(by=None, patient=patient, **day | facts)


def offer_of(entry: WaitingListEntry) -> Appointment | None:
    """The time that is offered to who waits, as stored now."""
    entry.refresh_from_db()
    return entry.appointment if entry.status == WaitingListEntry.Status.PROPOSED else None
