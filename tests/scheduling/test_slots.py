"""Free times: what the hours say, by the clocks of the clinic, minus what is taken. Nothing else."""

import datetime
import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduling.models import (
    Appointment,
    AvailabilityException,
    AvailabilityRule,
    Slot,
    free_slots,
    is_within_hours,
    nearby_slots,
    next_free,
    offered_slot,
)
from tests.scheduling import oracle
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    ExceptionFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
)

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
# Zones with a change of half an hour, one backwards by name, one at midnight, two usual ones, two without.
ZONES = (
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Africa/Cairo",
    "America/New_York",
    "America/Santiago",
    "Africa/Lagos",
    "Asia/Kathmandu",
)


def changes(zone: str, year: int) -> list[datetime.date]:
    """The local days of the year on which the zone's clocks change."""
    day, found = datetime.date(year, 1, 1), []
    while day.year == year:
        if _offset(zone, day) != _offset(zone, day - oracle.DAY):
            found.append(day)
        day += oracle.DAY
    return found


def _offset(zone: str, day: datetime.date) -> datetime.timedelta | None:
    return datetime.datetime.combine(day, datetime.time(12), ZoneInfo(zone)).utcoffset()


CHANGE_DAYS = [(zone, day) for zone in ZONES for day in changes(zone, 2027) or [datetime.date(2027, 3, 28)]]

