"""The calendar in Chromium: moved and lengthened with the mouse and with the keys, a list on a phone."""

import datetime
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling import services
from scheduling.models import Appointment, Status
from tests.scheduling.factories import MemberFactory, PatientFactory, doctor_with_hours

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]
# The browser's clock is another one than the clinic's: what is drawn is the clinic's all the same.
ELSEWHERE = "America/Los_Angeles"


@pytest.fixture
def tomorrow() -> SimpleNamespace:
    """Two doctors side by side; Zoe at nine and Yan at eleven with the first of them."""
    day = timezone.localdate() + datetime.timedelta(days=1)

    def at(hour: int, minute: int = 0) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))

    first, second = (doctor_with_hours(member__given_name=name) for name in ("Abel", "Bea"))

    def book(name: str, hour: int) -> Appointment:
        patient = PatientFactory(member__given_name=name, member__family_name="Ka")
        return services.book_appointment(
            by=None, doctor=first, patient=patient, starts_at=at(hour), minutes=30
        )

    zoe, yan = book("Zoe", 9), book("Yan", 11)
    return SimpleNamespace(day=day, at=at, book=book, first=first, second=second, zoe=zoe, yan=yan)


def opened(signed_in: Guests, acme: Any, tomorrow: SimpleNamespace, **options: Any) -> Any:
    """The desk looks at the day."""
    desk = signed_in(MemberFactory(), timezone_id=ELSEWHERE, **options)
    desk.open(acme.host(), f"{reverse('scheduling:calendar')}?view=day&on={tomorrow.day}")
    return desk


def drag(page: Any, box: dict[str, float], x: float, y: float) -> None:
    """With the mouse from the middle of the box's upper edge by so many pixels."""
    start_x, start_y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(start_x, start_y)
    page.mouse.down()
    page.mouse.move(start_x + x / 2, start_y + y / 2, steps=4)
    page.mouse.move(start_x + x, start_y + y, steps=4)
    page.mouse.up()


def box_of(page: Any, name: str) -> tuple[Any, dict[str, float]]:
    event = page.locator(".ec-event", has_text=name)
    event.wait_for()
    return event, event.bounding_box()


def test_the_mouse_moves_and_lengthens_a_visit_and_a_refusal_springs_back(
    signed_in: Guests, acme: Any, tomorrow: SimpleNamespace
) -> None:
    desk = opened(signed_in, acme, tomorrow)
    page = desk.page
    dialog = page.locator("#calendar-dialog")
    _zoe, box = box_of(page, "Zoe Ka")
    desk.check()
    # Half an hour later, with the doctor beside.
    drag(page, box, box["width"] + 6, box["height"])
    dialog.get_by_text("9:30").first.wait_for()
    assert tomorrow.second.name in dialog.inner_text()
    desk.check()
    page.keyboard.press("Enter")
    page.locator(".undo", has_text="The visit is moved; the patient is told.").wait_for()
    dialog.wait_for(state="hidden")
    moved = Appointment.objects.get(rescheduled_from=tomorrow.zoe)
    assert (moved.starts_at, moved.doctor_id) == (tomorrow.at(9, 30), tomorrow.second.pk)
    # Onto the other one: refused in the dialog, and back where it was.
    event, box = box_of(page, "Yan Ka")
    drag(page, box, 0, -9 * box["height"])
    dialog.get_by_role("button", name="Move the visit").click()
    dialog.get_by_text("does not work at this time").wait_for()
    page.keyboard.press("Escape")
    dialog.wait_for(state="hidden")
    assert event.bounding_box() == box
    tomorrow.yan.refresh_from_db()
    assert tomorrow.yan.status == Status.BOOKED
    # Its end, a quarter of an hour later.
    event.hover()
    edge = {**box, "y": box["y"] + box["height"] - 4, "height": 4}
    drag(page, edge, 0, box["height"] / 2)
    dialog.get_by_role("button", name="Change the length").click()
    page.locator(".undo", has_text="The visit has its new length.").wait_for()
    tomorrow.yan.refresh_from_db()
    assert tomorrow.yan.ends_at == tomorrow.at(11, 45)
    page.get_by_role("button", name="Undo").click()
    page.wait_for_load_state()
    tomorrow.yan.refresh_from_db()
    assert tomorrow.yan.ends_at == tomorrow.at(11, 30)
    desk.check()


