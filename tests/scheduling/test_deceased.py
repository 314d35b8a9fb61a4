"""Whoever has died is not booked, not offered and not reminded; the file says so."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError
from django.utils import timezone

from accounts.members.models import PatientProfile
from accounts.members.services import update_patient
from clinic.models import Refusal
from scheduling.models.policy import BookingPolicy
from scheduling.models.reminders import due_reminders
from scheduling.services import book_appointment, update_booking_policy
from tests.accounts.members.factories import member_in
from tests.people import PatientFactory
from tests.scheduling.factories import AppointmentFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.django_db


def buried(patient: PatientProfile, **facts: Any) -> PatientProfile:
    return update_patient(patient, by=None, is_deceased=True, **facts)  # type: ignore[arg-type]


def test_nobody_who_has_died_is_booked() -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    first, second = free_times(doctor)[:2]
    book_appointment(by=None, doctor=doctor, patient=patient, starts_at=first.starts_at)
    patient = buried(patient)
    with pytest.raises(Refusal, match="has died"):
        book_appointment(by=None, doctor=doctor, patient=patient, starts_at=second.starts_at)


def test_the_database_refuses_it_too() -> None:
    patient = PatientFactory()
    PatientProfile.objects.filter(pk=patient.pk).update(is_deceased=True)
    with pytest.raises(IntegrityError, match="has died"):
        AppointmentFactory(patient=patient)


def test_nobody_who_has_died_is_reminded() -> None:
    update_booking_policy(by=None, email_reminder_hours=[24 * 14], sms_reminder_hours=[])
    doctor, patient = doctor_with_hours(), PatientFactory(email="ada@example.com")
    now = timezone.now()
    with time_machine.travel(now - datetime.timedelta(days=20)):
        slot = next(slot for slot in free_times(doctor, days=30) if slot.starts_at > now)
        book_appointment(by=None, doctor=doctor, patient=patient, starts_at=slot.starts_at)
    policy = BookingPolicy.objects.current()
    assert len(due_reminders(policy, 5, [])) == 1
    buried(patient)
    assert due_reminders(policy, 5, []) == []


def test_nobody_is_offered_who_has_died() -> None:
    alive, dead = PatientFactory(), buried(PatientFactory())
    found = set(PatientProfile.objects.active().values_list("pk", flat=True))
    assert alive.pk in found
    assert dead.pk not in found


def test_a_day_of_death_needs_the_death_and_lies_after_the_birth() -> None:
    patient = PatientFactory()
    with pytest.raises(Refusal, match="Tick that the patient has died"):
        update_patient(patient, by=None, deceased_on=datetime.date(2020, 1, 1))  # type: ignore[arg-type]
    with pytest.raises(Refusal, match="before being born"):
        buried(patient, deceased_on=datetime.date(1900, 1, 1))
    with pytest.raises(Refusal, match="has not come yet"):
        buried(patient, deceased_on=timezone.localdate() + datetime.timedelta(days=1))


def test_the_file_says_that_somebody_has_died(client_for: Callable[..., Any]) -> None:
    desk, patient = member_in("receptionist"), PatientFactory()
    client = client_for(desk)
    page = client.get(f"/patients/{patient.pk}/").content.decode()
    assert "Has died" not in page
    assert "Book a visit" in page
    buried(patient, deceased_on=datetime.date(2024, 5, 6))
    page = client.get(f"/patients/{patient.pk}/").content.decode()
    assert "Has died" in page
    assert "2024" in page
    assert "Book a visit" not in page
