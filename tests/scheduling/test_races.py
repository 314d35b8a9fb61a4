"""Many at once: one wins, the others are told so, nobody waits for ever. Real connections, real commits."""

import datetime
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, Status
from scheduling.services.times import Taken
from tests.scheduling.factories import MemberFactory, PatientFactory, doctor_with_hours, free_times

Race = Callable[[int, Callable[[int], Any]], list[Any]]


def overlaps() -> int:
    """How many pairs of holding appointments of one doctor share a moment."""
    held = list(Appointment.objects.holding().order_by("doctor_id", "starts_at"))
    return sum(
        one.doctor_id == other.doctor_id and other.starts_at < one.ends_at for one, other in pairwise(held)
    )


def test_of_twenty_who_book_one_time_one_gets_it(race: Race) -> None:
    doctor, patients = doctor_with_hours(), PatientFactory.create_batch(20)
    starts_at = free_times(doctor)[0].starts_at
    results = race(
        20,
        lambda number: services.book_appointment(
            by=None, doctor=doctor, patient=patients[number], starts_at=starts_at
        ),
    )
    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == 19


def test_overlapping_times_go_to_nobody_twice(race: Race) -> None:
    doctor, patients = doctor_with_hours(), PatientFactory.create_batch(20)
    first = free_times(doctor)[2].starts_at
    results = race(
        20,
        lambda number: services.book_appointment(
            by=None,
            doctor=doctor,
            patient=patients[number],
            starts_at=first + datetime.timedelta(minutes=5 * number),
            minutes=30,
        ),
    )
    assert {type(result) for result in results} == {Appointment, Taken}
    assert overlaps() == 0


def test_moves_that_change_places_do_not_deadlock(race: Race) -> None:
    """Sabotage: without `_queue_for`, each of two movers waits for the time the other is leaving."""
    doctor, by = doctor_with_hours(), MemberFactory()
    slots = free_times(doctor)[:12]
    visits = [
        services.book_appointment(by=by, doctor=doctor, patient=PatientFactory(), starts_at=slot.starts_at)
        for slot in slots
    ]

    def change_places(number: int) -> Appointment:
        # 0 with 1, 2 with 3 …; with a length given, nothing asks first whether the time is free.
        goal = slots[number ^ 1].starts_at
        return services.reschedule_appointment(visits[number], by=by, starts_at=goal, minutes=30)

    results = race(len(visits), change_places)
    assert {type(result) for result in results} <= {Appointment, Taken}
    assert overlaps() == 0


def test_of_two_who_answer_one_request_one_is_heard(race: Race) -> None:
    doctor = doctor_with_hours()
    asked = services.request_appointment(
        doctor=doctor,
        starts_at=free_times(doctor)[0].starts_at,
        given_name="Ada",
        email="ada@example.com",
        date_of_birth=datetime.date(1990, 2, 3),
    )
    by = MemberFactory()
    answers = [
        lambda: services.confirm_appointment(asked, by=by),
        lambda: services.decline_appointment(asked, by=by, reason="Full"),
    ]
    results = race(8, lambda number: answers[number % 2]())
    assert sum(isinstance(result, Appointment) for result in results) == 1
    asked.refresh_from_db()
    assert asked.status in (Status.BOOKED, Status.DECLINED)
