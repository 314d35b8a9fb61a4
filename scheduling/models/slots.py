"""Free times: what weekly hours and extra openings offer, minus leave and closing days, minus what is taken.

Hours are local wall time, bookings are instants. A time is offered only if the clocks agree with its
label at both ends: local(instant) = label and local(instant + length) = label + length. So a clock
change makes no time that does not exist, none twice, and none that is longer or shorter than it says.

A visit is as long, and is followed by as long a pause, as the doctor says for its kind, else the kind,
else the hours. Times begin when the window opens and come again after a visit of the hours' length (or
of the kind's, if that is shorter) and the pause.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from scheduling.models.availability import LONGEST_HORIZON
from scheduling.models.calendar import bounds
from scheduling.models.clocks import stretches
from scheduling.models.states import HOLDING, Mode

# How many days ahead the next free time is looked for: nearly always the first look finds it.
LOOKS = (7, 60)
# What begins before the days asked for, or ends after them, is no longer than this.
MARGIN = datetime.timedelta(days=3)


class Slot(NamedTuple):
    """A time at which a doctor can be booked: instants in UTC, and where they meet.

    Local times of a repeated hour neither compare nor add up as instants do; pages turn them into local time.
    """

    doctor_id: UUID
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    mode: str = Mode.IN_PERSON
    buffer_minutes: int = 0

    @property
    def busy_until(self) -> datetime.datetime | None:
        """The end of the pause after the visit; None when no pause follows."""
        return self.ends_at + datetime.timedelta(minutes=self.buffer_minutes) if self.buffer_minutes else None


class Terms(NamedTuple):
    """What a time is looked for: a kind of visit, a place, and whether notice and horizon bind who asks."""

    type_id: UUID | None = None
    mode: str | None = None
    by_patient: bool = False


ANY = Terms()

# Each doctor's windows as local labels, and what is not free as one multirange of instants a doctor.
_WINDOWS = """
WITH clock AS MATERIALIZED (
    SELECT *
    FROM unnest(%(clock_since)s::timestamp[], %(clock_until)s::timestamp[], %(clock_shift)s::interval[])
             AS c (since, until, shift)
), windows AS MATERIALIZED (
    SELECT r.doctor_id, d.day + r.starts AS opens, d.day + r.ends AS closes, r.slot_minutes AS grid,
           coalesce(own.minutes, t.minutes, r.slot_minutes) AS minutes,
           coalesce(own.buffer_minutes, t.buffer_minutes, r.buffer_minutes) AS buffer, r.mode,
           coalesce(r.minimum_notice_hours, p.minimum_notice_hours, 0) AS notice,
           coalesce(r.horizon_days, p.horizon_days, %(furthest)s) AS horizon
    FROM scheduling_availabilityrule r
    JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d (day)
      ON r.weekday = extract(isodow FROM d.day)
     AND d.day >= r.valid_from AND (r.valid_until IS NULL OR d.day <= r.valid_until)
    LEFT JOIN scheduling_appointmenttype t ON t.id = %(type)s::uuid
    LEFT JOIN scheduling_doctorappointmenttype own
      ON own.appointment_type_id = t.id AND own.doctor_id = r.doctor_id
    LEFT JOIN scheduling_bookingpolicy p ON true
    WHERE r.doctor_id = ANY (%(doctors)s) AND own.is_offered IS NOT FALSE
    UNION ALL
    SELECT e.doctor_id, opening.utc + opens.shift, opening.closing + closes.shift, e.slot_minutes,
           coalesce(own.minutes, t.minutes, e.slot_minutes),
           coalesce(own.buffer_minutes, t.buffer_minutes, 0), e.mode,
           coalesce(p.minimum_notice_hours, 0), coalesce(p.horizon_days, %(furthest)s)
    FROM scheduling_availabilityexception e
    CROSS JOIN LATERAL (
        SELECT e.starts_at AT TIME ZONE 'UTC' AS utc, e.ends_at AT TIME ZONE 'UTC' AS closing
    ) AS opening
    JOIN clock opens ON opening.utc >= opens.since AND opening.utc < opens.until
    JOIN clock closes ON opening.closing >= closes.since AND opening.closing < closes.until
    LEFT JOIN scheduling_appointmenttype t ON t.id = %(type)s::uuid
    LEFT JOIN scheduling_doctorappointmenttype own
      ON own.appointment_type_id = t.id AND own.doctor_id = e.doctor_id
    LEFT JOIN scheduling_bookingpolicy p ON true
    WHERE e.doctor_id = ANY (%(doctors)s) AND e.kind = 'extra' AND own.is_offered IS NOT FALSE
      AND e.starts_at < %(until)s AND e.ends_at > %(since)s
), leave AS (
    SELECT e.doctor_id, tstzrange(e.starts_at, e.ends_at) AS span
    FROM scheduling_availabilityexception e
    WHERE e.doctor_id = ANY (%(doctors)s) AND e.kind = 'leave'
      AND e.starts_at < %(until)s AND e.ends_at > %(since)s
), closed AS (
    SELECT first_day::timestamp AS begins, last_day::timestamp + interval '1 day' AS ends
    FROM scheduling_closingday
    WHERE is_observed AND last_day >= %(first)s::date AND first_day <= %(last)s::date + 1
)"""

# Doctors keep much the same hours, so the clock is asked once for each shape of window, not for each doctor.
_FREE = "\n".join(
    [
        _WINDOWS,
        """, shapes AS MATERIALIZED (
    SELECT row_number() OVER () AS shape, *
    FROM (SELECT DISTINCT opens, closes, grid, minutes, buffer, mode, notice, horizon FROM windows) AS every
), held AS MATERIALIZED (
    SELECT w.doctor_id, s.shape, s.mode, s.buffer
    FROM windows w JOIN shapes s USING (opens, closes, grid, minutes, buffer, mode, notice, horizon)
), busy AS MATERIALIZED (
    SELECT doctor_id, range_agg(span) AS spans
    FROM (
        SELECT doctor_id, span FROM leave
        UNION ALL
        SELECT a.doctor_id, tstzrange(a.starts_at, coalesce(a.busy_until, a.ends_at))
        FROM scheduling_appointment a
        WHERE a.doctor_id = ANY (%(doctors)s) AND a.status = ANY (%(holding)s)
          AND a.starts_at < %(until)s::timestamptz + interval '4 hours'
          AND coalesce(a.busy_until, a.ends_at) > %(since)s
          AND a.starts_at > %(since)s::timestamptz - interval '28 hours'
          AND NOT (%(settled)s AND a.source = 'public' AND a.status = 'pending'
                   AND a.patient_confirmed_at IS NULL)
    ) AS everything
    GROUP BY doctor_id
), labels AS MATERIALIZED (
    SELECT DISTINCT ON (shape, label)
           shape, pause, notice, label - c.shift AS starts, label - c.shift + length AS ends, c.shift
    FROM (
        SELECT *, make_interval(mins => minutes) AS length, make_interval(mins => buffer) AS pause,
               make_interval(mins => least(minutes, grid) + buffer) AS step
        FROM shapes
    ) AS s, generate_series(opens, closes - length, step) AS label
    JOIN clock c ON label - c.shift >= c.since AND label - c.shift < c.until
    WHERE label >= %(first)s::timestamp AND label < %(last)s::timestamp + interval '1 day'
      AND (%(mode)s::text IS NULL OR mode = %(mode)s)
      AND (NOT %(by_patient)s OR label < %(today)s::timestamp + make_interval(days => horizon + 1))
      AND NOT EXISTS (SELECT FROM closed WHERE label < closed.ends AND label + length + pause > closed.begins)
    ORDER BY shape, label, c.since DESC
), offers AS MATERIALIZED (
    SELECT shape, tstzrange(starts AT TIME ZONE 'UTC', (ends + pause) AT TIME ZONE 'UTC') AS span,
           extract(epoch FROM starts)::bigint AS starts_at, extract(epoch FROM ends)::bigint AS ends_at
    FROM labels l JOIN clock e ON l.ends >= e.since AND l.ends < e.until AND l.shift = e.shift
    WHERE starts >= %(now)s::timestamp
      AND (NOT %(by_patient)s OR starts >= %(now)s::timestamp + make_interval(hours => notice))
)
""",
    ]
)

_FREE_TIMES = "\n".join(
    [
        _FREE,
        """
