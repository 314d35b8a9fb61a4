"""Two workers at once, and somebody at the desk meanwhile. Real connections, real commits."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Event
from typing import Any

import pytest
from django.db import connections, transaction
from django.utils import timezone

from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment
from scheduling.services import reminders
from tests.scheduling.factories import AppointmentFactory, DoctorFactory, MemberFactory, PatientFactory

Race = Callable[[int, Callable[[int], Any]], list[Any]]
HOUR = timedelta(hours=1)


def visits(count: int, first: timedelta) -> list[Appointment]:
    """So many visits of one patient without an address for every ninth, booked long ago."""
    doctor = DoctorFactory()
    people = [
        PatientFactory(
            member=MemberFactory(role="patient", user=None, email=f"p{n}@people.example" if n else "")
        )
        for n in range(9)
    ]
    begin = timezone.now() + first
    made = [
        AppointmentFactory(
            doctor=doctor,
            patient=people[number % 9],
            starts_at=begin + timedelta(minutes=number),
            ends_at=begin + timedelta(minutes=number + 1),
        )
        for number in range(count)
    ]
    Appointment.objects.update(created_at=timezone.now() - timedelta(days=30))
    return made


def test_two_workers_write_each_reminder_once(race: Race, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "AT_ONCE", 7)
    visits(90, HOUR)
    results = race(2, lambda number: services.remind_patients())
    assert sum(results) >= 90
    written = list(OutboxMessage.objects.values_list("about_id", "status"))
    assert len(written) == len(dict(written)) == 90
    assert [status for _visit, status in written].count("failed") == 10


@pytest.mark.parametrize(("is_guarded", "written"), [(True, 30), (False, 60)])
def test_without_the_lock_the_constraint_still_takes_each_once(
    is_guarded: bool, written: int, acme: Any, race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both workers have looked before either writes; without the constraint each patient is told twice."""
    due, both = reminders.due_reminders, Barrier(2)
    unlocked = due.__globals__["_DUE"].replace("FOR NO KEY UPDATE OF a SKIP LOCKED", "")
    monkeypatch.setitem(due.__globals__, "_DUE", unlocked)

    def look(policy: Any, most: int, tried: set[Any]) -> list[Any]:
        found = due(policy, most, tried)
        if found:
            both.wait(30)
        return found

    monkeypatch.setattr(reminders, "due_reminders", look)
    if not is_guarded:
        with connections["owner"].cursor() as cursor:
            cursor.execute(f'SET search_path TO "{acme.schema_name}"')
            cursor.execute("ALTER TABLE notifications_outboxmessage DROP CONSTRAINT outbox_once")
            cursor.execute("DROP INDEX outbox_once_when_due")
        connections["owner"].close()
    visits(30, HOUR)
    assert race(2, lambda number: services.remind_patients()) == [30, 30]
    assert OutboxMessage.objects.count() == written


def meanwhile(race: Race, change: Callable[[], Any], work: Callable[[], Any]) -> Any:
    """What `work` gives while another connection has made `change` and not committed it yet."""
    changed, done = Event(), Event()

    def act(number: int) -> Any:
        if number == 0:
            with transaction.atomic():
                change()
                changed.set()
                assert done.wait(10)
            return None
        assert changed.wait(10)
        try:
            return work()
        finally:
            done.set()

    return race(2, act)[1]


def test_a_visit_that_is_being_called_off_is_not_reminded_of(race: Race) -> None:
    visit, other = visits(2, HOUR)
    assert meanwhile(race, lambda: services.cancel_appointment(visit, by=None), services.remind_patients) == 1
    assert list(OutboxMessage.objects.filter(kind="reminder").values_list("about_id", flat=True)) == [
        other.pk
    ]
    assert services.remind_patients() == 0
