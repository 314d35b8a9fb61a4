"""Free times computed the plain way, in Python, minute by minute of thought: what the SQL must agree with."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.models import Slot

DAY = datetime.timedelta(days=1)


class Window(NamedTuple):
    """Opening hours as wall time, and the minutes of one visit."""

    opens: datetime.datetime
    closes: datetime.datetime
    minutes: int


class Hours(NamedTuple):
    """What one doctor has entered and what is taken; instants in UTC."""

    doctor_id: UUID
    weekly: list[tuple[int, datetime.time, datetime.time, int, datetime.date, datetime.date | None]]
    extra: list[tuple[datetime.datetime, datetime.datetime, int]]
    leave: list[tuple[datetime.datetime, datetime.datetime]]
    taken: list[tuple[datetime.datetime, datetime.datetime]]


def instants(label: datetime.datetime, zone: ZoneInfo) -> list[datetime.datetime]:
    """The instants at which the zone's clocks show `label`: none in a gap, two when an hour is repeated."""
    found = []
    for fold in (0, 1):
        instant = label.replace(tzinfo=zone, fold=fold).astimezone(datetime.UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == label and instant not in found:
            found.append(instant)
    return found


def slot_at(label: datetime.datetime, minutes: int, zone: ZoneInfo) -> tuple[datetime.datetime, ...] | None:
    """The one visit at `label`; standard time in a repeated hour; none when the clocks change in it."""
    length = datetime.timedelta(minutes=minutes)
    starts = instants(label, zone)
    if not starts:
        return None
    start = starts[-1]
    shown = (start + length).astimezone(zone).replace(tzinfo=None)
    return (start, start + length) if shown == label + length else None


def windows(hours: Hours, first: datetime.date, last: datetime.date, zone: ZoneInfo) -> Iterable[Window]:
    """The doctor's windows on the local days from `first` to `last`."""
    day = first
    while day <= last:
        for weekday, starts, ends, minutes, valid_from, valid_until in hours.weekly:
            if (
                day.isoweekday() == weekday
                and valid_from <= day
                and (valid_until is None or day <= valid_until)
            ):
                combine = datetime.datetime.combine
                yield Window(combine(day, starts), combine(day, ends), minutes)
        day += DAY
    for starts_at, ends_at, minutes in hours.extra:
        local = (moment.astimezone(zone).replace(tzinfo=None) for moment in (starts_at, ends_at))
        yield Window(*local, minutes)


def free_times(
    hours: Hours, first: datetime.date, last: datetime.date, zone: ZoneInfo, now: datetime.datetime
) -> list[Slot]:
    """The doctor's free times, in order."""
    blocked = hours.leave + hours.taken
    found = set()
    for window in windows(hours, first, last, zone):
        length = datetime.timedelta(minutes=window.minutes)
        label = window.opens
        while label + length <= window.closes:
            visit = slot_at(label, window.minutes, zone) if first <= label.date() <= last else None
            if visit and visit[0] >= now:
                start, end = visit
                if not any(start < other_end and other_start < end for other_start, other_end in blocked):
                    found.add(Slot(hours.doctor_id, start, end))
            label += length
    return sorted(found)
