"""The queue in Chromium: the screen that refreshes itself, the desk's two clicks, the caller's one key."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route

from accounts.members.roles import Role
from scheduling.queue import services
from scheduling.queue.models import QueueEntry, Status
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login
from tests.scheduling.queue.factories import DepartmentFactory, TicketFactory, served

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]

# Milliseconds: longer than any page waits before it asks again.
A_WHILE = 10_000
# What the screen says to a browser without scripts.
SOON = '<noscript><meta http-equiv="refresh" content="6"></noscript>'


def hurry(page: Page, port: int) -> None:
    """Let the page that opens itself again after six seconds do so after two, the first time."""

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url)
        headers = {**route.request.headers, "host": asked.netloc}
        fetched = route.fetch(url=f"http://127.0.0.1:{port}{asked.path}", headers=headers)
        assert SOON in fetched.text()
        route.fulfill(response=fetched, body=fetched.text().replace(SOON, SOON.replace("6", "2")))

    page.route(f"**{reverse('queue:screen')}", answer, times=1)


@pytest.mark.parametrize("javascript", [True, False])
def test_the_screen_refreshes_itself_and_shows_no_names(visitor: Guests, acme: Any, javascript: bool) -> None:
    department = DepartmentFactory(prefix="A", name="Surgery")
    patient = PatientFactory(given_name="Zebulon", family_name="Quartz")
    TicketFactory(department=department, patient=patient)
    TicketFactory(department=department, name="Xaver Yule")
    # A clock once stopped stays so.
    wall = visitor(javascript=javascript, fresh=True)
    page = wall.page
    if javascript:
        page.clock.install()
    else:
        hurry(page, wall.port)
    wall.open(acme.host(), reverse("queue:screen"))
    page.get_by_text("Nobody is called at the moment.").wait_for()
    first = services.call_next(department, by=None, room="Room 7")
    # Nobody touches the screen. Only scripts can be told that it is later; without them it refreshes once.
    if javascript:
        page.evaluate("window.stayed = true")
        page.clock.fast_forward(A_WHILE)
        page.get_by_text("A-001", exact=True).wait_for()
        page.get_by_text("Room 7", exact=True).wait_for()
    services.begin_service(first, by=None)
    services.call_next(department, by=None, room="Room 8")
    if javascript:
        page.clock.fast_forward(A_WHILE)
    page.locator(".screen-calls").get_by_text("A-002").wait_for()
    if javascript:
        assert page.evaluate("window.stayed")
        assert page.locator("#spoken").inner_text() == "A-002, please come to Room 8."
    whole = page.content()
    assert not re.search("Zebulon|Quartz|Xaver|Yule", whole)
    assert str(first.pk) not in whole
    wall.check()


@pytest.mark.parametrize("javascript", [True, False])
def test_the_desk_gives_a_number_in_two_clicks(signed_in: Guests, acme: Any, javascript: bool) -> None:
    DepartmentFactory(prefix="A", name="Surgery")
    desk = signed_in(with_login(StaffFactory()), width="phone", javascript=javascript)
    page = desk.page
    desk.open(acme.host(), reverse("queue:queue"))
    page.get_by_role("button", name="Surgery").click()
    page.locator(".taken").get_by_text("A-001").wait_for()
    desk.check()
    page.locator(".taken").get_by_role("link", name="Print the slip").click()
    page.get_by_role("heading", name="A-001").wait_for()
    desk.check()


def test_a_caller_works_with_one_key_while_the_line_grows_by_itself(signed_in: Guests, acme: Any) -> None:
    department = DepartmentFactory(prefix="L", name="Laboratory")
    TicketFactory.create_batch(2, department=department)
    caller = signed_in(with_login(DoctorFactory()), fresh=True)
    page = caller.page
    page.clock.install()
    caller.open(acme.host(), reverse("queue:call"))
    page.get_by_label("Room").fill("Room 4")
    page.get_by_role("button", name="Sit down here").click()
    page.get_by_text("2 waiting").wait_for()
    page.keyboard.press("n")
    page.get_by_text("L-001 is called to Room 4.").wait_for()
    caller.check()
    page.keyboard.press("n")
    page.get_by_text("Being seen").wait_for()
    TicketFactory(department=department)
    page.clock.fast_forward(A_WHILE)
    page.get_by_text("2 waiting").wait_for()
    page.keyboard.press("n")
    page.get_by_text("L-002 is called to Room 4.").wait_for()
    assert QueueEntry.objects.get(number=1).status == Status.COMPLETED


def test_every_page_of_the_queue_is_accessible(signed_in: Guests, acme: Any) -> None:
    department = DepartmentFactory(prefix="A", name="Surgery")
    for _ in range(5):
        served(department, 12)
    for room in ("Room 1", "Room 2"):
        TicketFactory(department=department, patient=PatientFactory(), reason="Cough")
        entry = services.call_next(department, by=None, room=room)
    services.begin_service(entry, by=None)
    waiting = [TicketFactory(department=department, name="Uche", priority=value) for value in (1, 2, 3)]
    admin = signed_in(with_login(StaffFactory(role=Role.ADMIN)))
    places = [
        reverse("queue:queue"),
        reverse("queue:queue") + "?q=ada",
        reverse("queue:call"),
        reverse("queue:call") + f"?department={department.pk}&room=Room 1",
        reverse("queue:day"),
        reverse("queue:departments"),
        reverse("queue:update_department", args=[department.pk]),
        reverse("queue:slip", args=[waiting[0].pk]),
        reverse("queue:screen"),
    ]
    for place in places:
        admin.open(acme.host(), place)
        admin.check_at_every_width()
