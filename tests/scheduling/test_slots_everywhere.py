"""Free times in every zone, on every day of a change of clocks, and in a thousand random weeks."""

import datetime
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.models import (
    Appointment,
    AppointmentType,
    AvailabilityException,
    AvailabilityRule,
    BookingPolicy,
    ClosingDay,
    DoctorAppointmentType,
    free_slots,
)
from scheduling.models.slots import Terms
from tests.scheduling import oracle
from tests.scheduling.factories import DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
YEARS = (2026, 2027, 2028)
# Names under which the machine keeps its own zone, and a zone that stands for "not set": nobody lives there.
NO_PLACES = {"localtime", "posixrules", "Factory"}
PLACES = sorted(
    zone
    for zone in available_timezones()
    if zone not in NO_PLACES and not zone.startswith(("posix/", "right/"))
)


@cache
def changes(name: str, year: int) -> list[datetime.date]:
    """The local days of the year in which the zone's clocks change."""
    # Arithmetic on local times goes by the label: each is a midnight.
    begins = datetime.datetime(year, 1, 1, tzinfo=ZoneInfo(name))
    midnights = [begins + number * oracle.DAY for number in range(367)]
    return [day.date() for day, next_day in pairwise(midnights) if day.utcoffset() != next_day.utcoffset()]


@pytest.mark.parametrize("year", YEARS)
def test_no_change_of_clocks_anywhere_makes_a_time_that_is_missing_twice_or_too_long(year: int) -> None:
    """Sabotage: leave the clock at the start, or at the end, of a visit out of the statement."""
    doctor = DoctorFactory()
    midnight, late = datetime.time(0), datetime.time(23, 30)
    weekly = [oracle.Rule(weekday, midnight, late, 30, datetime.date(2025, 1, 1)) for weekday in range(1, 8)]
    store_rules(doctor, weekly)
    seen = 0
    for name in PLACES:
        for day in changes(name, year):
            first, last = day - oracle.DAY, day + oracle.DAY
            with timezone.override(ZoneInfo(name)):
                found = free_slots([doctor.pk], first, last, LONG_AGO)
            hours = oracle.Hours(doctor.pk, ZoneInfo(name), weekly)
            assert found == oracle.free_times(hours, first, last, LONG_AGO), (name, day)
            labels = [slot.starts_at.astimezone(hours.zone).replace(tzinfo=None) for slot in found]
            assert len(labels) == len(set(labels)), (name, day)
            # Before and after the day of the change everything is as announced.
            for other in (first, last):
                assert sum(label.date() == other for label in labels) == 47, (name, day)
            seen += 1
    assert seen > 200


times = st.integers(0, 95).map(lambda quarter: datetime.time(quarter // 4, quarter % 4 * 15))
minutes = st.sampled_from([5, 10, 15, 20, 25, 30, 45, 60, 90, 480])
pauses = st.sampled_from([0, 0, 5, 15, 40])
# Zones with a change of half an hour, one backwards by name, one at midnight, two usual ones, two without.
GROUPS = (
    ("Australia/Lord_Howe", "Europe/Dublin"),
    ("Africa/Cairo", "America/New_York"),
    ("America/Santiago", "Asia/Beirut"),
    ("Africa/Lagos", "Asia/Kathmandu", "Europe/Lisbon"),
)


def apart(spans: list[tuple]) -> list[tuple]:
    """Those that do not overlap an earlier one, as the database would have it."""
    kept: list[tuple] = []
    for span in spans:
        if not any(span[0] < other[1] and other[0] < span[1] for other in kept):
            kept.append(span)
    return kept


@st.composite
def rules(draw: st.DrawFn, first: datetime.date) -> list[oracle.Rule]:
    weekly = {}
    for weekday in draw(st.lists(st.integers(1, 7), max_size=5)):
        starts, ends = sorted([draw(times), draw(times)])
        valid_from = first + datetime.timedelta(days=draw(st.integers(-30, 4)))
        until = draw(st.none() | st.integers(0, 40))
        valid_until = None if until is None else valid_from + datetime.timedelta(days=until)
        if starts < ends:
            weekly[weekday] = oracle.Rule(
                weekday,
                starts,
                ends,
                draw(minutes),
                valid_from,
                valid_until,
                draw(pauses),
                draw(st.none() | st.integers(0, 50)),
                draw(st.none() | st.integers(1, 8)),
            )
    return list(weekly.values())


kinds = st.none() | st.builds(
    oracle.Kind,
    minutes=st.none() | minutes,
    pause=st.none() | pauses,
    own_minutes=st.none() | minutes,
    own_pause=st.none() | pauses,
    is_offered=st.sampled_from([True, True, True, False]),
)


@st.composite
def weeks(draw: st.DrawFn, zones: tuple[str, ...]) -> dict[str, Any]:
    """A random week around a change of clocks: hours, leave, closing days, extra openings, visits, rules."""
    name = draw(st.sampled_from(zones))
    change = draw(st.sampled_from(changes(name, 2027) or [datetime.date(2027, 3, 28)]))
    first = change - datetime.timedelta(days=draw(st.integers(0, 3)))
    last = first + datetime.timedelta(days=draw(st.integers(0, 6)))
    begin = datetime.datetime.combine(first, datetime.time(), ZoneInfo(name)).astimezone(datetime.UTC)
    quarters = st.integers(-8, 7 * 96)

    def span(shortest: int, longest: int) -> oracle.Span:
        start = begin + datetime.timedelta(minutes=15 * draw(quarters))
        return start, start + datetime.timedelta(minutes=15 * draw(st.integers(shortest, longest)))

    def days() -> tuple[datetime.date, datetime.date]:
        start = first + datetime.timedelta(days=draw(st.integers(-2, 7)))
        return start, start + datetime.timedelta(days=draw(st.integers(0, 1)))

    return {
        "zone": ZoneInfo(name),
        "first": first,
        "last": last,
        "weekly": draw(rules(first)),
        "extra": apart([(*span(1, 24), draw(minutes)) for _number in range(draw(st.integers(0, 2)))]),
        "leave": [span(1, 60) for _number in range(draw(st.integers(0, 2)))],
        "taken": apart([span(1, 6) for _number in range(draw(st.integers(0, 6)))]),
        "closed": [days() for _number in range(draw(st.sampled_from([0, 0, 0, 1])))],
        "notice": draw(st.sampled_from([0, 0, 3, 30])),
        "horizon": draw(st.sampled_from([366, 366, 2, 5])),
        "kind": draw(kinds),
        "by_patient": draw(st.booleans()),
        "now": begin + datetime.timedelta(minutes=draw(st.sampled_from([-100_000, -600, 0, 61, 2000]))),
    }


def store_rules(doctor: Any, weekly: list[oracle.Rule]) -> None:
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            doctor=doctor,
            weekday=rule.weekday,
            starts=rule.starts,
            ends=rule.ends,
            slot_minutes=rule.minutes,
            valid_from=rule.valid_from,
            valid_until=rule.valid_until,
            buffer_minutes=rule.pause,
            minimum_notice_hours=rule.notice,
            horizon_days=rule.horizon,
        )
        for rule in weekly
    )


