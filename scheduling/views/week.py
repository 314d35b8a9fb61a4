"""A week of free times, a day at a glance."""

import datetime
import uuid
from itertools import groupby
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from clinic.http import ClinicRequest
from scheduling.models import ClosingDay, Slot, free_slots, next_free
from scheduling.models.slots import ANY, Terms
from scheduling.services.times import FURTHEST

WEEK = 7


class Day(NamedTuple):
    """A day of the strip, with its free times."""

    date: datetime.date
    slots: list[Slot]


def week_of(request: ClinicRequest, doctor_ids: list[uuid.UUID], terms: Terms = ANY) -> dict[str, Any]:
    """The free times of the week the address asks for (?from=, ?on=); by default of the first with any."""
    today = timezone.localdate()
    first = _day(request, "from", today)
    days = _week(first, doctor_ids, terms)
    if "from" not in request.GET and not any(day.slots for day in days):
        free = next_free(doctor_ids, terms=terms).values()
        coming = min(free, default=None, key=lambda slot: slot.starts_at)
        if coming:
            first = timezone.localdate(coming.starts_at)
            days = _week(first, doctor_ids, terms)
    on = _day(request, "on", None)
    chosen = next((day for day in days if day.date == on), None)
    chosen = chosen or next((day for day in days if day.slots), days[0])
    week = datetime.timedelta(days=WEEK)
    return {
        "days": days,
        "chosen": chosen,
        # Asked only where the day has no times.
        "closed": ClosingDay.objects.observed().on(chosen.date),
        "parts": parts_of_day(chosen.slots),
        "first": first,
        "last": days[-1].date,
        "previous": max(first - week, today) if first > today else None,
        "next": first + week if first + week < today + FURTHEST else None,
    }


def _week(first: datetime.date, doctor_ids: list[uuid.UUID], terms: Terms) -> list[Day]:
    dates = [first + datetime.timedelta(days=number) for number in range(WEEK)]
    # By time, not by doctor: a day's times are of all of them.
    slots = sorted(free_slots(doctor_ids, dates[0], dates[-1], terms=terms), key=lambda slot: slot.starts_at)
    by_date = {
        date: list(group)
        for date, group in groupby(slots, key=lambda slot: timezone.localdate(slot.starts_at))
    }
    return [Day(date, by_date.get(date, [])) for date in dates]


def _day(request: ClinicRequest, name: str, default: Any) -> Any:
    try:
        asked = parse_date(request.GET.get(name, ""))
    except ValueError:
        return default
    today = timezone.localdate()
    return asked if asked and today <= asked <= today + FURTHEST else default


def parts_of_day(slots: list[Slot]) -> list[tuple[str, list[Slot]]]:
    """The times of a day in morning, afternoon and evening; empty parts left out."""
    names = (_("Morning"), _("Afternoon"), _("Evening"))
    parts: tuple[list[Slot], ...] = ([], [], [])
    for slot in slots:
        hour = timezone.localtime(slot.starts_at).hour
        parts[0 if hour < 12 else 1 if hour < 17 else 2].append(slot)
    return [(name, part) for name, part in zip(names, parts, strict=True) if part]
