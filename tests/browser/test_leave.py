"""Leave with re-booking in Chromium: entered, its visits moved and cancelled, with and without JavaScript."""

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, ClosingDay, Status
from tests.scheduling.factories import MemberFactory, PatientFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]


def to(guest: Any, organization: Any, name: str, *arguments: Any) -> None:
    """Open a page of the calendar by its name."""
    guest.open(organization.host(), reverse(f"scheduling:{name}", args=arguments))


def book_a_day(doctor: Any, count: int) -> datetime.date:
    """So many visits on one day to come; the day."""
    day = timezone.localdate() + datetime.timedelta(days=3)
    free = [slot for slot in free_times(doctor) if timezone.localdate(slot.starts_at) == day]
    for slot in free[:count]:
        services.book_appointment(
            by=None, doctor=doctor, patient=PatientFactory(), starts_at=slot.starts_at, tell=False
        )
    return day


@pytest.mark.parametrize("javascript", [True, False])
def test_a_doctor_takes_leave_and_nobody_is_forgotten(signed_in: Guests, acme: Any, javascript: bool) -> None:
    doctor = doctor_with_hours()
    doctor_with_hours()
    day = book_a_day(doctor, 12)
    own = signed_in(doctor.member, javascript=javascript)
    page = own.page
    to(own, acme, "availability")
    card = page.locator("#exception")
    card.get_by_label("Kind").select_option("leave")
    card.get_by_label("From").fill(f"{day}T00:00")
    card.get_by_label("To").fill(f"{day}T23:59")
    card.get_by_role("button", name="Enter").click()
    page.get_by_role("heading", name="Visits that need another time").wait_for()
    assert page.locator("select").count() == 12
    own.check()
    # One to another time than the proposed one, one not at all, and the rest as proposed.
    page.locator("select").first.select_option(index=2)
    page.locator("tbody tr").first.get_by_role("button", name="Move").click()
    page.get_by_text("1 visit is moved.").wait_for()
    page.locator("tbody tr").first.get_by_role("button", name="Cancel visit").click()
    if javascript:
        page.get_by_role("dialog").get_by_role("button", name="Cancel visit").click()
    page.get_by_text("1 visit is cancelled.").wait_for()
    to(own, acme, "my_day")
    to(own, acme, "day")
    page.get_by_text("10 visits fall into leave").wait_for()
    page.get_by_role("link", name="Find other times").click()
    page.get_by_role("button", name="Move all as proposed").click()
    page.get_by_text("10 visits are moved.").wait_for()
    page.get_by_text("Every visit has its time").wait_for()
    own.check()
    assert Counter(Appointment.objects.values_list("status", flat=True)) == {
        Status.RESCHEDULED: 11,
        Status.BOOKED: 11,
        Status.CANCELLED: 1,
    }
    assert OutboxMessage.objects.count() == 12


def test_an_administrator_closes_the_clinic(signed_in: Guests, acme: Any) -> None:
    day = book_a_day(doctor_with_hours(), 2)
    admin = signed_in(MemberFactory(role=Role.ADMIN))
    page = admin.page
    to(admin, acme, "availability")
    page.get_by_role("link", name="Closing days").click()
    page.get_by_role("button", name="Close on public holidays").click()
    page.get_by_text("The clinic is closed on public holidays.").wait_for()
    to(admin, acme, "closing_days")
    admin.check()
    page.get_by_label("From").fill(str(day))
    page.get_by_label("To (included)").fill(str(day))
    page.get_by_label("Reason").fill("Moving house")
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Cancel all").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel all").click()
    page.get_by_text("2 visits are cancelled.").wait_for()
    assert ClosingDay.objects.filter(name="Moving house").exists()
    assert OutboxMessage.objects.count() == 2


def test_the_pages_of_hours_are_accessible(signed_in: Guests, acme: Any) -> None:
    doctor = doctor_with_hours()
    day = book_a_day(doctor, 3)
    services.close_on_public_holidays(by=None)
    services.add_closing_day(by=None, name="Stocktaking", first_day=day, last_day=day)
    admin = signed_in(MemberFactory(role=Role.ADMIN))
    for name, arguments in (
        ("stranded_visits", ()),
        ("closing_days", ()),
        ("update_booking_policy", ()),
        ("doctor_availability", (doctor.pk,)),
    ):
        to(admin, acme, name, *arguments)
        admin.check_at_every_width()
