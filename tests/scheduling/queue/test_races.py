"""Many at once before one counter: real connections, real commits."""

from collections.abc import Callable
from typing import Any

from django.urls import reverse

from clinic.models import Refusal
from scheduling.queue import services
from scheduling.queue.models import Department, QueueEntry
from tests.people import PatientFactory, StaffFactory, with_login
from tests.scheduling.queue.factories import DepartmentFactory, TicketFactory

Race = Callable[[int, Callable[[int], Any]], list[Any]]


def test_twenty_tickets_at_once_are_numbered_one_to_twenty(race: Race) -> None:
    """Sabotage: with `get` for `locked` in take_ticket, numbers are refused as handed out."""
    department = DepartmentFactory()
    tickets = race(20, lambda number: services.take_ticket(by=None, department=department))
    assert sorted(getattr(ticket, "number", 0) for ticket in tickets) == list(range(1, 21))
    assert Department.objects.get(pk=department.pk).last_number == 20


def test_two_callers_never_call_the_same_person(race: Race) -> None:
    """Sabotage: without the lock in call_next, several call the first one."""
    department = DepartmentFactory()
    TicketFactory.create_batch(12, department=department)
    called = race(10, lambda number: services.call_next(department, by=None, room=f"Room {number}"))
    # Nobody is refused either: each skips those who are being called.
    assert sorted(entry.number for entry in called) == list(range(1, 11))
    assert len({entry.room for entry in called}) == 10


def test_of_ten_callers_for_three_people_seven_are_told_that_nobody_waits(race: Race) -> None:
    department = DepartmentFactory()
    TicketFactory.create_batch(3, department=department)
    called = race(10, lambda number: services.call_next(department, by=None, room=f"Room {number}"))
    assert sum(isinstance(result, QueueEntry) for result in called) == 3
    assert sum(isinstance(result, Refusal) for result in called) == 7


def test_of_two_calls_to_one_room_one_is_heard(race: Race) -> None:
    department = DepartmentFactory()
    TicketFactory.create_batch(8, department=department)
    called = race(8, lambda number: services.call_next(department, by=None, room="Room 1"))
    assert sum(isinstance(result, QueueEntry) for result in called) == 1
    assert sum(isinstance(result, Refusal) for result in called) == 7
    assert QueueEntry.objects.today().waiting().count() == 7


def test_a_patient_at_two_desks_gets_one_number(race: Race) -> None:
    department, patient = DepartmentFactory(), PatientFactory()
    taken = race(6, lambda number: services.take_ticket(by=None, department=department, patient=patient))
    assert sum(isinstance(result, QueueEntry) for result in taken) == 1
    assert Department.objects.get(pk=department.pk).last_number == 1


def test_nobody_is_left_in_a_department_that_closes_at_this_moment(race: Race) -> None:
    department = DepartmentFactory()

    def act(number: int) -> Any:
        if number % 2:
            return services.take_ticket(by=None, department=department)
        return services.retire_department(department, by=None)

    race(10, act)
    department.refresh_from_db()
    assert department.is_active or not department.entries.open().exists()


def test_of_two_who_answer_one_call_one_is_heard(race: Race) -> None:
    entry = services.call_next(TicketFactory().department, by=None, room="1")
    answers = [
        lambda: services.begin_service(entry, by=None),
        lambda: services.return_to_queue(entry, by=None),
    ]
    results = race(6, lambda number: answers[number % 2]())
    assert sum(isinstance(result, QueueEntry) for result in results) == 1


def test_ten_browsers_call_at_once_and_everybody_gets_somebody_else(
    race: Race, client_for: Callable[..., Any]
) -> None:
    department = DepartmentFactory()
    TicketFactory.create_batch(10, department=department)
    browsers = [client_for(with_login(StaffFactory())) for _ in range(10)]

    def send(number: int) -> int:
        data = {"department": department.pk, "room": f"Room {number}"}
        return int(browsers[number].send(reverse("queue:call_next"), data).status_code)

    assert race(10, send) == [302] * 10
    called = QueueEntry.objects.today().here()
    assert len({(entry.number, entry.room, entry.called_by_id) for entry in called}) == 10
