"""Free times: what weekly hours and extra openings offer, minus leave and closing days, minus what is taken.

Hours are local wall time, bookings are instants. A time is offered only if the clocks agree with its
label at both ends: local(instant) = label and local(instant + length) = label + length. So a clock
change makes no time that does not exist, none twice, and none that is longer or shorter than it says.

A visit is as long, and is followed by as long a pause, as the doctor says for its kind, else the kind,
else the hours. Times begin when the window opens and come again after a visit of the hours' length (or
of the kind's, if that is shorter) and the pause.

An extra opening may offer the same time as the weekly hours: it is offered once, as the opening says, since
that was entered for the very day.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from scheduling.models.availability import LONGEST_HORIZON
from scheduling.models.branches import Branch, branch_key
from scheduling.models.clocks import bounds, stretches
from scheduling.models.statements import COUNT_FREE, FREE_TIMES, NEXT_FREE, USUAL, WITHIN_HOURS
from scheduling.models.states import HOLDING, Mode

# How many days ahead the next free time is looked for: nearly always the first look finds it.
LOOKS = (7, 60)
# What begins before the days asked for, or ends after them, is no longer than this.
MARGIN = datetime.timedelta(days=3)


class Slot(NamedTuple):
    """A time at which a doctor can be booked: instants in UTC, and where they meet (no branch: the main one).

    Local times of a repeated hour neither compare nor add up as instants do; pages turn them into local time.
    """

    doctor_id: UUID
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    mode: str = Mode.IN_PERSON
    buffer_minutes: int = 0
    branch: Branch | None = None
    room_id: UUID | None = None

    @property
    def place_note(self) -> str:
        """Where they meet, unless it is at the clinic as usual."""
        if self.mode == Mode.IN_PERSON:
            return self.branch.name if self.branch else ""
        return str(Mode(self.mode).label)

    @property
    def branch_key(self) -> str:
        """The branch as addresses and forms name it."""
        return branch_key(self.branch.pk if self.branch else None)

    @property
    def busy_until(self) -> datetime.datetime | None:
        """The end of the pause after the visit; None when no pause follows."""
        return self.ends_at + datetime.timedelta(minutes=self.buffer_minutes) if self.buffer_minutes else None


class Terms(NamedTuple):
    """What a time is looked for: a kind of visit, a place, and whether notice and horizon bind who asks.

    The visits that are `leaving` are about to give up their times, which count as free. `branch` is the key
    of one or MAIN (scheduling.models.branches); None is any.
    """

    type_id: UUID | None = None
    mode: str | None = None
    by_patient: bool = False
    leaving: tuple[UUID, ...] = ()
    branch: str | None = None


ANY = Terms()


def free_slots(
    doctor_ids: Iterable[UUID],
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime | None = None,
    terms: Terms = ANY,
) -> list[Slot]:
    """The free times of these doctors on the clinic's local days `first` to `last`: by doctor, then by time.

    One statement, whatever the number of doctors. Nothing before `now` (default: the present).
    """
    return list(_slots(FREE_TIMES, doctor_ids, first, last, now or timezone.now(), terms))


def next_free(
    doctor_ids: Iterable[UUID], now: datetime.datetime | None = None, terms: Terms = ANY
) -> dict[UUID, Slot]:
    """The next free time of each doctor who has one within 60 days."""
    moment = now or timezone.now()
    first = timezone.localdate(moment)
    missing = set(doctor_ids)
    found: dict[UUID, Slot] = {}
    for days in LOOKS:
        last = first + datetime.timedelta(days=days)
        found |= {slot.doctor_id: slot for slot in _slots(NEXT_FREE, missing, first, last, moment, terms)}
        missing -= found.keys()
        if not missing:
            break
    return found


def offered_slot(doctor_id: UUID, starts_at: datetime.datetime, terms: Terms = ANY) -> Slot | None:
    """The free time of the doctor that starts at this instant, if it is really offered."""
    day, instant = timezone.localdate(starts_at), starts_at.astimezone(datetime.UTC)
    free = free_slots([doctor_id], day, day, terms=terms)
    return next((slot for slot in free if slot.starts_at == instant), None)


def nearby_slots(
    doctor_id: UUID, starts_at: datetime.datetime, count: int = 6, terms: Terms = ANY
) -> list[Slot]:
    """The doctor's free times nearest to this instant, in order of time."""
    day = timezone.localdate(starts_at)
    week = datetime.timedelta(days=7)
    free = free_slots([doctor_id], max(day - week, timezone.localdate()), day + week, terms=terms)
    return sorted(sorted(free, key=lambda slot: abs(slot.starts_at - starts_at))[:count])


