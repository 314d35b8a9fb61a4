"""Free times computed the plain way, in Python, minute by minute of thought: what the SQL must agree with."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling.models import Slot

DAY = datetime.timedelta(days=1)
FURTHEST = 366

Span = tuple[datetime.datetime, datetime.datetime]


class Kind(NamedTuple):
    """What is asked for: a kind of visit with its length and pause, or what the doctor does otherwise."""

    minutes: int | None = None
    pause: int | None = None
    own_minutes: int | None = None
    own_pause: int | None = None
    is_offered: bool = True


class Rule(NamedTuple):
    """Weekly hours as wall time."""

    weekday: int
    starts: datetime.time
    ends: datetime.time
    minutes: int
    valid_from: datetime.date
    valid_until: datetime.date | None = None
    pause: int = 0
    notice: int | None = None
    horizon: int | None = None


class Window(NamedTuple):
    """Opening hours as wall time on one day, and what holds in them."""

    opens: datetime.datetime
    closes: datetime.datetime
    minutes: int
    pause: int
    notice: int | None
    horizon: int | None


@dataclass
class Hours:
    """What one doctor and the clinic have entered and what is taken; instants in UTC."""

    doctor_id: UUID
    zone: ZoneInfo
    weekly: list[Rule] = field(default_factory=list)
    extra: list[tuple[datetime.datetime, datetime.datetime, int]] = field(default_factory=list)
    leave: list[Span] = field(default_factory=list)
    taken: list[Span] = field(default_factory=list)
    closed: list[tuple[datetime.date, datetime.date]] = field(default_factory=list)
    notice: int = 0
    horizon: int = FURTHEST


def instants(label: datetime.datetime, zone: ZoneInfo) -> list[datetime.datetime]:
    """The instants at which the zone's clocks show `label`: none in a gap, two when an hour is repeated."""
    found = []
    for fold in (0, 1):
        instant = label.replace(tzinfo=zone, fold=fold).astimezone(datetime.UTC)
        if instant.astimezone(zone).replace(tzinfo=None) == label and instant not in found:
            found.append(instant)
    return found


def slot_at(label: datetime.datetime, minutes: int, zone: ZoneInfo) -> Span | None:
    """The one visit at `label`; standard time in a repeated hour; none when the clocks change in it."""
    length = datetime.timedelta(minutes=minutes)
    starts = instants(label, zone)
    if not starts:
        return None
    start = starts[-1]
    shown = (start + length).astimezone(zone).replace(tzinfo=None)
    return (start, start + length) if shown == label + length else None


def windows(hours: Hours, first: datetime.date, last: datetime.date) -> Iterable[Window]:
    """The doctor's windows on the local days from `first` to `last`; the later goes before."""
    day = first
    while day <= last:
        for rule in hours.weekly:
            if (
                day.isoweekday() == rule.weekday
                and rule.valid_from <= day
                and (rule.valid_until is None or day <= rule.valid_until)
            ):
                combine = datetime.datetime.combine
                yield Window(
                    combine(day, rule.starts),
                    combine(day, rule.ends),
                    rule.minutes,
                    rule.pause,
                    rule.notice,
                    rule.horizon,
                )
        day += DAY
    for starts_at, ends_at, minutes in hours.extra:
        opens, closes = (
            moment.astimezone(hours.zone).replace(tzinfo=None) for moment in (starts_at, ends_at)
        )
        yield Window(opens, closes, minutes, 0, None, None)


def first_known(*values: int | None) -> int:
    """The first that was said."""
    return next(value for value in values if value is not None)


def is_closed(hours: Hours, starts: datetime.datetime, ends: datetime.datetime) -> bool:
    """Whether the clinic is closed at any label from `starts` to `ends`."""
    return any(
        starts.date() <= last_day and datetime.datetime.combine(first_day, datetime.time()) < ends
        for first_day, last_day in hours.closed
    )


def free_times(
    hours: Hours,
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime,
    kind: Kind | None = None,
    by_patient: bool = False,
) -> list[Slot]:
    """The doctor's free times, in order."""
    kind = kind or Kind()
    if not kind.is_offered:
        return []
    busy, today, found = hours.leave + hours.taken, now.astimezone(hours.zone).date(), {}
    for window in windows(hours, first, last):
        minutes = first_known(kind.own_minutes, kind.minutes, window.minutes)
        pause = first_known(kind.own_pause, kind.pause, window.pause)
        length, rest = datetime.timedelta(minutes=minutes), datetime.timedelta(minutes=pause)
        earliest, latest = now, datetime.date.max
        if by_patient:
            earliest += datetime.timedelta(hours=first_known(window.notice, hours.notice))
            latest = today + datetime.timedelta(days=first_known(window.horizon, hours.horizon))
        label = window.opens
        while label + length <= window.closes:
            visit = slot_at(label, minutes, hours.zone) if first <= label.date() <= last else None
            closed = is_closed(hours, label, label + length + rest)
            if visit and visit[0] >= earliest and label.date() <= latest and not closed:
                start, end = visit
                if not any(start < other_end and other_start < end + rest for other_start, other_end in busy):
                    found[start, end] = Slot(hours.doctor_id, start, end, buffer_minutes=pause)
            label += min(length, datetime.timedelta(minutes=window.minutes)) + rest
    return sorted(found.values())
