"""Visits that leave or closing days came across: still expected, at a time when nobody is there."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, DateField, DateTimeField, Func, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from scheduling.models.clocks import bounds, stretches
from scheduling.models.states import HOLDING

# Closing days are looked at as far back as one may last, and as far ahead as anybody is booked.
MARGIN, FURTHEST = datetime.timedelta(days=370), datetime.timedelta(days=370)


class StrandedIds(Func):
    """The keys of all visits that are not over and fall into a doctor's leave or a closing day.

    From the few spells of leave and closing days to the visits in them, by the calendar's indexes: the day
    sheet asks this each time.
    """

    output_field = UUIDField()
    # The subqueries with an OFFSET keep PostgreSQL from going through every visit for every spell.
    template = """(
        WITH asked (now, today, since, until, shift, holding) AS (SELECT %(expressions)s), clock AS (
            SELECT c.*
            FROM asked, unnest(since::timestamp[], until::timestamp[], shift::interval[])
                          AS c (since, until, shift)
        )
        SELECT v.id
        FROM (
            SELECT doctor_id, greatest(starts_at, now) AS since, ends_at AS until, holding
            FROM scheduling_availabilityexception, asked
            WHERE kind = 'leave' AND ends_at > now
        ) AS s, LATERAL (
            SELECT a.id FROM scheduling_appointment a
            WHERE a.doctor_id = s.doctor_id AND a.starts_at > s.since - interval '1 day'
              AND a.starts_at < s.until AND a.ends_at > s.since AND a.status = ANY (s.holding)
            OFFSET 0
        ) AS v
        UNION
        SELECT v.id
        FROM (
            SELECT greatest(b.moment AT TIME ZONE 'UTC', now) AS since,
                   coalesce(e.moment AT TIME ZONE 'UTC', 'infinity') AS until, holding
            FROM asked, scheduling_closingday,
            LATERAL (
                SELECT greatest(first_day - c.shift, c.since) AS moment
                FROM clock c WHERE first_day - c.shift < c.until ORDER BY c.since LIMIT 1
            ) AS b
            LEFT JOIN LATERAL (
                SELECT greatest(last_day + 1 - c.shift, c.since) AS moment
                FROM clock c WHERE last_day + 1 - c.shift < c.until ORDER BY c.since LIMIT 1
            ) AS e ON true
            WHERE is_observed AND last_day >= today
        ) AS s, LATERAL (
            SELECT a.id FROM scheduling_appointment a
            WHERE a.starts_at > s.since - interval '1 day'
              AND a.starts_at < s.until AND a.ends_at > s.since AND a.status = ANY (s.holding)
            OFFSET 0
        ) AS v
    )"""

    def __init__(self, **extra: Any) -> None:
        now, today = timezone.now(), timezone.localdate()
        clock = stretches(timezone.get_current_timezone(), *bounds(today - MARGIN, today + FURTHEST))
        super().__init__(
            Cast(Value(now), DateTimeField()),
            Cast(Value(today), DateField()),
            *(_texts(column) for column in zip(*clock, strict=True)),
            _texts(HOLDING),
            **extra,
        )


def _texts(values: Iterable[Any]) -> Cast:
    return Cast(Value([str(value) for value in values]), ArrayField(CharField()))
