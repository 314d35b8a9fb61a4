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
    template = """(
        WITH asked (now, today, zone, holding) AS (SELECT %(expressions)s), away AS (
            SELECT doctor_id, starts_at, ends_at
            FROM scheduling_availabilityexception, asked
            WHERE kind = 'leave' AND ends_at > now
        ), closed AS (
            SELECT first_day::timestamp AT TIME ZONE zone AS starts_at,
                   (last_day + 1)::timestamp AT TIME ZONE zone AS ends_at
            FROM scheduling_closingday, asked
            WHERE is_observed AND last_day >= today
        )
        SELECT a.id
        FROM asked, away s JOIN scheduling_appointment a
          ON a.doctor_id = s.doctor_id AND a.starts_at < s.ends_at AND a.ends_at > s.starts_at
         AND a.starts_at > s.starts_at - interval '1 day'
        WHERE a.status = ANY (holding) AND a.ends_at > now AND a.starts_at > now - interval '1 day'
        UNION
        SELECT a.id
        FROM asked, closed s JOIN scheduling_appointment a
          ON a.starts_at < s.ends_at AND a.ends_at > s.starts_at
         AND a.starts_at > s.starts_at - interval '1 day'
        WHERE a.status = ANY (holding) AND a.ends_at > now AND a.starts_at > now - interval '1 day'
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
