"""The limits are counted by one at a time. Real connections, real commits."""

from collections.abc import Callable
from typing import Any

from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, Source
from tests.scheduling.factories import PatientFactory, doctor_with_hours, free_times
from tests.scheduling.test_limits import rules, stranger

Race = Callable[[int, Callable[[int], Any]], list[Any]]


def test_the_limits_hold_when_twenty_ask_at_once(race: Race) -> None:
    """Sabotage: without `queue_with("requests")` each of the twenty counts before the others are stored."""
    rules(most_per_address=4)
    doctor = doctor_with_hours()
    slots = free_times(doctor)

    def send(number: int) -> Appointment:
        return services.request_appointment(
            doctor=doctor, starts_at=slots[number].starts_at, address="192.0.2.7", **stranger(number)
        )

    results = race(20, send)
    assert sum(isinstance(result, Appointment) for result in results) == 4
    assert sum(isinstance(result, Refusal) for result in results) == 16


def test_a_patient_who_books_twice_at_once_keeps_to_the_limit(race: Race) -> None:
    """Sabotage: without `queue_with` in `refuse_own_surplus` both see one visit less."""
    rules(most_per_patient=1)
    doctor, patient = doctor_with_hours(), PatientFactory()
    slots = free_times(doctor)

    def book(number: int) -> Appointment:
        return services.book_appointment(
            by=None, doctor=doctor, patient=patient, starts_at=slots[number].starts_at, source=Source.PORTAL
        )

    assert sum(isinstance(result, Appointment) for result in race(8, book)) == 1
