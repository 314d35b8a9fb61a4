"""The calendar in the admin obeys the same rules as the pages."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, Status
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    ExceptionFactory,
    MemberFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
    in_state,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


@pytest.fixture
def admin(client_for: Browser) -> Any:
    """The browser of the clinic's administrator."""
    return client_for(MemberFactory(role=Role.ADMIN))


def test_adding_an_appointment_books_it(admin: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    slot = free_times(doctor)[0]
    local = timezone.localtime(slot.starts_at)
    add = reverse("admin:scheduling_appointment_add")
    assert admin.get(add).status_code == 200
    data = {
        "doctor": doctor.pk,
        "patient": patient.pk,
        "starts_at_0": f"{local:%Y-%m-%d}",
        "starts_at_1": f"{local:%H:%M:%S}",
        "reason": "Cough",
    }
    assert admin.post(add, data).status_code == 302
    booked = Appointment.objects.get(doctor=doctor)
    assert (booked.status, booked.starts_at, booked.patient) == (Status.BOOKED, slot.starts_at, patient)
    taken = admin.post(add, {**data, "patient": PatientFactory().pk})
    assert taken.status_code == 200
    assert "not free any more" in taken.content.decode()
    assert Appointment.objects.count() == 1


def test_an_appointment_is_read_there_and_never_edited(admin: Any) -> None:
    visit = in_state(Status.FULFILLED)
    page = reverse("admin:scheduling_appointment_change", args=[visit.pk])
    assert 'name="status"' not in admin.get(page).content.decode()
    assert admin.post(page, {"status": "booked"}).status_code == 403
    assert admin.post(reverse("admin:scheduling_appointment_delete", args=[visit.pk])).status_code == 403
    visit.refresh_from_db()
    assert visit.status == Status.FULFILLED


def test_the_actions_take_the_steps_and_relay_refusals(admin: Any) -> None:
    asked, over = in_state(Status.PENDING), in_state(Status.FULFILLED)
    listing = reverse("admin:scheduling_appointment_changelist")
    data = {"action": "confirm_appointment", "_selected_action": [asked.pk, over.pk]}
    answer = admin.post(listing, data, follow=True)
    assert "no longer possible" in answer.content.decode()
    asked.refresh_from_db()
    over.refresh_from_db()
    assert (asked.status, over.status) == (Status.BOOKED, Status.FULFILLED)


def test_hours_obey_their_rules_there_too(admin: Any) -> None:
    there = RuleFactory(weekday=1)
    add = reverse("admin:scheduling_availabilityrule_add")
    data = {
        "doctor": there.doctor_id,
        "weekday": "1",
        "starts": "10:00",
        "ends": "11:00",
        "slot_minutes": "30",
        "buffer_minutes": "0",
        "mode": "in_person",
        "valid_from": "2026-01-01",
    }
    for wrong in ({}, {"weekday": "2", "slot_minutes": "0"}, {"weekday": "2", "ends": "09:00"}):
        assert admin.post(add, {**data, **wrong}).status_code == 200
    assert AvailabilityRule.objects.count() == 1
    assert admin.post(add, {**data, "weekday": "2"}).status_code == 302


def test_leave_over_visits_says_so_there(admin: Any) -> None:
    visit = AppointmentFactory()
    add = reverse("admin:scheduling_availabilityexception_add")
    assert admin.get(add).status_code == 200
    day = f"{timezone.localtime(visit.starts_at):%Y-%m-%d}"
    data = {
        "doctor": visit.doctor_id,
        "kind": "leave",
        "mode": "in_person",
        "starts_at_0": day,
        "starts_at_1": "00:00",
        "ends_at_0": day,
        "ends_at_1": "23:59",
    }
    answer = admin.post(add, data, follow=True).content.decode()
    assert "1 visit falls into leave" in answer
    assert reverse("scheduling:stranded_visits") in answer
    assert AvailabilityException.objects.count() == 1


def test_hours_are_changed_there(admin: Any) -> None:
    rule = RuleFactory(weekday=1)
    page = reverse("admin:scheduling_availabilityrule_change", args=[rule.pk])
    data = {
        "doctor": rule.doctor_id,
        "weekday": "1",
        "starts": "09:00",
        "ends": "17:00",
        "slot_minutes": "30",
        "buffer_minutes": "0",
        "mode": "in_person",
        "valid_from": "2026-01-01",
    }
    assert admin.post(page, data).status_code == 302
    rule.refresh_from_db()
    assert rule.ends == datetime.time(17)


def test_a_list_takes_as_many_statements_for_one_row_as_for_twenty(
    admin: Any, django_assert_num_queries: Any
) -> None:
    lists = {reverse(f"admin:scheduling_{model}_changelist"): most for model, most in STATEMENTS.items()}

    def add() -> None:
        visit = AppointmentFactory()
        RuleFactory(doctor=visit.doctor)
        ExceptionFactory(
            doctor=visit.doctor,
            starts_at=visit.starts_at,
            ends_at=visit.starts_at + datetime.timedelta(hours=1),
        )

    def look() -> None:
        for listing, most in lists.items():
            with django_assert_num_queries(most, info=listing):
                assert admin.get(listing).status_code == 200

    add()
    for listing in lists:
        admin.get(listing)
    look()
    for _number in range(19):
        add()
    look()
    assert DoctorFactory._meta.model.objects.count() == 20


STATEMENTS = {"appointment": 6, "availabilityrule": 4, "availabilityexception": 6}
