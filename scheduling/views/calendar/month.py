"""A month at a glance: for each day how much there is, what waits for an answer, and who is away."""

import datetime
from collections import Counter
from typing import NamedTuple

from accounts.members.models import DoctorProfile
from scheduling.models import Appointment, Status
from scheduling.models.availability import Kind
from scheduling.models.spells import CLOSED, Spell

ONE_DAY, WEEK = datetime.timedelta(days=1), 7


class Cell(NamedTuple):
    """A day of the month's table; the weeks at its ends have days of other months."""

    day: datetime.date
    is_inside: bool
    visits: int
    requests: int
    closed: list[str]
    away: list[str]


def days_of(on: datetime.date) -> list[datetime.date]:
    """The days of all weeks that have a day of this month."""
    first = on.replace(day=1)
    begins = first - ONE_DAY * first.weekday()
    last = (first + 31 * ONE_DAY).replace(day=1) - ONE_DAY
    weeks = (last - begins).days // WEEK + 1
    return [begins + ONE_DAY * number for number in range(weeks * WEEK)]


def weeks_of(
    on: datetime.date, doctors: list[DoctorProfile], found: list[Spell], doctor: DoctorProfile | None
) -> list[list[Cell]]:
    """The month's weeks, each day with what the desk asks about first. One statement."""
    days = days_of(on)
    counts = Appointment.objects.for_doctor(doctor).seen_in_calendar().counted_by_day(days)
    visits: Counter[int] = Counter()
    for (number, _status), count in counts.items():
        visits[number] += count
    names = {each.pk: each.name for each in doctors if doctor is None or each == doctor}
    cells = [
        Cell(
            day,
            day.month == on.month,
            visits[number],
            counts.get((number, Status.PENDING), 0),
            [spell.note for spell in found if spell.kind == CLOSED and spell.within(day)],
            _away(day, found, names),
        )
        for number, day in enumerate(days)
    ]
    return [cells[start : start + WEEK] for start in range(0, len(cells), WEEK)]


def _away(day: datetime.date, found: list[Spell], names: dict) -> list[str]:
    leave = {spell.doctor_id for spell in found if spell.kind == Kind.LEAVE and spell.within(day)}
    return [name for pk, name in names.items() if pk in leave]
