"""Free times: what the hours say, by the clocks of the clinic, minus what is taken. Nothing else."""

import datetime
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from scheduling.models import (
    Appointment,
    AvailabilityException,
    AvailabilityRule,
    Slot,
    count_free,
    free_slots,
    is_within_hours,
    nearby_slots,
    next_free,
    offered_slot,
)
from scheduling.models.slots import usual_visit
from scheduling.models.states import Mode
from tests.scheduling import oracle
from tests.scheduling.factories import (
    DoctorFactory,
    ExceptionFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
)

pytestmark = pytest.mark.django_db

LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


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


def next_monday() -> datetime.date:
    """The first Monday that is still to come."""
    today = timezone.localdate()
    return today + datetime.timedelta(days=8 - today.isoweekday())


def opening(rule: AvailabilityRule, starts: datetime.time, minutes: int, **facts: Any) -> datetime.datetime:
    """Open for so long next Monday, whatever the weekly hours; since when."""
    since = datetime.datetime.combine(next_monday(), starts, timezone.get_current_timezone())
    until = since + datetime.timedelta(minutes=minutes)
    ExceptionFactory(
        doctor=rule.doctor, kind="extra", starts_at=since, ends_at=until, slot_minutes=30, **facts
    )
    return since


def test_a_time_offered_twice_is_shown_once_and_counted_once() -> None:
    rule = RuleFactory(weekday=1, ends=datetime.time(10))
    monday = opening(rule, datetime.time(9), 60).date()
    assert len(free_slots([rule.doctor_id], monday, monday)) == 2
    assert count_free([rule.doctor_id], monday, monday) == 2


@pytest.mark.parametrize(("weekly", "once"), list(permutations(Mode, 2)))
@pytest.mark.parametrize("pause", [0, 5, 15, 40])
def test_a_time_offered_twice_is_as_the_extra_opening_says(weekly: Mode, once: Mode, pause: int) -> None:
    """In whatever order the database reads them: a page, the booking and the desk say the same.

    Sabotage: leave the order out of a statement.
    """
    rule = RuleFactory(weekday=1, starts=datetime.time(9), mode=weekly, buffer_minutes=pause)
    since = opening(rule, datetime.time(9), 180, mode=once)
    only = Slot(rule.doctor_id, since, since + datetime.timedelta(minutes=30), once)
    assert free_slots([rule.doctor_id], since.date(), since.date())[0] == only
    assert next_free([rule.doctor_id], since)[rule.doctor_id] == only
    assert usual_visit(rule.doctor_id, since) == (30, 0, once, None, None)


@pytest.mark.parametrize("minutes", [20, 30])
def test_the_next_free_time_of_each_doctor_is_the_first_of_the_free_times(minutes: int) -> None:
    """Though the hours and an extra opening offer a time that begins then, as long as each other or not."""
    rules = RuleFactory.create_batch(3, weekday=1, slot_minutes=minutes, buffer_minutes=10)
    since = min(opening(rule, datetime.time(9), 180, mode=Mode.VIRTUAL) for rule in rules)
    keys = [rule.doctor_id for rule in rules]
    free = free_slots(keys, since.date(), since.date())
    assert next_free(keys, since) == {slot.doctor_id: slot for slot in reversed(free)}


@pytest.mark.parametrize(("begins", "ends"), [(8, 12), (9, 12), (10, 12)])
def test_a_visit_is_as_the_extra_opening_says_for_as_long_as_it_fits(begins: int, ends: int) -> None:
    """The opening may begin before, with and after the weekly hours."""
    rule = RuleFactory(weekday=1, starts=datetime.time(9), ends=datetime.time(13))
    since = opening(rule, datetime.time(begins), (ends - begins) * 60 - 15, mode=Mode.VIRTUAL)
    noon = since + datetime.timedelta(hours=ends - begins)
    found = [
        usual_visit(rule.doctor_id, noon - datetime.timedelta(minutes=before)) for before in (60, 45, 30, 0)
    ]
    assert [usual and usual.mode for usual in found] == [Mode.VIRTUAL] * 2 + [Mode.IN_PERSON] * 2


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


def test_twenty_doctors_with_eight_hundred_visits_are_answered_by_one_statement(
    django_assert_num_queries: Any,
) -> None:
    """How much faster that is than a query a day, the bench says (DESIGN section 7)."""
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
    with django_assert_num_queries(1):
        found = free_slots(keys, monday, last, LONG_AGO)
    assert sorted(found) == sorted(slot for key in keys for slot in a_query_a_day(key, monday, last, zone))


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
