"""Numbers: one after the other, none twice, none missing, for one person once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from clinic.models import Refusal
from scheduling.queue import services
from scheduling.queue.models import Department, Priority, QueueEntry, Status
from tests.people import PatientFactory
from tests.scheduling.queue.factories import DepartmentFactory, TicketFactory

pytestmark = pytest.mark.django_db


def refused(act: Any, *arguments: Any, **facts: Any) -> Refusal:
    with pytest.raises(Refusal) as caught, transaction.atomic():
        act(*arguments, **facts)
    return caught.value


def at_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_each_department_counts_from_one() -> None:
    surgery, laboratory = DepartmentFactory(prefix="S"), DepartmentFactory(prefix="L")
    tokens = [TicketFactory(department=each).token for each in (surgery, surgery, laboratory, surgery)]
    assert tokens == ["S-001", "S-002", "L-001", "S-003"]


def test_each_day_begins_with_one() -> None:
    department = DepartmentFactory(prefix="D")
    with time_machine.travel("2026-12-01T09:00:00Z", tick=False):
        tokens = [TicketFactory(department=department).token for _ in range(2)]
    with time_machine.travel("2026-12-02T09:00:00Z", tick=False):
        tokens.append(TicketFactory(department=department).token)
    assert tokens == ["D-001", "D-002", "D-001"]


def test_the_clinics_day_begins_at_its_own_midnight() -> None:
    department = DepartmentFactory()
    # Lagos is an hour ahead: 23:30 in London is the next day there.
    with time_machine.travel("2026-12-01T22:30:00Z", tick=False):
        evening = TicketFactory(department=department)
    with time_machine.travel("2026-12-01T23:30:00Z", tick=False):
        night = TicketFactory(department=department)
    assert (evening.day.day, evening.number, night.day.day, night.number) == (1, 1, 2, 1)


def test_a_number_that_was_refused_is_not_missing() -> None:
    department, patient = DepartmentFactory(prefix="G"), PatientFactory()
    TicketFactory(department=department, patient=patient)
    refused(services.take_ticket, by=None, department=department, patient=patient)
    assert TicketFactory(department=department).token == "G-002"
    at_commit()


def test_a_patient_has_one_number_in_a_department_until_done() -> None:
    department, patient = DepartmentFactory(), PatientFactory()
    first = TicketFactory(department=department, patient=patient)
    refusal = refused(services.take_ticket, by=None, department=department, patient=patient)
    assert (refusal.field, "already has a number" in str(refusal.message)) == ("patient", True)
    TicketFactory(department=DepartmentFactory(), patient=patient)
    services.leave_queue(first, by=None)
    assert TicketFactory(department=department, patient=patient).number == 2


def test_nobody_needs_a_name_and_a_patient_has_his_own() -> None:
    assert TicketFactory().person == ""
    assert TicketFactory(name=" Uche ").person == "Uche"
    patient = PatientFactory()
    ticket = TicketFactory(patient=patient, name="Somebody else")
    assert (ticket.person, ticket.name) == (patient.name, "")


def test_the_database_refuses_a_name_beside_a_patient() -> None:
    ticket = TicketFactory(patient=PatientFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueEntry.objects.filter(pk=ticket.pk).update(name="Uche")


@pytest.mark.parametrize("facts", [{"number": 7}, {"token": "X-001"}, {"day": "2026-01-01"}], ids=str)
def test_a_ticket_keeps_its_number(facts: dict[str, Any]) -> None:
    ticket = TicketFactory()
    with pytest.raises(IntegrityError, match="keeps its number"), transaction.atomic():
        QueueEntry.objects.filter(pk=ticket.pk).update(**facts)


def test_tickets_and_departments_are_not_deleted() -> None:
    ticket = TicketFactory()
    statements = {
        "DELETE FROM queue_queueentry WHERE id = %s": ticket.pk,
        "DELETE FROM queue_department WHERE id = %s": ticket.department_id,
    }
    for statement, key in statements.items():
        with (
            pytest.raises(IntegrityError, match=r"keeps its number|not deleted"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [key])


def test_the_database_refuses_a_counted_number_without_a_ticket() -> None:
    department = TicketFactory().department
    Department.objects.filter(pk=department.pk).update(last_number=2)
    with pytest.raises(IntegrityError, match="without a ticket"):
        at_commit()


@pytest.mark.parametrize("number", [1, 3, 4])
def test_the_database_counts_one_by_one(number: int) -> None:
    department = TicketFactory().department
    TicketFactory(department=department)
    TicketFactory(department=department) if number == 4 else None
    counted = Department.objects.get(pk=department.pk).last_number
    wanted = {1: 1, 3: counted + 2, 4: 1}[number]
    with pytest.raises(IntegrityError, match="one by one"), transaction.atomic():
        Department.objects.filter(pk=department.pk).update(last_number=wanted)


def test_the_database_refuses_a_ticket_whose_number_was_not_drawn() -> None:
    drawn = TicketFactory()
    stray = QueueEntry(department=drawn.department, day=drawn.day, number=9, token="Z-009")
    with pytest.raises(IntegrityError, match="not the next one"), transaction.atomic():
        stray.save(force_insert=True)


def test_a_closed_department_takes_nobody() -> None:
    department = DepartmentFactory()
    services.retire_department(department, by=None)
    assert refused(services.take_ticket, by=None, department=department).field == "department"


def test_a_department_with_people_is_not_closed() -> None:
    ticket = TicketFactory()
    assert "1 person" in str(refused(services.retire_department, ticket.department, by=None).message)
    services.leave_queue(ticket, by=None)
    assert not services.retire_department(ticket.department, by=None).is_active


def test_two_departments_do_not_share_a_letter() -> None:
    first = DepartmentFactory(prefix="Q")
    assert refused(services.add_department, by=None, name="Other", prefix="q").field == "prefix"
    services.retire_department(first, by=None)
    second = DepartmentFactory(prefix="Q")
    assert refused(services.reopen_department, first, by=None).field == "prefix"
    assert second.is_active


def test_a_letter_on_todays_slips_is_not_given_to_another_department() -> None:
    ticket = TicketFactory(department=DepartmentFactory(prefix="W"))
    services.leave_queue(ticket, by=None)
    services.update_department(ticket.department, by=None, name="Renamed", prefix="V")
    assert "today" in str(refused(services.add_department, by=None, name="New", prefix="W").message)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        assert services.add_department(by=None, name="New", prefix="W").prefix == "W"


def test_slips_keep_their_letter_when_the_department_changes_its_own() -> None:
    ticket = TicketFactory(department=DepartmentFactory(prefix="K"))
    services.update_department(ticket.department, by=None, name="Renamed", prefix="J")
    ticket.refresh_from_db()
    assert (ticket.token, TicketFactory(department=ticket.department).token) == ("K-001", "J-002")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": "", "prefix": "A"}, "name"),
        ({"name": "Surgery", "prefix": "1"}, "prefix"),
        ({"name": "Surgery", "prefix": "ABCD"}, "prefix"),
        ({"name": "Surgery", "prefix": ""}, "prefix"),
    ],
    ids=str,
)
def test_a_department_without_name_or_letters_is_refused(facts: dict[str, str], field: str) -> None:
    with pytest.raises((Refusal, ValidationError)) as caught:
        services.add_department(by=None, **facts)
    assert field in (getattr(caught.value, "message_dict", None) or {caught.value.field: 1})
    assert not Department.objects.exists()


def test_every_step_is_in_the_audit_trail(audit_trail: Any) -> None:
    ticket = TicketFactory(patient=PatientFactory())
    services.call_next(ticket.department, by=None, room="1")
    told = [(event.table_name, event.action) for event in audit_trail()]
    assert ("queue_queueentry", "insert") in told
    assert ("queue_queueentry", "update") in told


def test_a_priority_is_changed_only_while_somebody_waits() -> None:
    ticket = TicketFactory()
    assert services.change_priority(ticket, by=None, priority=Priority.URGENT).priority == Priority.URGENT
    services.call_next(ticket.department, by=None, room="1")
    refused(services.change_priority, ticket, by=None, priority=Priority.ROUTINE)
    assert QueueEntry.objects.get(pk=ticket.pk).status == Status.CALLED
