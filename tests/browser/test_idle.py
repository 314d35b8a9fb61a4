"""A page that is left alone in Chromium: it warns, covers itself, and keeps what was being written."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.db.sessions import SEEN, SessionStore, seconds_now
from tests.accounts.members.factories import member_in
from tests.people import PASSWORD

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]


def left_alone(page: Page, seconds: int) -> None:
    """So long nothing has happened: for the server, which is told so, and for the page's own clock."""
    for row in Session.objects.all():
        stored = SessionStore(row.session_key)
        stored[SEEN] = seconds_now() - seconds
        stored.save()
    page.clock.fast_forward(1000 * seconds)


def at_a_form(signed_in: Guests, acme: Any) -> tuple[Any, Member]:
    """A receptionist in the middle of registering somebody."""
    desk = member_in(Role.RECEPTIONIST)
    guest = signed_in(desk, fresh=True)
    guest.page.clock.install()
    guest.open(acme.host(), "/patients/new/")
    guest.page.get_by_label("Given name").fill("Ifeoma")
    return guest, desk


def sign_in(page: Page, member: Member) -> None:
    Authenticator.objects.filter(user=member.user).delete()
    page.locator("input[name=login]").fill(member.user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_what_was_being_written_can_be_sent_after_signing_in_again(signed_in: Guests, acme: Any) -> None:
    guest, desk = at_a_form(signed_in, acme)
    page = guest.page
    left_alone(page, 14 * 60 + 10)
    warning = page.get_by_role("dialog", name="Are you still there?")
    expect(warning).to_be_visible()
    guest.check()
    with page.expect_response("**/session/"):
        warning.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_be_hidden()
    left_alone(page, 15 * 60)
    cover = page.get_by_role("dialog", name="You are signed out")
    expect(cover).to_be_visible()
    expect(page.get_by_label("Given name")).to_be_hidden()
    assert "Register" not in page.title()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(cover).to_be_visible()
    guest.check()
    with page.context.expect_page() as opened:
        cover.get_by_role("link", name="Sign in again").click()
    again = opened.value
    with again.expect_event("close"):
        sign_in(again, desk)
    page.clock.fast_forward(4000)
    expect(cover).to_be_hidden()
    assert page.get_by_label("Given name").input_value() == "Ifeoma"
    page.get_by_label("Date of birth").fill("1980-05-12")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Ifeoma").wait_for()
    guest.check()


def test_another_person_does_not_see_what_was_left(signed_in: Guests, acme: Any) -> None:
    guest, _desk = at_a_form(signed_in, acme)
    page = guest.page
    left_alone(page, 15 * 60)
    expect(page.get_by_role("dialog", name="You are signed out")).to_be_visible()
    other = page.context.new_page()
    other.goto(f"http://{acme.host()}:{guest.port}/accounts/login/")
    sign_in(other, member_in(Role.RECEPTIONIST))
    other.wait_for_url("**/day/")
    page.clock.fast_forward(4000)
    page.wait_for_url("**/day/")
    assert "Ifeoma" not in page.content()
