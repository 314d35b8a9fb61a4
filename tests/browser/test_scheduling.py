"""The calendar in Chromium: booking with one thumb, the day sheet with one click, both without JavaScript."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling import services
from scheduling.models import Appointment, AvailabilityRule, Status
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    requested,
)

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]


def to(guest: Any, organization: Any, name: str, *arguments: Any, query: str = "") -> None:
    """Open a page of the calendar by its name."""
    guest.open(organization.host(), reverse(f"scheduling:{name}", args=arguments) + query)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_stranger_books_on_a_phone_in_few_taps(visitor: Guests, acme: Any, javascript: bool) -> None:
    doctor = doctor_with_hours()
    guest = visitor("phone", javascript=javascript)
    page = guest.page
    guest.open(acme.host())
    page.get_by_role("link", name=f"Book {doctor.name}").click()
    page.get_by_role("link", name="Next week").click()
    page.wait_for_url("**from=**")
    page.locator("a.time").first.click()
    page.get_by_label("Given name").fill("Ada")
    page.get_by_label("Date of birth").fill("1990-02-03")
    page.get_by_label("Phone").fill("0803 123 4567")
    page.get_by_role("button", name="Send the request").click()
    page.get_by_text("We have your request.").wait_for()
    guest.check()
    asked = Appointment.objects.get(doctor=doctor)
    assert asked.status == Status.PENDING
    assert timezone.localdate(asked.starts_at) >= timezone.localdate() + datetime.timedelta(days=7)
    page.get_by_role("button", name="Cancel this visit").click()
    if javascript:
        page.get_by_role("dialog").get_by_role("button", name="Cancel this visit").click()
    page.get_by_text("This visit is cancelled.").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_reception_works_on_the_day_sheet(signed_in: Guests, acme: Any, javascript: bool) -> None:
    doctor = doctor_with_hours()
    visit = AppointmentFactory(doctor=doctor, starts_at=timezone.now() + datetime.timedelta(minutes=1))
    asked = requested(doctor)
    desk = signed_in(MemberFactory(), javascript=javascript)
    page = desk.page
    to(desk, acme, "day")
    if javascript:
        page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("The visit is confirmed.").wait_for()
    page.get_by_role("button", name="Arrived").click()
    page.get_by_text("The patient has arrived.").wait_for()
    page.get_by_role("button", name="Check in").click()
    page.get_by_text("The patient is checked in.").wait_for()
    if javascript:
        assert page.evaluate("window.stayed")
    desk.check()
    visit.refresh_from_db()
    asked.refresh_from_db()
    assert (visit.status, asked.status) == (Status.CHECKED_IN, Status.BOOKED)


def test_the_day_is_leafed_through_and_filtered(signed_in: Guests, acme: Any) -> None:
    first, second = doctor_with_hours(), doctor_with_hours()
    for doctor in (first, second):
        services.book_appointment(
            by=None, doctor=doctor, patient=PatientFactory(), starts_at=free_times(doctor)[0].starts_at
        )
    desk = signed_in(MemberFactory())
    page = desk.page
    to(desk, acme, "day")
    page.get_by_text("No visits").wait_for()
    page.keyboard.press("]")
    page.locator("tbody tr").nth(1).wait_for()
    page.get_by_role("combobox", name="Doctor").select_option(label=first.name)
    page.locator("tbody tr").nth(1).wait_for(state="detached")
    assert first.name in page.locator("tbody").inner_text()
    assert f"doctor={first.pk}" in page.url


def test_reception_books_for_a_caller(signed_in: Guests, acme: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory(member__given_name="Zebulon")
    desk = signed_in(MemberFactory())
    page = desk.page
    to(desk, acme, "day")
    page.keyboard.press("n")
    page.get_by_role(
        "searchbox", name="Name, number, phone or date of birth of the patient"
    ).press_sequentially("Zebu")
    page.locator("#found").get_by_text("Zebulon").click()
    page.get_by_role("main").locator("a.btn-primary").first.click()
    desk.check()
    page.get_by_role("button", name="Book").click()
    page.get_by_text("The visit is booked.").wait_for()
    assert Appointment.objects.get(patient=patient).doctor == doctor


def test_a_doctor_opens_the_week(signed_in: Guests, acme: Any) -> None:
    doctor = DoctorFactory()
    own = signed_in(doctor.member)
    page = own.page
    to(own, acme, "availability")
    page.get_by_label("From").first.fill("09:00")
    page.get_by_label("To").first.fill("13:00")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("The hours are open for booking.").wait_for()
    own.check()
    assert AvailabilityRule.objects.filter(doctor=doctor).count() == 5
