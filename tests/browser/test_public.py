"""Booking on a phone, counted in taps; the link in the message; and a reader whose clock is elsewhere."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from clinic.notifications.models import OutboxMessage
from scheduling.models import Appointment, AppointmentType, AvailabilityRule, Mode, Status
from tests.scheduling.factories import doctor_with_hours, requested

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]

# Counts what the finger really does, whatever the test says it did.
COUNT_TAPS = """addEventListener("pointerdown", event => {
  if (event.isTrusted) sessionStorage.taps = Number(sessionStorage.taps || 0) + 1;
}, true)"""
MOST_TAPS = 10


def phone(visitor: Guests, **options: Any) -> Any:
    """Somebody with a telephone in the hand, whose taps are counted."""
    guest = visitor("phone", has_touch=True, is_mobile=True, **options)
    guest.page.add_init_script(COUNT_TAPS)
    return guest


def write(page: Any, label: str, text: str) -> None:
    """Tap into a field and write."""
    field = page.get_by_label(label)
    field.tap()
    field.fill(text)


def link_in(kind: str) -> str:
    """The way to the visit that the newest message of this kind carries."""
    letter = OutboxMessage.objects.filter(kind=kind).latest("created_at")
    found = re.search(r"http://[^/]+(/visit/\S+)", letter.body)
    assert found
    return found[1]


def test_a_visit_is_booked_and_confirmed_on_a_phone_in_under_ten_taps(visitor: Guests, acme: Any) -> None:
    doctor = doctor_with_hours()
    AppointmentType.objects.create(name="First visit", minutes=30, position=1)
    AppointmentType.objects.create(name="Follow-up", minutes=15, fee=3000, position=2)
    guest = phone(visitor)
    page = guest.page
    guest.open(acme.host())
    guest.check()
    page.get_by_role("link", name="Follow-up").tap()
    page.wait_for_url("**kind=**")
    page.get_by_role("link", name=f"Book {doctor.name}").tap()
    page.wait_for_url("**/book/**")
    guest.check()
    page.locator("a.time").first.tap()
    page.get_by_text("No account is needed.").wait_for()
    guest.check()
    write(page, "Given name", "Ada")
    write(page, "Date of birth", "1990-02-03")
    write(page, "E-mail", "ada@example.com")
    page.get_by_role("button", name="Send the request").tap()
    page.get_by_text("We have your request.").wait_for()
    guest.check()
    guest.open(acme.host(), link_in("request_received"))
    page.get_by_role("button", name="Yes, I want this visit").tap()
    page.get_by_text("Your request is confirmed.").first.wait_for()
    guest.check()
    assert int(page.evaluate("sessionStorage.taps")) == 8 < MOST_TAPS
    asked = Appointment.objects.get(doctor=doctor)
    assert asked.patient_confirmed_at is not None
    assert (asked.status, asked.appointment_type.name) == (Status.PENDING, "Follow-up")


@pytest.mark.parametrize("javascript", [True, False])
def test_the_link_moves_and_cancels_a_visit(visitor: Guests, acme: Any, javascript: bool) -> None:
    asked = requested(number=1)
    guest = visitor("phone", javascript=javascript)
    page = guest.page
    guest.open(acme.host(), link_in("request_received"))
    guest.check()
    page.get_by_role("link", name="Choose another time").click()
    page.get_by_role("link", name="Next week").click()
    page.wait_for_url("**from=**")
    guest.check()
    page.locator("label.time").first.click()
    page.get_by_role("button", name="Move my visit").click()
    page.get_by_text("Your visit has a new time.").wait_for()
    guest.check()
    asked.refresh_from_db()
    assert asked.status == Status.RESCHEDULED
    page.get_by_role("button", name="Cancel this visit").click()
    if javascript:
        page.get_by_role("dialog").get_by_role("button", name="Cancel this visit").click()
    page.get_by_text("This visit is cancelled.").wait_for()
    guest.open(acme.host(), reverse("scheduling:visit", args=[asked.token]))
    page.get_by_role("link", name="See the new time").click()
    page.get_by_text("This visit is cancelled.").wait_for()


def test_a_reader_elsewhere_is_told_what_the_own_clock_shows(visitor: Guests, acme: Any) -> None:
    doctor = doctor_with_hours()
    AvailabilityRule.objects.filter(doctor=doctor, weekday__lte=3).update(mode=Mode.VIRTUAL)
    times = reverse("scheduling:choose_time", args=[doctor.pk])
    away = visitor("phone", timezone_id="Asia/Tokyo")
    away.open(acme.host(), times)
    away.page.get_by_text("your own clock shows").wait_for()
    assert "Asia/Tokyo" in away.page.get_by_text("your own clock shows").inner_text()
    away.page.get_by_role("link", name="Next week").click()
    away.page.wait_for_url("**from=**")
    away.page.get_by_text("your own clock shows").wait_for()
    away.check()
    away.page.locator("a.time").first.click()
    away.page.get_by_text("By your own clock:").wait_for()
    away.check()
    home = visitor("phone", timezone_id="Africa/Lagos")
    home.open(acme.host(), times)
    home.page.get_by_text("Africa/Lagos").wait_for()
    assert not home.page.get_by_text("your own clock shows").is_visible()


def test_the_public_pages_are_accessible(visitor: Guests, acme: Any) -> None:
    doctors = [doctor_with_hours(specialisation="Cardiology") for _number in range(2)]
    AppointmentType.objects.create(name="First visit")
    AvailabilityRule.objects.filter(doctor=doctors[0], weekday__lte=3).update(mode=Mode.VIRTUAL)
    guest = visitor()
    for address in (
        "/",
        reverse("scheduling:choose_any_doctor") + "?specialisation=Cardiology",
        reverse("scheduling:choose_time", args=[doctors[0].pk]) + "?place=virtual",
        reverse("scheduling:choose_any_doctor") + "?specialisation=Astrology",
    ):
        guest.open(acme.host(), address)
        guest.check_at_every_width()
    guest.open(acme.host(), reverse("scheduling:visit", args=["nothing"]))
    guest.page.get_by_text("works until a month after the visit").wait_for()
