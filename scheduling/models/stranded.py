"""Visits that leave or closing days came across: still expected, at a time when nobody is there."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, DateField, DateTimeField, Func, UUIDField, Value
from django.db.models.functions import Cast
from django.utils import timezone

from scheduling.models.states import HOLDING


class StrandedIds(Func):
    """The keys of all visits that are not over and fall into a doctor's leave or a closing day.

    From the few spells of leave and closing days to the visits in them, by the calendar's indexes: the day
    sheet asks this each time.
    """

    output_field = UUIDField()
    # The subqueries with an OFFSET keep PostgreSQL from going through every visit for every spell.
    template = """(
        WITH asked (now, today, zone, holding) AS (SELECT %(expressions)s)
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
            SELECT greatest(first_day::timestamp AT TIME ZONE zone, now) AS since,
                   (last_day + 1)::timestamp AT TIME ZONE zone AS until, holding
            FROM scheduling_closingday, asked
            WHERE is_observed AND last_day >= today
        ) AS s, LATERAL (
            SELECT a.id FROM scheduling_appointment a
            WHERE a.starts_at > s.since - interval '1 day'
              AND a.starts_at < s.until AND a.ends_at > s.since AND a.status = ANY (s.holding)
            OFFSET 0
        ) AS v
    )"""

    def __init__(self, **extra: Any) -> None:
        now = timezone.now()
        super().__init__(
            Cast(Value(now), DateTimeField()),
            Cast(Value(timezone.localdate(now)), DateField()),
            Cast(Value(timezone.get_current_timezone_name()), CharField()),
            Cast(Value(list(HOLDING)), ArrayField(CharField())),
            **extra,
        )