times = st.integers(0, 95).map(lambda quarter: datetime.time(quarter // 4, quarter % 4 * 15))
minutes = st.sampled_from([5, 10, 15, 20, 25, 30, 45, 60, 90, 480])


def apart(spans: list[tuple]) -> list[tuple]:
    """Those that do not overlap an earlier one, as the database would have it."""
    kept: list[tuple] = []
    for span in spans:
        if not any(span[0] < other[1] and other[0] < span[1] for other in kept):
            kept.append(span)
    return kept


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, Any]:
    """A random week around a change of clocks, with hours, leave, extra openings and visits."""
    zone, change = draw(st.sampled_from(CHANGE_DAYS))
    first = change - datetime.timedelta(days=draw(st.integers(0, 3)))
    last = first + datetime.timedelta(days=draw(st.integers(0, 6)))
    begin = datetime.datetime.combine(first, datetime.time(), ZoneInfo(zone)).astimezone(datetime.UTC)
    quarters = st.integers(-8, 7 * 96)

    def span(shortest: int, longest: int) -> tuple[datetime.datetime, datetime.datetime]:
        start = begin + datetime.timedelta(minutes=15 * draw(quarters))
        return start, start + datetime.timedelta(minutes=15 * draw(st.integers(shortest, longest)))

    weekly: dict[int, tuple] = {}
    for weekday in draw(st.lists(st.integers(1, 7), max_size=5)):
        starts, ends = sorted([draw(times), draw(times)])
        valid_from = first + datetime.timedelta(days=draw(st.integers(-30, 4)))
        until = draw(st.none() | st.integers(0, 40))
        valid_until = None if until is None else valid_from + datetime.timedelta(days=until)
        if starts < ends:
            weekly[weekday] = (weekday, starts, ends, draw(minutes), valid_from, valid_until)
    extra = [(*span(1, 24), draw(minutes)) for _number in range(draw(st.integers(0, 2)))]
    leave = [span(1, 60) for _number in range(draw(st.integers(0, 2)))]
    taken = [span(1, 6) for _number in range(draw(st.integers(0, 6)))]
    return {
        "zone": zone,
        "first": first,
        "last": last,
        "weekly": list(weekly.values()),
        "extra": apart(extra),
        "leave": leave,
        "taken": apart(taken),
        "now": begin + datetime.timedelta(minutes=draw(st.sampled_from([-100_000, 0, 61, 2000]))),
    }


def store(week: dict[str, Any]) -> oracle.Hours:
    """Enter the week into the database."""
    doctor = DoctorFactory()
    for weekday, starts, ends, length, valid_from, valid_until in week["weekly"]:
        RuleFactory(
            doctor=doctor,
            weekday=weekday,
            starts=starts,
            ends=ends,
            slot_minutes=length,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    for starts_at, ends_at, length in week["extra"]:
        ExceptionFactory(
            doctor=doctor, kind="extra", starts_at=starts_at, ends_at=ends_at, slot_minutes=length
        )
    for starts_at, ends_at in week["leave"]:
        ExceptionFactory(doctor=doctor, starts_at=starts_at, ends_at=ends_at)
    for starts_at, ends_at in week["taken"]:
        AppointmentFactory(doctor=doctor, starts_at=starts_at, ends_at=ends_at)
    return oracle.Hours(doctor.pk, week["weekly"], week["extra"], week["leave"], week["taken"])


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(week=weeks())
def test_the_statement_agrees_with_the_plain_way(week: dict[str, Any]) -> None:
    """Sabotage: leave out the clock at the end of a visit, the leave or the visits, and this fails."""
    point = transaction.savepoint()
    try:
        hours, zone = store(week), ZoneInfo(week["zone"])
        with timezone.override(zone):
            found = free_slots([hours.doctor_id], week["first"], week["last"], week["now"])
        assert found == oracle.free_times(hours, week["first"], week["last"], zone, week["now"])
    finally:
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize(("zone", "day"), CHANGE_DAYS, ids=str)
def test_around_a_change_of_clocks_no_time_is_missing_twice_or_of_another_length(
    zone: str, day: datetime.date
) -> None:
    doctor = DoctorFactory()
    for weekday in range(1, 8):
        RuleFactory(
            doctor=doctor,
            weekday=weekday,
            starts=datetime.time(0),
            ends=datetime.time(23, 30),
            slot_minutes=30,
        )
    with timezone.override(ZoneInfo(zone)):
        found = free_slots([doctor.pk], day - oracle.DAY, day + oracle.DAY, LONG_AGO)
    labels = [slot.starts_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) for slot in found]
    assert len(labels) == len(set(labels))
    for slot, label in zip(found, labels, strict=True):
        assert slot.ends_at - slot.starts_at == datetime.timedelta(minutes=30)
        assert label.minute in (0, 30)
    # Before and after the day of the change everything is as announced.
    for other in (day - oracle.DAY, day + oracle.DAY):
        assert sum(label.date() == other for label in labels) in (46, 47)


def test_hours_are_the_clinics_wall_time_in_summer_and_winter() -> None:
    rule = RuleFactory(weekday=1, starts=datetime.time(9), ends=datetime.time(9, 30))
    with timezone.override(ZoneInfo("Europe/Dublin")):
        for monday in (datetime.date(2027, 1, 11), datetime.date(2027, 7, 12)):
            (slot,) = free_slots([rule.doctor_id], monday, monday, LONG_AGO)
            assert timezone.localtime(slot.starts_at).hour == 9


def test_leave_closes_and_an_extra_opening_opens() -> None:
    monday = datetime.date(2027, 1, 11)
    zone = timezone.get_current_timezone()
    rule = RuleFactory(weekday=1)
    eleven = datetime.datetime.combine(monday, datetime.time(11), zone)
    ExceptionFactory(doctor=rule.doctor, starts_at=eleven, ends_at=eleven + datetime.timedelta(days=1))
    evening = datetime.datetime.combine(monday, datetime.time(8), zone)
    ExceptionFactory(
        doctor=rule.doctor,
        kind="extra",
        starts_at=evening,
        ends_at=evening + datetime.timedelta(hours=1),
        slot_minutes=30,
    )
    found = free_slots([rule.doctor_id], monday, monday, LONG_AGO)
    assert [f"{timezone.localtime(slot.starts_at):%H:%M}" for slot in found] == [
        "08:00",
        "08:30",
        "09:00",
        "09:30",
        "10:00",
        "10:30",
    ]


def test_a_time_offered_twice_is_shown_once() -> None:
    monday = datetime.date(2027, 1, 11)
    rule = RuleFactory(weekday=1, ends=datetime.time(10))
    nine = datetime.datetime.combine(monday, datetime.time(9), timezone.get_current_timezone())
    ExceptionFactory(
        doctor=rule.doctor,
        kind="extra",
        starts_at=nine,
        ends_at=nine + datetime.timedelta(hours=1),
        slot_minutes=30,
    )
    assert len(free_slots([rule.doctor_id], monday, monday, LONG_AGO)) == 2


def test_a_past_time_is_not_offered() -> None:
    doctor = doctor_with_hours()
    today = timezone.localdate()
    assert all(slot.starts_at >= timezone.now() for slot in free_slots([doctor.pk], today, today))


def test_the_next_free_time_is_found_in_the_first_weeks_or_later() -> None:
    soon, late, never = doctor_with_hours(), DoctorFactory(), DoctorFactory()
    in_a_month = timezone.localdate() + datetime.timedelta(days=30)
    RuleFactory(doctor=late, weekday=in_a_month.isoweekday(), valid_from=in_a_month)
    found = next_free([soon.pk, late.pk, never.pk])
    assert timezone.localdate(found[late.pk].starts_at) == in_a_month
    assert found[soon.pk] == min(free_slots([soon.pk], timezone.localdate(), in_a_month))
    assert never.pk not in found


def test_one_offered_time_is_found_and_those_near_it() -> None:
    doctor = doctor_with_hours()
    slots = free_times(doctor)
    assert offered_slot(doctor.pk, slots[3].starts_at) == slots[3]
    assert offered_slot(doctor.pk, slots[3].starts_at + datetime.timedelta(minutes=1)) is None
    near = nearby_slots(doctor.pk, slots[5].starts_at, 3)
    assert near == slots[4:7]


def test_a_visit_fits_into_the_hours_or_not() -> None:
    doctor = doctor_with_hours()
    slot = free_times(doctor)[0]
    assert is_within_hours(*slot[:3])
    assert not is_within_hours(doctor.pk, slot.starts_at - datetime.timedelta(minutes=1), slot.ends_at)
    ExceptionFactory(doctor=doctor, starts_at=slot.starts_at, ends_at=slot.ends_at)
    assert not is_within_hours(*slot[:3])


@pytest.mark.parametrize(
    ("kind", "slot_minutes", "days"),
    [("extra", 30, 1.1), ("leave", None, 740), ("leave", 30, 1), ("extra", None, 1)],
)
def test_impossible_exceptions_cannot_be_stored(kind: str, slot_minutes: int | None, days: float) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        ExceptionFactory(
            kind=kind, slot_minutes=slot_minutes, starts_at=now, ends_at=now + datetime.timedelta(days=days)
        )


def test_hours_of_one_doctor_on_one_day_do_not_overlap_while_valid() -> None:
    there = RuleFactory(weekday=1, valid_until=datetime.date(2026, 6, 30))
    RuleFactory(doctor=there.doctor, weekday=1, valid_from=datetime.date(2026, 7, 1))
    RuleFactory(doctor=there.doctor, weekday=2)
    RuleFactory(doctor=there.doctor, weekday=1, starts=there.ends, ends=datetime.time(13))
    RuleFactory(weekday=1)
    with pytest.raises(IntegrityError, match="availability_rule_overlap"), transaction.atomic():
        RuleFactory(doctor=there.doctor, weekday=1, starts=datetime.time(11, 59), ends=datetime.time(14))


@pytest.mark.parametrize(
    "facts",
    [
        {"weekday": 0},
        {"weekday": 8},
        {"slot_minutes": 4},
        {"slot_minutes": 481},
        {"ends": datetime.time(9)},
        {"valid_until": datetime.date(2025, 12, 31)},
    ],
)
def test_impossible_hours_cannot_be_stored(facts: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleFactory(**facts)


def test_twenty_doctors_with_eight_hundred_visits_are_answered_at_once() -> None:
    """At least 15 times as fast as a query a day (DESIGN section 7); the bench has 50 doctors."""
    monday, zone = datetime.date(2027, 1, 11), timezone.get_current_timezone()
    doctors, patients = DoctorFactory.create_batch(20), PatientFactory.create_batch(10)
    AvailabilityRule.objects.bulk_create(
        AvailabilityRule(
            doctor=doctor,
            weekday=weekday,
            starts=datetime.time(start),
            ends=datetime.time(start + 4),
            valid_from=datetime.date(2026, 1, 1),
        )
        for doctor in doctors
        for weekday in range(1, 7)
        for start in (9, 14)
    )
    half_hours = [
        datetime.datetime.combine(monday + number * oracle.DAY, datetime.time(hour, minute), zone)
        for number in range(6)
        for hour in (9, 10, 11, 12, 14, 15, 16)
        for minute in (0, 30)
    ]
    Appointment.objects.bulk_create(
        Appointment(
            doctor=doctor,
            patient=patients[number],
            starts_at=starts_at,
            ends_at=starts_at + datetime.timedelta(minutes=30),
            status="booked",
            source="reception",
        )
        for starts_at in half_hours
        for number, doctor in enumerate(doctors[:10])
    )
    last, keys = monday + 6 * oracle.DAY, [doctor.pk for doctor in doctors]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE scheduling_appointment, scheduling_availabilityrule")
    quick = min(_timed(lambda: free_slots(keys, monday, last, LONG_AGO)) for _round in range(5))
    plain = _timed(lambda: [slot for key in keys for slot in a_query_a_day(key, monday, last, zone)])
    assert sorted(free_slots(keys, monday, last, LONG_AGO)) == sorted(
        slot for key in keys for slot in a_query_a_day(key, monday, last, zone)
    )
    assert quick * 15 <= plain, (quick, plain)


def _timed(act: Any) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def a_query_a_day(
    doctor_id: Any, first: datetime.date, last: datetime.date, zone: datetime.tzinfo
) -> list[Slot]:
    """The way it is often written: for each doctor and day, ask for the hours, then for the visits."""
    found, day = [], first
    while day <= last:
        visits = list(Appointment.objects.filter(doctor_id=doctor_id).holding().on(day))
        leave = list(
            AvailabilityException.objects.filter(doctor_id=doctor_id, kind="leave", starts_at__date=day)
        )
        for rule in AvailabilityRule.objects.filter(doctor_id=doctor_id, weekday=day.isoweekday()):
            start = datetime.datetime.combine(day, rule.starts, zone)
            length = datetime.timedelta(minutes=rule.slot_minutes)
            while start + length <= datetime.datetime.combine(day, rule.ends, zone):
                end = start + length
                if not any(start < busy.ends_at and busy.starts_at < end for busy in visits + leave):
                    found.append(Slot(doctor_id, start, end))
                start = end
        day += oracle.DAY
    return found
