"""Free times: what the weekly hours and extra openings offer, minus leave, minus what is taken.

Hours are local wall time, bookings are instants. A time is offered only if the clocks agree with its
label at both ends: local(instant) = label and local(instant + length) = label + length. So a clock
change makes no time that does not exist, none twice, and none that is longer or shorter than it says.
"""

import datetime
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.utils import timezone

from scheduling.models.appointments import bounds
from scheduling.models.states import HOLDING

# How many days ahead the next free time is looked for: nearly always the first look finds it.
LOOKS = (7, 60)


class Slot(NamedTuple):
    """A time at which a doctor can be booked: instants in UTC.

    Local times of a repeated hour neither compare nor add up as instants do; pages turn them into local time.
    """

    doctor_id: UUID
    starts_at: datetime.datetime
    ends_at: datetime.datetime


# Each doctor's windows as local labels, and what is not free as one multirange of instants a doctor.
_WINDOWS = """
WITH windows AS MATERIALIZED (
    SELECT r.doctor_id, d.day + r.starts AS opens, d.day + r.ends AS closes,
           make_interval(mins => r.slot_minutes) AS length
    FROM scheduling_availabilityrule r
    JOIN generate_series(%(first)s::timestamp, %(last)s::timestamp, interval '1 day') AS d (day)
      ON r.weekday = extract(isodow FROM d.day)
     AND d.day >= r.valid_from AND (r.valid_until IS NULL OR d.day <= r.valid_until)
    WHERE r.doctor_id = ANY (%(doctors)s)
    UNION ALL
    SELECT e.doctor_id, e.starts_at AT TIME ZONE %(zone)s, e.ends_at AT TIME ZONE %(zone)s,
           make_interval(mins => e.slot_minutes)
    FROM scheduling_availabilityexception e
    WHERE e.doctor_id = ANY (%(doctors)s) AND e.kind = 'extra'
      AND e.starts_at < %(until)s AND e.ends_at > %(since)s
), leave AS (
    SELECT e.doctor_id, tstzrange(e.starts_at, e.ends_at) AS span
    FROM scheduling_availabilityexception e
    WHERE e.doctor_id = ANY (%(doctors)s) AND e.kind = 'leave'
      AND e.starts_at < %(until)s AND e.ends_at > %(since)s
)"""

# Doctors keep much the same hours, so the clock is asked once for each shape of window, not for each doctor.
_FREE = "\n".join(
    [
        _WINDOWS,
        """, busy AS (
    SELECT doctor_id, range_agg(span) AS spans
    FROM (
        SELECT doctor_id, span FROM leave
        UNION ALL
        SELECT a.doctor_id, tstzrange(a.starts_at, a.ends_at)
        FROM scheduling_appointment a
        WHERE a.doctor_id = ANY (%(doctors)s) AND a.status = ANY (%(holding)s)
          AND a.starts_at < %(until)s AND a.ends_at > %(since)s
          AND a.starts_at > %(since)s::timestamptz - interval '1 day'
    ) AS everything
    GROUP BY doctor_id
), labels AS MATERIALIZED (
    SELECT opens, closes, length, label, label AT TIME ZONE %(zone)s AS starts_at,
           (label AT TIME ZONE %(zone)s) + length AS ends_at
    FROM (SELECT DISTINCT opens, closes, length FROM windows) AS shapes,
         generate_series(opens, closes - length, length) AS label
    WHERE label >= %(first)s::timestamp AND label < %(last)s::timestamp + interval '1 day'
), offers AS MATERIALIZED (
    SELECT opens, closes, length, tstzrange(starts_at, ends_at) AS span,
           extract(epoch FROM starts_at)::bigint AS starts_at, extract(epoch FROM ends_at)::bigint AS ends_at
    FROM labels
    WHERE starts_at >= %(now)s
      AND starts_at AT TIME ZONE %(zone)s = label
      AND ends_at AT TIME ZONE %(zone)s = label + length
)
""",
    ]
)

_FREE_TIMES = "\n".join(
    [
        _FREE,
        """
SELECT w.doctor_id, array_agg(o.starts_at), array_agg(o.ends_at)
FROM windows w JOIN offers o USING (opens, closes, length) LEFT JOIN busy b ON b.doctor_id = w.doctor_id
WHERE (b.spans && o.span) IS NOT TRUE
GROUP BY w.doctor_id
""",
    ]
)

