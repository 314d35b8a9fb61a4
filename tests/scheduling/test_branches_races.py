"""Fifty want one room: one gets it. Real connections, real commits."""

import datetime
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from django.utils import timezone

from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, Room
from scheduling.services import branches
from tests.scheduling.factories import AppointmentFactory, DoctorFactory, PatientFactory
from tests.scheduling.test_branches import a_room, at, works

Race = Callable[[int, Callable[[int], Any]], list[Any]]


def test_of_many_doctors_whose_visits_want_one_room_at_once_one_gets_it(race: Race, is_long: bool) -> None:
    """Sabotage: without the constraint `appointment_room_overlap` every one of them gets it."""
    many = 50 if is_long else 12
    room = a_room()
    doctors, patients = DoctorFactory.create_batch(many), PatientFactory.create_batch(many)
    for number, doctor in enumerate(doctors):
        # Weekly hours cannot name one room twice; each had it in the hours of another day and hour.
        works(doctor, 9, 12) if number else works(doctor, 9, 12, room=room)
    visits = AppointmentFactory.create_batch(many - 1, starts_at=at(9))

    def want(number: int) -> Any:
        if number:
            return services.assign_room(visits[number - 1], room=room, by=None)
        return services.book_appointment(by=None, doctor=doctors[0], patient=patients[0], starts_at=at(9))

    results = race(many, want)
    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert sum(isinstance(result, Refusal) for result in results) == many - 1
    assert Appointment.objects.filter(room=room).count() == 1


def test_hours_are_not_opened_in_a_room_that_is_being_retired(race: Race) -> None:
    """Sabotage: without the locks of the guard `place` both are stored: hours in a retired room."""
    room, doctors = a_room(), DoctorFactory.create_batch(7)
    hours = {"starts": datetime.time(9), "ends": datetime.time(12), "valid_from": timezone.localdate()}

    def act(number: int) -> Any:
        if number == 7:
            return services.retire_room(room, by=None)
        return services.add_availability_rule(
            by=None, doctor=doctors[number], weekday=number + 1, room=room, **hours
        )

    race(8, act)
    is_active = Room.objects.get(pk=room.pk).is_active
    has_hours = any(doctor.availability_rules.exists() for doctor in doctors)
    assert is_active or not has_hours


def test_no_visit_is_put_into_a_room_that_is_being_retired(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sabotage: looked into before it is locked, the room is retired with the visit in it."""
    room, looked, given = a_room(), Event(), Event()
    visit, look = AppointmentFactory(starts_at=at(9)), branches._refuse_in_use

    def look_and_wait(there: Any) -> None:
        look(there)
        looked.set()
        given.wait(0.5)

    def act(number: int) -> Any:
        if number:
            return services.retire_room(room, by=None)
        looked.wait()
        found = services.assign_room(visit, room=room, by=None)
        given.set()
        return found

    monkeypatch.setattr(branches, "_refuse_in_use", look_and_wait)
    race(2, act)
    is_used = Appointment.objects.filter(room=room).exists()
    assert is_used == Room.objects.get(pk=room.pk).is_active
