"""Departments and people in the queue to test with, made by the services that make them in life."""

import datetime
from typing import Any
from unittest import mock

import factory
from django.utils import timezone

from scheduling.queue import services
from scheduling.queue.models import Department, QueueEntry


class DepartmentFactory(factory.Factory):
    class Meta:
        model = Department

    name = factory.Sequence(lambda number: f"Department {number}")
    prefix = factory.Sequence(lambda number: chr(65 + number // 26 % 26) + chr(65 + number % 26))

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> Department:
        return services.add_department(by=None, **facts)


class TicketFactory(factory.Factory):
    class Meta:
        model = QueueEntry

    department = factory.SubFactory(DepartmentFactory)

    @classmethod
    def _create(cls, model: Any, **facts: Any) -> QueueEntry:
        return services.take_ticket(by=None, **facts)


def in_state(status: str, department: Department | None = None, room: str = "Room 1") -> QueueEntry:
    """Somebody who has come to `status` by the services (in a department where nobody else waits)."""
    department = department or DepartmentFactory()
    entry = TicketFactory(department=department)
    if status in ("called", "in_progress", "completed"):
        entry = services.call_next(department, by=None, room=room)
    if status in ("in_progress", "completed"):
        entry = services.begin_service(entry, by=None)
    if status == "completed":
        entry = services.complete_entry(entry, by=None)
    if status == "left":
        entry = services.leave_queue(entry, by=None)
    return entry


def served(
    department: Department, minutes: int, *, ago: datetime.timedelta = datetime.timedelta()
) -> QueueEntry:
    """Somebody who was seen for so many minutes, so long ago."""
    begun = timezone.now() - ago - datetime.timedelta(minutes=minutes)
    with mock.patch.object(timezone, "now", return_value=begun):
        TicketFactory(department=department)
        entry = services.call_next(department, by=None, room="Room 1")
        services.begin_service(entry, by=None)
    with mock.patch.object(timezone, "now", return_value=begun + datetime.timedelta(minutes=minutes)):
        return services.complete_entry(entry, by=None)
