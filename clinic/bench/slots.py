"""Free times in one statement beside the loop that most programs have: doctor by doctor, day by day."""

import datetime
import time
from collections.abc import Callable
from uuid import UUID

from django.utils import timezone

from clinic.bench.figures import Figure, at_least, in_turn, milliseconds, ratio
from clinic.bench.world import BOOKINGS, DOCTORS, WORKING_DAYS, Clinic, inside
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Slot, free_slots

ROUNDS = 10
ONE_DAY = datetime.timedelta(days=1)


def measure(clinic: Clinic) -> list[Figure]:
    """A week of free times of all doctors; both ways must find the very same ones."""
    first, last = clinic.monday, clinic.monday + 6 * ONE_DAY
    doctors = [doctor.pk for doctor in clinic.doctors]
    with inside(clinic):
        found = free_slots(doctors, first, last)
        expected = DOCTORS * WORKING_DAYS * 16 - BOOKINGS
        if len(found) != expected or sorted(naive_slots(doctors, first, last)) != sorted(found):
            raise RuntimeError(f"The loop and the statement do not find the same {expected} times.")
        taken = in_turn(
            {
                "ours": lambda: timed(lambda: free_slots(doctors, first, last)),
                "naive": lambda: timed(lambda: naive_slots(doctors, first, last)),
            },
            ROUNDS,
        )
    return [
        Figure(
            f"free times, {DOCTORS} doctors, a week, {BOOKINGS:,} bookings",
            milliseconds(min(taken["ours"])),
            f"loop over doctors and days {milliseconds(min(taken['naive']))}",
            ratio(taken["naive"], taken["ours"]),
            at_least(15),
        )
    ]


def timed(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def naive_slots(doctors: list[UUID], first: datetime.date, last: datetime.date) -> list[Slot]:
    """The free times as a careful loop finds them: hours are read once a doctor, bookings once a day."""
    now, zone = timezone.now(), timezone.get_current_timezone()
    slots = []
    for doctor in doctors:
        rules = list(AvailabilityRule.objects.filter(doctor_id=doctor))
        exceptions = list(AvailabilityException.objects.filter(doctor_id=doctor))
        day = first
        while day <= last:
            busy = [(one.starts_at, one.ends_at) for one in exceptions]
            busy += (
                Appointment.objects.holding()
                .filter(doctor_id=doctor)
                .on(day)
                .values_list("starts_at", "ends_at")
            )
            for rule in rules:
                if rule.weekday != day.isoweekday() or rule.valid_from > day:
                    continue
                length = datetime.timedelta(minutes=rule.slot_minutes)
                start = datetime.datetime.combine(day, rule.starts, zone)
                while start + length <= datetime.datetime.combine(day, rule.ends, zone):
                    if start >= now and not any(b < start + length and e > start for b, e in busy):
                        slots.append(Slot(doctor, start, start + length))
                    start += length
            day += ONE_DAY
    return slots