def test_the_keys_do_what_the_mouse_does(signed_in: Guests, acme: Any, tomorrow: SimpleNamespace) -> None:
    desk = opened(signed_in, acme, tomorrow)
    page = desk.page
    event, box = box_of(page, "Zoe Ka")
    event.focus()
    page.keyboard.press("m")
    page.locator("#calendar-said", has_text="Moving Zoe Ka").wait_for(state="attached")
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(key)
    page.locator("#calendar-said", has_text=f"9:30 to 10:15, {tomorrow.second.name}").wait_for(
        state="attached"
    )
    page.keyboard.press("Escape")
    page.locator("#calendar-said", has_text="Zoe Ka stays").wait_for(state="attached")
    assert event.bounding_box() == box
    page.locator(".ec-event:focus").wait_for()
    for key in ("m", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    dialog = page.locator("#calendar-dialog")
    dialog.get_by_text("Move Zoe Ka?").wait_for()
    dialog.locator("[type=submit]:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator(".undo").wait_for()
    assert Appointment.objects.get(rescheduled_from=tomorrow.zoe).starts_at == tomorrow.at(9, 15)
    # The same visit is in focus, and Enter opens it.
    page.locator(".ec-event:focus").wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/appointments/**")
    desk.check()


@pytest.mark.parametrize("javascript", [True, False])
def test_on_a_phone_the_calendar_is_a_list(
    signed_in: Guests, acme: Any, tomorrow: SimpleNamespace, javascript: bool
) -> None:
    desk = opened(signed_in, acme, tomorrow, width="phone", javascript=javascript)
    page = desk.page
    page.get_by_role("link", name="Zoe Ka").first.wait_for()
    assert page.locator(".ec-event").count() == 0
    desk.check()
    page.get_by_role("link", name="Length Zoe Ka").click()
    page.get_by_label("Minutes").fill("20")
    page.get_by_role("button", name="Change the length").click()
    page.get_by_text("The visit has its new length.").wait_for()
    desk.check()


def test_an_empty_time_leads_to_booking_and_without_a_connection_nothing_moves(
    signed_in: Guests, acme: Any, tomorrow: SimpleNamespace
) -> None:
    desk = opened(signed_in, acme, tomorrow)
    page = desk.page
    _zoe, box = box_of(page, "Zoe Ka")
    page.mouse.click(box["x"] + 20, box["y"] + 2.6 * box["height"])
    page.wait_for_url("**/appointments/new/**")
    assert f"doctor={tomorrow.first.pk}" in page.url
    assert f"at={tomorrow.day}T10%3A15" in page.url
    page.go_back()
    # Without a connection the clinic cannot be asked: a sentence, and the visit is where it was.
    event, box = box_of(page, "Zoe Ka")
    page.context.set_offline(True)
    drag(page, box, 0, box["height"])
    page.get_by_text("The clinic cannot be reached.").wait_for()
    assert event.bounding_box() == box
    page.context.set_offline(False)
    desk.problems.clear()
    # What others book comes by itself: as the clock does every forty seconds.
    tomorrow.book("Xia", 14)
    page.evaluate("() => htmx.trigger('#calendar-list', 'refresh')")
    page.locator(".ec-event", has_text="Xia Ka").wait_for()
    page.get_by_role("button", name="List").click()
    page.get_by_role("link", name="Zoe Ka").first.wait_for()
    page.reload()
    page.get_by_role("link", name="Zoe Ka").first.wait_for()
    desk.check()


def test_in_the_own_week_a_visit_is_moved_to_another_day(signed_in: Guests, acme: Any) -> None:
    """Where the browser is it is another day already: the days are the clinic's."""
    today = timezone.localdate()
    monday = today + datetime.timedelta(days=7 - today.weekday())
    doctor = doctor_with_hours()

    def at(hour: int, day: datetime.date) -> datetime.datetime:
        return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour)))

    patient = PatientFactory(member__given_name="Zoe", member__family_name="Ka")
    visit = services.book_appointment(
        by=None, doctor=doctor, patient=patient, starts_at=at(9, monday), minutes=30
    )
    own = signed_in(doctor.member, timezone_id="Pacific/Auckland")
    page = own.page
    own.open(acme.host(), f"{reverse('scheduling:calendar')}?on={monday}")
    _event, box = box_of(page, "Zoe Ka")
    drag(page, box, 2 * box["width"] + 12, 2 * box["height"])
    page.locator("#calendar-dialog").get_by_role("button", name="Move the visit").click()
    page.locator(".undo").wait_for()
    moved = Appointment.objects.get(rescheduled_from=visit)
    assert moved.starts_at == at(10, monday + datetime.timedelta(days=2))
    own.check()