_NEXT_FREE = "\n".join(
    [
        _FREE,
        """
SELECT DISTINCT ON (w.doctor_id) w.doctor_id, array[o.starts_at], array[o.ends_at]
FROM windows w JOIN offers o USING (opens, closes, length) LEFT JOIN busy b ON b.doctor_id = w.doctor_id
WHERE (b.spans && o.span) IS NOT TRUE
ORDER BY w.doctor_id, o.starts_at
""",
    ]
)

_WITHIN_HOURS = "\n".join(
    [
        _WINDOWS,
        """
SELECT NOT EXISTS (SELECT FROM leave)
   AND coalesce(range_agg(tstzrange(opens AT TIME ZONE %(zone)s, closes AT TIME ZONE %(zone)s))
                @> tstzrange(%(since)s, %(until)s), false)
FROM windows
WHERE opens AT TIME ZONE %(zone)s < closes AT TIME ZONE %(zone)s
""",
    ]
)


def free_slots(
    doctor_ids: Iterable[UUID],
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime | None = None,
) -> list[Slot]:
    """The free times of these doctors on the clinic's local days `first` to `last`: by doctor, then by time.

    One statement, whatever the number of doctors. Nothing before `now` (default: the present).
    """
    return list(_slots(_FREE_TIMES, doctor_ids, first, last, now or timezone.now()))


def next_free(doctor_ids: Iterable[UUID], now: datetime.datetime | None = None) -> dict[UUID, Slot]:
    """The next free time of each doctor who has one within 60 days."""
    moment = now or timezone.now()
    first = timezone.localdate(moment)
    missing = set(doctor_ids)
    found: dict[UUID, Slot] = {}
    for days in LOOKS:
        last = first + datetime.timedelta(days=days)
        found |= {slot.doctor_id: slot for slot in _slots(_NEXT_FREE, missing, first, last, moment)}
        missing -= found.keys()
        if not missing:
            break
    return found


def offered_slot(doctor_id: UUID, starts_at: datetime.datetime) -> Slot | None:
    """The free time of the doctor that starts at this instant, if it is really offered."""
    day, instant = timezone.localdate(starts_at), starts_at.astimezone(datetime.UTC)
    return next((slot for slot in free_slots([doctor_id], day, day) if slot.starts_at == instant), None)


def nearby_slots(doctor_id: UUID, starts_at: datetime.datetime, count: int = 6) -> list[Slot]:
    """The doctor's free times nearest to this instant, in order of time."""
    day = timezone.localdate(starts_at)
    week = datetime.timedelta(days=7)
    free = free_slots([doctor_id], max(day - week, timezone.localdate()), day + week)
    return sorted(sorted(free, key=lambda slot: abs(slot.starts_at - starts_at))[:count])


def is_within_hours(doctor_id: UUID, starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
    """Whether the doctor works during the whole of this time, taken or not."""
    with connection.cursor() as cursor:
        values = _values([doctor_id], timezone.localdate(starts_at), timezone.localdate(ends_at))
        cursor.execute(_WITHIN_HOURS, values | {"since": starts_at, "until": ends_at})
        return bool(cursor.fetchone()[0])


def _slots(
    statement: str,
    doctor_ids: Iterable[UUID],
    first: datetime.date,
    last: datetime.date,
    now: datetime.datetime,
) -> Iterator[Slot]:
    with connection.cursor() as cursor:
        cursor.execute(statement, _values(doctor_ids, first, last) | {"now": now, "holding": list(HOLDING)})
        rows = cursor.fetchall()
    at = datetime.datetime.fromtimestamp
    for doctor_id, starts, ends in rows:
        # An extra opening may offer the same time as the weekly hours.
        for start, end in sorted(set(zip(starts, ends, strict=True))):
            yield Slot(doctor_id, at(start, datetime.UTC), at(end, datetime.UTC))


def _values(doctor_ids: Iterable[UUID], first: datetime.date, last: datetime.date) -> dict[str, Any]:
    since, until = bounds(first, last)
    return {
        "doctors": list(doctor_ids),
        "first": first,
        "last": last,
        "since": since,
        "until": until,
        "zone": timezone.get_current_timezone_name(),
    }
