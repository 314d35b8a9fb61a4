"""Ranges over columns, for exclusion constraints and overlap questions."""

from typing import Any

from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, IntegerRangeField
from django.db.models import CharField, Func, IntegerField, Value
from django.db.models.functions import Cast, Coalesce, Extract


class KeyRange(Func):
    """The range that holds one key only; the type is ours (public schema) and spares us btree_gist."""

    function = "uuidrange"
    # No Python type stands for it: it is only ever compared inside the database.
    output_field = CharField()

    def __init__(self, column: str, **extra: Any) -> None:
        super().__init__(column, column, Value("[]"), **extra)


class TimeRange(Func):
    """From one instant up to, not including, another."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class BusyRange(Func):
    """From the start of a visit up to the end of the pause after it."""

    function = "tstzrange"
    output_field = DateTimeRangeField()

    def __init__(self, **extra: Any) -> None:
        super().__init__("starts_at", Coalesce("busy_until", "ends_at"), **extra)


class DayRange(Func):
    """From one date to another, both included; without an end when the second is empty."""

    function = "daterange"
    output_field = DateRangeField()

    def __init__(self, first: str, last: str, **extra: Any) -> None:
        super().__init__(first, last, Value("[]"), **extra)


class ClockRange(Func):
    """From one time of day up to, not including, another, in seconds (PostgreSQL has no range of times)."""

    function = "int4range"
    output_field = IntegerRangeField()

    def __init__(self, starts: str, ends: str, **extra: Any) -> None:
        super().__init__(_seconds(starts), _seconds(ends), **extra)


class NumberRange(Func):
    """The range that holds one number only."""

    function = "int4range"
    output_field = IntegerRangeField()

    def __init__(self, column: str, **extra: Any) -> None:
        number = Cast(column, IntegerField())
        super().__init__(number, number, Value("[]"), **extra)


def _seconds(column: str) -> Cast:
    return Cast(Extract(column, "epoch"), IntegerField())
