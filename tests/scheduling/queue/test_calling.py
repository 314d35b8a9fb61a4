"""Calling: who is next, what follows what, and how long the others will wait."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from clinic.models import Refusal
from scheduling.queue import services
from scheduling.queue.jobs import clear_yesterdays_queue
from scheduling.queue.models import Department, Pace, Priority, QueueEntry, Status, paces, wait_in_words
from tests.scheduling.queue.factories import DepartmentFactory, TicketFactory, in_state, served

pytestmark = pytest.mark.django_db
STEPS: dict[str, Any] = {
    "call_next": lambda entry: services.call_next(entry.department, by=None, room="Room 9"),
    "recall_entry": lambda entry: services.recall_entry(entry, by=None),
    "begin_service": lambda entry: services.begin_service(entry, by=None),
    "complete_entry": lambda entry: services.complete_entry(entry, by=None),
    "return_to_queue": lambda entry: services.return_to_queue(entry, by=None),
    "leave_queue": lambda entry: services.leave_queue(entry, by=None),
}


def called_in_turn(department: Department) -> list[str]:
    """The tokens in the order in which one caller calls everybody."""
    tokens = []
    while QueueEntry.objects.today().filter(department=department).waiting().exists():
        entry = services.call_next(department, by=None, room="1")
        tokens.append(services.begin_service(entry, by=None).token)
    return tokens


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("verb", STEPS)
def test_each_step_leads_where_the_table_says_and_is_refused_elsewhere(status: str, verb: str) -> None:
    entry = in_state(status)
    if verb in entry.verbs:
        target = next(row.target for row in QueueEntry.TRANSITIONS.rows if row.verb == verb)
        assert STEPS[verb](entry).status == target
    else:
        with pytest.raises(Refusal), transaction.atomic():
            STEPS[verb](entry)
        assert QueueEntry.objects.get(pk=entry.pk).status == status


@pytest.mark.parametrize("status", Status.values)
def test_the_database_refuses_every_other_change_of_state(status: str) -> None:
    entry = in_state(status)
    allowed = {new for old, new in QueueEntry.TRANSITIONS.pairs() if old == status}
    for target in set(Status.values) - allowed - {status}:
        with pytest.raises(IntegrityError), transaction.atomic():
            QueueEntry.objects.filter(pk=entry.pk).update(status=target)


def test_the_urgent_go_first_and_then_who_came_first() -> None:
    department = DepartmentFactory(prefix="U")
    for priority in (
        Priority.ROUTINE,
        Priority.URGENT,
        Priority.ROUTINE,
        Priority.EMERGENCY,
        Priority.URGENT,
    ):
        TicketFactory(department=department, priority=priority)
    assert called_in_turn(department) == ["U-004", "U-002", "U-005", "U-001", "U-003"]


def test_who_is_not_there_goes_behind_the_others_and_keeps_the_number() -> None:
    department = DepartmentFactory(prefix="N")
    TicketFactory.create_batch(3, department=department)
    first = services.call_next(department, by=None, room="1")
    back = services.return_to_queue(first, by=None)
    assert (back.token, back.room, back.called_at, back.calls) == ("N-001", "", None, 1)
    assert called_in_turn(department) == ["N-002", "N-003", "N-001"]


def test_a_room_calls_one_person_at_a_time() -> None:
    department = DepartmentFactory()
    TicketFactory.create_batch(2, department=department)
    first = services.call_next(department, by=None, room="Room 2")
    with pytest.raises(Refusal, match="already called to this room"), transaction.atomic():
        services.call_next(department, by=None, room="room 2 ")
    services.begin_service(first, by=None)
    assert services.call_next(department, by=None, room="Room 2").number == 2


@pytest.mark.parametrize("room", ["", "   "])
def test_a_call_says_to_which_room(room: str) -> None:
    with pytest.raises(Refusal) as caught:
        services.call_next(TicketFactory().department, by=None, room=room)
    assert caught.value.field == "room"


def test_nobody_is_called_from_another_department_or_another_day() -> None:
    department = DepartmentFactory()
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        TicketFactory(department=department)
    TicketFactory()
    with pytest.raises(Refusal, match="Nobody is waiting"):
        services.call_next(department, by=None, room="1")


def test_calling_again_is_a_new_call() -> None:
    entry = in_state("called")
    again = services.recall_entry(entry, by=None)
    assert (again.calls, again.called_at > entry.called_at) == (2, True)


def test_the_night_clears_what_was_left_open() -> None:
    with time_machine.travel(timezone.now() - timedelta(days=1)):
        states = ("waiting", "called", "in_progress", "completed")
        yesterdays = [in_state(status, room=status) for status in states]
    todays = in_state("waiting")
    clear_yesterdays_queue.func.__wrapped__()
    for entry in (*yesterdays, todays):
        entry.refresh_from_db()
    assert [entry.status for entry in yesterdays] == ["left", "left", "left", "completed"]
    assert todays.status == Status.WAITING


# --- How long it takes ---------------------------------------------------------------------------


def test_nothing_is_told_before_enough_people_were_seen() -> None:
    department = DepartmentFactory()
    for _ in range(4):
        served(department, 10)
    early = TicketFactory(department=department)
    services.leave_queue(early, by=None)
    served(department, 10)
    assert early.estimated_minutes is None
    in_state("called", department=department)
    assert TicketFactory(department=department).estimated_minutes == 10


def test_the_day_itself_tells_more_than_the_weeks_before() -> None:
    slow, quick = DepartmentFactory(), DepartmentFactory()
    for number in range(5):
        for department in (slow, quick):
            served(department, 10, ago=timedelta(days=10 - number))
    for number in range(5):
        served(slow, 30, ago=timedelta(minutes=number))
    found = paces([slow.pk, quick.pk])
    assert (found[slow.pk].each, found[quick.pk].each) == (timedelta(minutes=30), timedelta(minutes=10))


def test_what_is_long_past_tells_nothing() -> None:
    department = DepartmentFactory()
    for number in range(5):
        served(department, 10, ago=timedelta(days=40 - number))
    assert paces([department.pk])[department.pk] == Pace()


def test_one_door_left_open_over_lunch_does_not_count() -> None:
    department = DepartmentFactory()
    for number, minutes in enumerate((10, 10, 10, 10, 240)):
        served(department, minutes, ago=timedelta(days=9 - number))
    assert paces([department.pk])[department.pk].each == timedelta(minutes=10)


def test_the_wait_grows_with_those_ahead_and_shrinks_with_the_rooms() -> None:
    each = timedelta(minutes=10)
    assert [Pace(each, 1, 1).wait(ahead) for ahead in (0, 1, 2)] == [10, 20, 30]
    assert [Pace(each, 2, 2).wait(ahead) for ahead in (0, 1, 2)] == [5, 10, 15]
    assert [Pace(each, 2, 1).wait(ahead) for ahead in (0, 1, 2)] == [0, 5, 10]
    assert Pace(each, 1, 0).wait(0) == 0
    assert Pace(None, 1, 0).wait(0) is None


def test_the_slip_counts_only_those_who_go_first() -> None:
    department = DepartmentFactory()
    for number in range(5):
        served(department, 10, ago=timedelta(days=9 - number))
    TicketFactory.create_batch(3, department=department)
    ordinary = TicketFactory(department=department)
    urgent = TicketFactory(department=department, priority=Priority.URGENT)
    assert (ordinary.estimated_minutes, urgent.estimated_minutes) == (30, 0)


def test_estimates_are_rounded_up_and_end_before_they_are_guesses() -> None:
    assert Pace(timedelta(minutes=7), 1, 1).wait(0) == 10
    assert Pace(timedelta(hours=5), 1, 1).wait(9) == 12 * 60


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(None, "not known yet"), (0, "no wait"), (25, "about 25 min"), (65, "about 1 h 05 min")],
)
def test_the_wait_is_told_in_words(minutes: int | None, words: str) -> None:
    assert wait_in_words(minutes) == words