def count_free(
    doctor_ids: Iterable[UUID], first: datetime.date, last: datetime.date, *, settled: bool = False
) -> int:
    """How many times patients can choose on these days; `settled`: as if no unconfirmed request held any."""
    asked = _asked(timezone.now(), Terms(by_patient=True), settled=settled)
    with connection.cursor() as cursor:
        cursor.execute(COUNT_FREE, _values(doctor_ids, first, last) | asked)
        return int(cursor.fetchone()[0])


def is_within_hours(
    doctor_id: UUID,
    starts_at: datetime.datetime,
    ends_at: datetime.datetime,
    branch: str | None = None,
) -> bool:
    """Whether the doctor works during the whole of this time, taken or not; where `branch` says."""
    shown = [timezone.make_naive(moment) for moment in (starts_at, ends_at)]
    # Where the clocks are set back meanwhile, the visit ends at a label that is not after its beginning.
    own = {"start": min(shown), "end": max(shown[1], shown[0] + (ends_at - starts_at))}
    with connection.cursor() as cursor:
        values = _values([doctor_id], own["start"].date(), own["end"].date())
        span = {"since": starts_at, "until": ends_at, "type": None, "branch": branch}
        cursor.execute(WITHIN_HOURS, values | own | span)
        return bool(cursor.fetchone()[0])


class Usual(NamedTuple):
    """The length and the pause in minutes, and the place, of a visit at some time."""

    minutes: int
    buffer_minutes: int
    mode: str
    branch: Branch | None
    room_id: UUID | None

    @property
    def branch_key(self) -> str:
        """The branch as Terms name it."""
        return branch_key(self.branch.pk if self.branch else None)


def usual_visit(
    doctor_id: UUID,
    starts_at: datetime.datetime,
    type_id: UUID | None = None,
    branch: str | None = None,
) -> Usual | None:
    """What a visit of this kind is like in the hours at this time, free or not; None outside them."""
    day = timezone.localdate(starts_at)
    asked = {"type": type_id, "branch": branch, "label": timezone.make_naive(starts_at)}
    with connection.cursor() as cursor:
        cursor.execute(USUAL, _values([doctor_id], day, day) | asked)
        row = cursor.fetchone()
    return Usual(row[0], row[1], row[2], Branch.read(row[3]), row[4]) if row else None


def _slots(
    statement: str,
    doctor_ids: Iterable[UUID],
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime,
    terms: Terms,
) -> Iterator[Slot]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(doctor_ids, first, last) | _asked(now, terms))
        rows = cursor.fetchall()
    at = datetime.datetime.fromtimestamp
    # What offers the same time again, an extra opening, comes later.
    found: dict[UUID, dict[tuple[int, int], tuple[Any, ...]]] = {}
    for doctor_id, room_id, facts, *columns in rows:
        branch = Branch.read(facts)
        times = found.setdefault(doctor_id, {})
        for start, end, mode, buffer in zip(*columns, strict=True):
            times[start, end] = (mode, buffer, branch, room_id)
    for doctor_id, times in found.items():
        for (start, end), place_and_pause in sorted(times.items()):
            yield Slot(doctor_id, at(start, datetime.UTC), at(end, datetime.UTC), *place_and_pause)


def _asked(now: datetime.datetime, terms: Terms, *, settled: bool = False) -> dict[str, Any]:
    return {
        "now": timezone.make_naive(now, datetime.UTC),
        "today": timezone.localdate(now),
        "holding": list(HOLDING),
        "type": terms.type_id,
        "mode": terms.mode,
        "by_patient": terms.by_patient,
        "settled": settled,
        "leaving": list(terms.leaving),
        "branch": terms.branch,
    }


def _values(doctor_ids: Iterable[UUID], first: datetime.date, last: datetime.date) -> dict[str, Any]:
    since, until = bounds(first, last)
    clock = stretches(timezone.get_current_timezone(), since - MARGIN, until + MARGIN)
    return {
        "doctors": list(doctor_ids),
        "first": first,
        "last": last,
        "since": since,
        "until": until,
        "clock_since": [stretch.since for stretch in clock],
        "clock_until": [stretch.until for stretch in clock],
        "clock_shift": [stretch.shift for stretch in clock],
        "furthest": LONGEST_HORIZON,
    }