def store(week: dict[str, Any], doctor: Any, patient: Any) -> tuple[oracle.Hours, Terms]:
    """Enter the week into the database."""
    store_rules(doctor, week["weekly"])
    AvailabilityException.objects.bulk_create(
        [
            AvailabilityException(
                doctor=doctor, kind="extra", starts_at=start, ends_at=end, slot_minutes=length
            )
            for start, end, length in week["extra"]
        ]
        + [
            AvailabilityException(doctor=doctor, kind="leave", starts_at=start, ends_at=end)
            for start, end in week["leave"]
        ]
    )
    ClosingDay.objects.bulk_create(
        ClosingDay(name="Closed", first_day=first, last_day=last) for first, last in week["closed"]
    )
    Appointment.objects.bulk_create(
        Appointment(
            doctor=doctor, patient=patient, starts_at=start, ends_at=end, status="booked", source="reception"
        )
        for start, end in week["taken"]
    )
    if week["notice"] or week["horizon"] != oracle.FURTHEST:
        BookingPolicy.objects.create(minimum_notice_hours=week["notice"], horizon_days=week["horizon"])
    taken = ("weekly", "extra", "leave", "taken", "closed", "notice", "horizon", "zone")
    hours = oracle.Hours(doctor.pk, **{name: week[name] for name in taken})
    return hours, Terms(stored_kind(week["kind"], doctor), by_patient=week["by_patient"])


def stored_kind(kind: oracle.Kind | None, doctor: Any) -> Any:
    if kind is None:
        return None
    stored = AppointmentType.objects.create(name="Kind", minutes=kind.minutes, buffer_minutes=kind.pause)
    DoctorAppointmentType.objects.create(
        doctor=doctor,
        appointment_type=stored,
        minutes=kind.own_minutes,
        buffer_minutes=kind.own_pause,
        is_offered=kind.is_offered,
    )
    return stored.pk


@pytest.mark.parametrize("zones", GROUPS, ids=lambda zones: zones[0])
def test_the_statement_agrees_with_the_plain_way_in_a_thousand_weeks(zones: tuple[str, ...]) -> None:
    """Sabotage: leave any one condition out of the statement, and this fails."""
    doctor, patient = DoctorFactory(), PatientFactory()

    @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(week=weeks(zones))
    def agrees(week: dict[str, Any]) -> None:
        point = transaction.savepoint()
        try:
            hours, terms = store(week, doctor, patient)
            with timezone.override(week["zone"]):
                found = free_slots([doctor.pk], week["first"], week["last"], week["now"], terms)
            assert found == oracle.free_times(
                hours, week["first"], week["last"], week["now"], week["kind"], week["by_patient"]
            )
        finally:
            transaction.savepoint_rollback(point)

    agrees()
