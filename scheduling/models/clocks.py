"""What a zone's clocks show, as rows for the database.

PostgreSQL brings its own table of time zones, Python another, and they are not always of the same year: in
2026 one of ours already knew that Vancouver gives up changing its clocks and the other did not. Hours that
one computes and the other shows would be wrong by an hour. So there is one source, Python's.
"""

import datetime
from functools import lru_cache
from typing import NamedTuple

from django.utils import timezone

# A day is looked into more closely when its two ends have different offsets.
STEP = datetime.timedelta(days=1)
SECOND = datetime.timedelta(seconds=1)


def bounds(first: datetime.date, last: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """The instants at which the local days `first` to `last` begin and end."""
    midnight = datetime.time()
    zone = timezone.get_current_timezone()
    return (
        datetime.datetime.combine(first, midnight, zone),
        datetime.datetime.combine(last + datetime.timedelta(days=1), midnight, zone),
    )


class Stretch(NamedTuple):
    """A time, in UTC and without saying so, during which the clocks are `shift` ahead of UTC."""

    since: datetime.datetime
    until: datetime.datetime
    shift: datetime.timedelta


def stretches(
    zone: datetime.tzinfo, since: datetime.datetime, until: datetime.datetime
) -> tuple[Stretch, ...]:
    """The offsets of `zone` from `since` to `until`, one row between two changes, without gaps."""
    # Local times do not add up across a change of clocks.
    return _stretches(zone, since.astimezone(datetime.UTC), until.astimezone(datetime.UTC))


@lru_cache(maxsize=1024)
def _stretches(
    zone: datetime.tzinfo, since: datetime.datetime, until: datetime.datetime
) -> tuple[Stretch, ...]:
    found: list[Stretch] = []
    begins = moment = since
    while moment < until:
        later = min(moment + STEP, until)
        if _shift(zone, moment) != _shift(zone, later):
            change = _change(zone, moment, later)
            found.append(Stretch(_plain(begins), _plain(change), _shift(zone, begins)))
            begins = change
        moment = later
    return (*found, Stretch(_plain(begins), _plain(until), _shift(zone, begins)))


def _change(zone: datetime.tzinfo, before: datetime.datetime, after: datetime.datetime) -> datetime.datetime:
    """The first second at which the clocks show what they show at `after`."""
    while after - before > SECOND:
        middle = (before + (after - before) // 2).replace(microsecond=0)
        if _shift(zone, middle) == _shift(zone, before):
            before = middle
        else:
            after = middle
    return after


def _shift(zone: datetime.tzinfo, moment: datetime.datetime) -> datetime.timedelta:
    return moment.astimezone(zone).utcoffset() or datetime.timedelta()


def _plain(moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(tzinfo=None)
