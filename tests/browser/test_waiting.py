"""The waiting list in Chromium: the desk writes a wish down, the patient takes the time from the mail."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import WaitingListEntry
from tests.scheduling.factories import MemberFactory, PatientFactory
from tests.scheduling.waiting import full_day, tomorrow, wish

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]


@pytest.mark.parametrize("javascript", [True, False])
def test_a_wish_is_written_down_and_the_freed_time_taken_on_a_phone(
    signed_in: Guests, visitor: Guests, acme: Any, javascript: bool
) -> None:
    doctor, visits = full_day()
    patient = PatientFactory()
    desk = signed_in(MemberFactory(), javascript=javascript)
    page = desk.page
    desk.open(acme.host(), reverse("members:patient", args=[patient.pk]))
    page.get_by_role("main").get_by_role("link", name="Waiting list").click()
    page.get_by_label("With whom").select_option(label=f"{doctor.name}, {doctor.specialisation}")
    page.get_by_label("Until").fill(f"{tomorrow()}")
    desk.check()
    page.get_by_role("button", name="Put on the list").click()
    page.get_by_text("On the waiting list.").wait_for()
    page.get_by_role("link", name=patient.name).wait_for()
    desk.check()
    services.cancel_appointment(visits[4], by=MemberFactory())
    body = OutboxMessage.objects.get(kind="time_offered").body
    found = re.search(r"https?://[^/\s]+(/visit/\S+)", body)
    assert found
    guest = visitor(width="phone", javascript=javascript)
    guest.open(acme.host(), found[1])
    guest.check()
    guest.page.get_by_role("button", name="Take this time").click()
    guest.page.get_by_text("Your visit is booked").first.wait_for()
    guest.check()
    assert WaitingListEntry.objects.get(patient=patient).status == WaitingListEntry.Status.BOOKED
    page.reload()
    page.get_by_text("Nobody is waiting").wait_for()
    desk.check()


def test_a_patient_waits_and_leaves_again_on_a_phone(signed_in: Guests, acme: Any) -> None:
    doctor, visits = full_day()
    patient = PatientFactory()
    own = signed_in(patient.member, width="phone")
    page = own.page
    own.open(acme.host(), reverse("scheduling:choose_time", args=[doctor.pk]))
    page.get_by_role("link", name="Wait for a free time").click()
    page.get_by_label("Until").fill(f"{tomorrow()}")
    # The whole form in sight: a box that is half under the bar at the foot is no small one.
    page.set_viewport_size({"width": 375, "height": 1600})
    own.check()
    page.get_by_role("button", name="Wait for a time").click()
    page.get_by_role("heading", name="Waiting list").wait_for()
    own.check()
    services.cancel_appointment(visits[4], by=MemberFactory())
    page.reload()
    page.get_by_role("button", name="Take this time").wait_for()
    own.check()
    page.get_by_role("button", name="Wait no longer").click()
    page.get_by_role("dialog").get_by_role("button", name="Wait no longer").click()
    page.get_by_text("Taken off the waiting list.").wait_for()
    own.check()


def test_the_desk_passes_an_offer_on(signed_in: Guests, acme: Any) -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    desk = signed_in(MemberFactory(), width="phone")
    page = desk.page
    desk.open(acme.host(), reverse("scheduling:waiting_list"))
    page.get_by_label(f"More for {first.patient.name}").click()
    page.get_by_role("button", name="Let it go").click()
    page.get_by_role("dialog").get_by_role("button", name="Let it go").click()
    page.get_by_text("The time goes to the next on the waiting list.").wait_for()
    desk.check()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("waitlist", "proposed")
