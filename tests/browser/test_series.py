"""Visits that come again in Chromium: dates with their clashes, proposals, moving the rest."""

import datetime
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import AgentProfile
from accounts.members.roles import Role
from scheduling import services
from scheduling.models import Appointment, AppointmentSeries, Status, free_slots
from tests.scheduling.factories import AppointmentFactory, ExceptionFactory, MemberFactory, PatientFactory
from tests.scheduling.factories import doctor_with_hours as a_doctor

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]
WEEK, HOUR = datetime.timedelta(weeks=1), datetime.timedelta(hours=1)


def times_of_series(series: AppointmentSeries) -> list[datetime.datetime]:
    """When its visits are now."""
    present = series.appointments.exclude(status=Status.RESCHEDULED).order_by("starts_at")
    return [visit.starts_at for visit in present]


@pytest.mark.parametrize("javascript", [True, False])
def test_the_desk_books_a_series_with_clashes_and_moves_the_rest(
    signed_in: Guests, acme: Any, javascript: bool
) -> None:
    doctor, patient = a_doctor(), PatientFactory()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    first = free_slots([doctor.pk], tomorrow, tomorrow)[4].starts_at
    AppointmentFactory(doctor=doctor, starts_at=first + WEEK)
    leave = first + 2 * WEEK
    ExceptionFactory(doctor=doctor, starts_at=leave - HOUR, ends_at=leave + HOUR)
    desk = signed_in(MemberFactory(), width="phone", javascript=javascript)
    page = desk.page
    query = f"?patient={patient.pk}&doctor={doctor.pk}&on={tomorrow}&from={tomorrow}"
    desk.open(acme.host(), reverse("scheduling:book_appointment") + query)
    page.locator(f'label.time:has(input[value="{first.isoformat()}"])').click()
    page.get_by_label("Reason for the visit").fill("Back pain")
    page.get_by_text("Repeat this visit").click()
    page.get_by_label("Number of visits").fill("4")
    page.get_by_role("button", name="Show the dates").click()
    page.get_by_text("2 dates are not possible as planned").wait_for()
    page.get_by_text("The doctor has another visit then.").wait_for()
    page.get_by_text("The doctor is on leave.").wait_for()
    desk.check()
    page.locator('input[name="choice_2"][value="skip"]').check()
    page.get_by_role("button", name="Book the visits").click()
    page.get_by_text("The visits are booked").wait_for()
    desk.check()
    series = AppointmentSeries.objects.get()
    booked = times_of_series(series)
    assert booked[0] == first
    assert abs(booked[1] - first - WEEK) <= HOUR
    assert booked[1] != first + WEEK
    assert booked[2:] == [first + 3 * WEEK]

    page.get_by_role("link", name="Move", exact=True).first.click()
    an_hour_later = (first + HOUR).isoformat()
    page.locator(f'label.time:has(input[value="{an_hour_later}"])').click()
    page.get_by_role("button", name="Move this and 2 following").click()
    page.get_by_role("button", name="Move the visits").wait_for()
    desk.check()
    page.get_by_role("button", name="Move the visits").click()
    page.get_by_text("The visits are moved").wait_for()
    assert times_of_series(series) == [moment + HOUR for moment in booked]


def test_the_desk_overbooks_only_after_a_time_was_refused(signed_in: Guests, acme: Any) -> None:
    doctor, patient = a_doctor(), PatientFactory()
    services.add_appointment_type(by=None, name="Check-up", minutes=30, fee=Decimal(7500))
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    slot = free_slots([doctor.pk], tomorrow, tomorrow)[4]
    desk = signed_in(MemberFactory())
    page = desk.page
    query = f"?patient={patient.pk}&doctor={doctor.pk}&on={tomorrow}&from={tomorrow}"
    desk.open(acme.host(), reverse("scheduling:book_appointment") + query)
    page.get_by_text("This visit costs").wait_for()
    # Somebody is quicker.
    AppointmentFactory(doctor=doctor, starts_at=slot.starts_at)
    page.locator(f'label.time:has(input[value="{slot.starts_at.isoformat()}"])').click()
    page.get_by_role("button", name="Book", exact=True).click()
    page.get_by_text("The doctor has another visit then").wait_for()
    desk.check()
    page.get_by_label("Why two visits at the same time?").fill("Fever")
    page.get_by_role("button", name="Book", exact=True).click()
    page.get_by_text("The visit is booked.").wait_for()
    page.get_by_text("Overbooked").wait_for()
    desk.check()
    assert Appointment.objects.get(patient=patient).overbook_reason == "Fever"


def test_an_agent_books_for_a_patient_on_a_phone(signed_in: Guests, acme: Any) -> None:
    a_doctor()
    member = MemberFactory(role=Role.AGENT)
    AgentProfile.objects.create(member=member)
    agent = signed_in(member, width="phone")
    page = agent.page
    agent.open(acme.host())
    page.get_by_role("link", name="My bookings").click()
    page.get_by_role("main").get_by_role("link", name="Book for somebody new").click()
    agent.check()
    page.get_by_role("link", name="Choose a time").first.click()
    page.locator("label.time").first.click()
    page.get_by_label("Given name").fill("Samuel")
    page.get_by_label("Date of birth").fill("1971-04-02")
    page.get_by_label("Phone").fill("0803 123 4567")
    agent.check()
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("The clinic has your request").wait_for()
    agent.check()
    assert Appointment.objects.get().agent_id == member.pk
