"""When doctors can be booked on given days, and why they cannot: what a calendar draws behind the visits."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from scheduling.models.availability import Kind
from scheduling.models.clocks import bounds

HOURS, CLOSED = "hours", "closed"
# What opens a doctor's calendar; leave and closing days shut it.
OPENING = (HOURS, Kind.EXTRA)

# Weekly hours and closing days are local labels; exceptions are instants, given in UTC without saying so.
SPELLS = """
SELECT 'hours', r.doctor_id, d.day + r.starts, d.day + r.ends, '', r.branch_id, r.room_id
FROM scheduling_availabilityrule r
JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d (day)
  ON r.weekday = extract(isodow FROM d.day)
 AND d.day >= r.valid_from AND (r.valid_until IS NULL OR d.day <= r.valid_until)
UNION ALL
SELECT kind, doctor_id, starts_at AT TIME ZONE 'UTC', ends_at AT TIME ZONE 'UTC', '', branch_id, room_id
FROM scheduling_availabilityexception
WHERE starts_at < %(until)s AND ends_at > %(since)s
UNION ALL
SELECT 'closed', NULL, first_day::timestamp, last_day::timestamp + interval '1 day', name, NULL, NULL
FROM scheduling_closingday
WHERE is_observed AND last_day >= %(first)s::date AND first_day <= %(last)s::date
"""


class Spell(NamedTuple):
    """A time by the clinic's clocks: hours or extra opening, leave of a doctor, or closed for everybody."""

    kind: str
    doctor_id: UUID | None
    starts: datetime.datetime
    ends: datetime.datetime
    note: str = ""
    branch_id: UUID | None = None
    room_id: UUID | None = None

    def within(self, day: datetime.date) -> bool:
        """Whether some of it is on this day."""
        midnight = datetime.datetime.combine(day, datetime.time())
        return self.starts < midnight + datetime.timedelta(days=1) and self.ends > midnight

    @property
    def opens(self) -> bool:
        """Whether a doctor can be booked then."""
        return self.kind in OPENING


def spells(first: datetime.date, last: datetime.date) -> list[Spell]:
    """Everybody's spells on the clinic's local days `first` to `last`. One statement."""
    since, until = bounds(first, last)
    with connection.cursor() as cursor:
        cursor.execute(SPELLS, {"first": first, "last": last, "since": since, "until": until})
        found = [Spell(*row) for row in cursor.fetchall()]
    return [_local(spell) if spell.kind in Kind.values else spell for spell in found]


def at(found: Iterable[Spell], spot: Any) -> list[Spell]:
    """The spells as far as they are in a room or at a branch (None: the main one); without a spot, all."""
    if spot is None:
        return list(found)
    key = spot.room.pk if spot.room else spot.branch and spot.branch.pk
    return [
        spell
        for spell in found
        if not spell.opens or key == (spell.room_id if spot.room else spell.branch_id)
    ]


def _local(spell: Spell) -> Spell:
    starts, ends = (
        timezone.make_naive(moment.replace(tzinfo=datetime.UTC)) for moment in (spell.starts, spell.ends)
    )
    return Spell(spell.kind, spell.doctor_id, starts, ends, spell.note, spell.branch_id, spell.room_id)


class Span(NamedTuple):
    """From one moment to another by the clinic's clocks, and what is said of it."""

    starts: datetime.datetime
    ends: datetime.datetime
    note: str = ""


def open_spans(found: Iterable[Spell], doctor_id: UUID, day: datetime.date) -> list[Span]:
    """When the doctor can be booked on the day, in order: hours and openings, less leave and closing days."""
    own = [spell for spell in found if spell.doctor_id in (doctor_id, None) and spell.within(day)]
    midnight = datetime.datetime.combine(day, datetime.time())
    end = midnight + datetime.timedelta(days=1)
    spans = merged(Span(max(s.starts, midnight), min(s.ends, end)) for s in own if s.opens)
    for shut in own:
        if not shut.opens:
            spans = [part for span in spans for part in _without(span, shut)]
    return spans


def merged(spans: Iterable[Span]) -> list[Span]:
    """The same time in as few spans as there can be."""
    whole: list[Span] = []
    for span in sorted(spans):
        if whole and span.starts <= whole[-1].ends:
            whole[-1] = Span(whole[-1].starts, max(whole[-1].ends, span.ends))
        else:
            whole.append(span)
    return whole


def gaps(spans: list[Span], starts: datetime.datetime, ends: datetime.datetime) -> list[Span]:
    """What `spans`, in order, leave between `starts` and `ends`."""
    found = []
    for span in spans:
        if span.starts > starts:
            found.append(Span(starts, span.starts))
        starts = max(starts, span.ends)
    return [*found, Span(starts, ends)] if starts < ends else found


def _without(span: Span, shut: Spell) -> list[Span]:
    parts = (Span(span.starts, min(span.ends, shut.starts)), Span(max(span.starts, shut.ends), span.ends))
    return [part for part in parts if part.starts < part.ends]