SELECT h.doctor_id, array_agg(o.starts_at), array_agg(o.ends_at), array_agg(h.mode), array_agg(h.buffer)
FROM held h JOIN offers o USING (shape) LEFT JOIN busy b ON b.doctor_id = h.doctor_id
WHERE (b.spans && o.span) IS NOT TRUE
GROUP BY h.doctor_id
""",
    ]
)

_NEXT_FREE = "\n".join(
    [
        _FREE,
        """
SELECT DISTINCT ON (h.doctor_id)
       h.doctor_id, array[o.starts_at], array[o.ends_at], array[h.mode], array[h.buffer]
FROM held h JOIN offers o USING (shape) LEFT JOIN busy b ON b.doctor_id = h.doctor_id
WHERE (b.spans && o.span) IS NOT TRUE
ORDER BY h.doctor_id, o.starts_at
""",
    ]
)

_COUNT_FREE = "\n".join(
    [
        _FREE,
        """
SELECT count(*)
FROM held h JOIN offers o USING (shape) LEFT JOIN busy b ON b.doctor_id = h.doctor_id
WHERE (b.spans && o.span) IS NOT TRUE
""",
    ]
)

_WITHIN_HOURS = "\n".join(
    [
        _WINDOWS,
        """
SELECT NOT EXISTS (SELECT FROM leave)
   AND NOT EXISTS (SELECT FROM closed WHERE begins < %(end)s::timestamp AND ends > %(start)s::timestamp)
   AND coalesce(range_agg(tsrange(opens, closes)) @> tsrange(%(start)s::timestamp, %(end)s::timestamp), false)
FROM windows
""",
    ]
)


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
    return list(_slots(_FREE_TIMES, doctor_ids, first, last, now or timezone.now(), terms))


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
        found |= {slot.doctor_id: slot for slot in _slots(_NEXT_FREE, missing, first, last, moment, terms)}
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
        cursor.execute(_COUNT_FREE, _values(doctor_ids, first, last) | asked)
        return int(cursor.fetchone()[0])


def is_within_hours(doctor_id: UUID, starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
    """Whether the doctor works during the whole of this time, taken or not."""
    shown = [timezone.make_naive(moment) for moment in (starts_at, ends_at)]
    # Where the clocks are set back meanwhile, the visit ends at a label that is not after its beginning.
    own = {"start": min(shown), "end": max(shown[1], shown[0] + (ends_at - starts_at))}
    with connection.cursor() as cursor:
        values = _values([doctor_id], own["start"].date(), own["end"].date())
        cursor.execute(_WITHIN_HOURS, values | own | {"since": starts_at, "until": ends_at, "type": None})
        return bool(cursor.fetchone()[0])


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
    for doctor_id, *columns in rows:
        # An extra opening may offer the same time as the weekly hours.
        distinct = {(start, end): (mode, buffer) for start, end, mode, buffer in zip(*columns, strict=True)}
        for (start, end), place_and_pause in sorted(distinct.items()):
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
