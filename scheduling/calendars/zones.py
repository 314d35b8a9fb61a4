"""The clocks of a zone for readers who may have another table of them, or none (RFC 5545, VTIMEZONE)."""

import datetime
from zoneinfo import ZoneInfo

import icalendar

from scheduling.models.clocks import Stretch, stretches


def clocks(zone: ZoneInfo, first: datetime.datetime, last: datetime.datetime) -> tuple[Stretch, ...]:
    """What the zone's clocks show from the year before `first` to the year after `last`, by Python's table.

    Whole years, so that feeds which are read every hour ask for the same.
    """
    since = datetime.datetime(first.year - 1, 1, 1, tzinfo=datetime.UTC)
    until = datetime.datetime(last.year + 2, 1, 1, tzinfo=datetime.UTC)
    return stretches(zone, since, until)


def described(zone: ZoneInfo, shown: tuple[Stretch, ...]) -> icalendar.Timezone:
    """The VTIMEZONE: each change of clocks named by itself, for a rule may end any year (Vancouver's did).

    What is ahead of the zone's least is DAYLIGHT: readers need one STANDARD at least, and do not know
    Dublin's winter time, which by law is the one saved.
    """
    described = icalendar.Timezone()
    described.add("tzid", zone.key)
    least = min(stretch.shift for stretch in shown)
    before = shown[0].shift
    for stretch in shown:
        sort = icalendar.TimezoneStandard if stretch.shift == least else icalendar.TimezoneDaylight
        onset = sort()
        # By the clock that was valid until then.
        onset.add("dtstart", stretch.since + before)
        onset.add("tzoffsetfrom", before)
        onset.add("tzoffsetto", stretch.shift)
        moment = stretch.since.replace(tzinfo=datetime.UTC).astimezone(zone)
        onset.add("tzname", moment.tzname() or zone.key)
        described.add_component(onset)
        before = stretch.shift
    return described
