"""Days on which the clinic is closed: its own, and the public holidays of its country."""

import datetime
from typing import Any

import holidays
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.db.current import connection
from clinic.models import Refusal, relayed
from scheduling import news
from scheduling.models import Appointment, BookingPolicy, ClosingDay
from scheduling.models.clocks import bounds
from scheduling.services.leave import withdraw_offers_in_the_way
from scheduling.services.policy import locked_policy

# This year's and those of the next two: so they are on record before anybody can book them.
YEARS = 3
PASSED = _("This day has passed.")
NO_CALENDAR = _("The public holidays of this country are not known here. Enter them as closing days.")
NOT_A_HOLIDAY = _("This is not a public holiday. Remove the closing day instead.")


@transaction.atomic
def add_closing_day(
    *, by: Member | None, name: str, first_day: datetime.date, last_day: datetime.date
) -> ClosingDay:
    """Close the clinic on these days; visits in the way are listed until settled. Raises Refusal."""
    closing = ClosingDay(name=name.strip(), first_day=first_day, last_day=last_day)
    closing.clean()
    if last_day < timezone.localdate():
        raise Refusal(PASSED, "last_day")
    with relayed(ClosingDay):
        closing.save()
    _make_way(first_day, last_day, by)
    return closing


@transaction.atomic
def remove_closing_day(closing: ClosingDay, *, by: Member | None) -> None:
    """Open the clinic again on these days; visits moved or cancelled in the meantime stay so."""
    if closing.kind == ClosingDay.Kind.HOLIDAY:
        raise Refusal(_("Public holidays stay on record: say that you work on this day instead."))
    closing.delete()


@transaction.atomic
def close_on_public_holidays(*, by: Member | None) -> None:
    """Close the clinic on its country's public holidays, from now on. Raises Refusal."""
    policy = locked_policy()
    policy.closes_on_public_holidays = True
    policy.save(update_fields=["closes_on_public_holidays"])
    calendar = public_holidays()
    if not calendar:
        raise Refusal(NO_CALENDAR)
    _store(calendar)
    _make_way(min(calendar), max(calendar), by)


@transaction.atomic
def work_on_public_holidays(*, by: Member | None) -> None:
    """Work on public holidays as on any other day; what was decided for single ones is kept."""
    policy = locked_policy()
    policy.closes_on_public_holidays = False
    policy.save(update_fields=["closes_on_public_holidays"])
    ClosingDay.objects.holidays().coming().observed().delete()


@transaction.atomic
def close_on_holiday(closing: ClosingDay, *, by: Member | None) -> ClosingDay:
    """Close the clinic on this public holiday after all."""
    closed = _decided(closing, is_observed=True)
    _make_way(closed.first_day, closed.last_day, by)
    return closed


@transaction.atomic
def work_on_holiday(closing: ClosingDay, *, by: Member | None) -> ClosingDay:
    """Work on this public holiday all the same."""
    return _decided(closing, is_observed=False)


@transaction.atomic
def keep_public_holidays(*, by: Member | None = None) -> None:
    """Bring the coming public holidays up to date where the clinic closes on them: new years, new laws."""
    calendar = public_holidays() if BookingPolicy.objects.current().closes_on_public_holidays else {}
    if calendar:
        locked_policy()
        _store(calendar)
        withdraw_offers_in_the_way(by=by)


def public_holidays() -> dict[datetime.date, str]:
    """The coming public holidays of the clinic's country, in English where the calendar speaks it."""
    first, country = timezone.localdate(), str(connection.tenant.country)
    years = range(first.year, first.year + YEARS)
    try:
        known: Any = holidays.country_holidays(country, years=years, language="en_US")
    except NotImplementedError:
        return {}
    return {day: name for day, name in sorted(known.items()) if day >= first}


def _make_way(first_day: datetime.date, last_day: datetime.date, by: Member | None) -> None:
    """Take back the offers that closing came across, and say which visits are in the way now."""
    withdraw_offers_in_the_way(by=by)
    news.tell_of_stranded(Appointment.objects.within(*bounds(first_day, last_day)), by=by)


def _store(calendar: dict[datetime.date, str]) -> None:
    """Make the coming holidays on record those of the calendar; the decisions about them stay."""
    there = {closing.first_day: closing for closing in ClosingDay.objects.holidays().coming()}
    longest = ClosingDay._meta.get_field("name").max_length
    for day, name in calendar.items():
        if day not in there:
            holiday = ClosingDay(
                kind=ClosingDay.Kind.HOLIDAY, name=name[:longest], first_day=day, last_day=day
            )
            ClosingDay.objects.insert_unless_taken(holiday)
    gone = [closing.pk for day, closing in there.items() if day not in calendar]
    ClosingDay.objects.filter(pk__in=gone).delete()


def _decided(closing: ClosingDay, *, is_observed: bool) -> ClosingDay:
    locked: ClosingDay = ClosingDay.objects.locked(closing.pk)
    if locked.kind != ClosingDay.Kind.HOLIDAY:
        raise Refusal(NOT_A_HOLIDAY)
    locked.is_observed = is_observed
    locked.save(update_fields=["is_observed"])
    return locked
