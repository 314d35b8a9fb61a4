"""The life of a log-in, in a browser with an authenticator of its own (Chromium's virtual one)."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.members.services import change_member_status
from tests.browser import walk
from tests.browser.letters import link_in_letter
from tests.browser.visitor import Visitor
from tests.people import PASSWORD, StaffFactory, with_login

pytestmark = pytest.mark.browser
Guests = Callable[..., Visitor]
EMAIL = "ada@people.example"


def give_authenticator(visitor: Visitor) -> None:
    """Build a fingerprint reader into the visitor's device.

    https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/
    """
    device = visitor.page.context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    kind = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True}
    finger = {"hasUserVerification": True, "isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": {**kind, **finger}})


def sign_up(visitor: Visitor, host: str) -> None:
    """Make an account at the clinic, open the letter, sign in and say who one is."""
    page = visitor.page
    visitor.open(host, "/accounts/signup/")
    page.get_by_label("E-mail").fill(EMAIL)
    for field in ("password1", "password2"):
        page.locator(f"input[name={field}]").fill(PASSWORD)
    walk.press(visitor, "Make my account")
    walk.sees(visitor, "We have sent you a link")
    page.goto(link_in_letter(EMAIL, "Confirm your e-mail"))
    walk.press(visitor, "Yes, confirm")
    sign_in(visitor, host)
    page.get_by_label("Given name").fill("Ada")
    page.get_by_label("Family name").fill("Obi")
    page.get_by_label("Date of birth").fill("1984-03-09")
    walk.press(visitor, "Finish")
    walk.sees(visitor, "Welcome.")


def sign_in(visitor: Visitor, host: str) -> None:
    """With the password."""
    visitor.open(host, "/accounts/login/")
    visitor.page.locator("input[name=login]").fill(EMAIL)
    visitor.page.locator("input[name=password]").fill(PASSWORD)
    walk.press(visitor, "Sign in")


def sign_out(visitor: Visitor) -> None:
    """By the button of the menu."""
    visitor.page.get_by_label("You and your account").click()
    visitor.page.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_label("You and your account")).to_have_count(0)


def add_passkey(visitor: Visitor, host: str, name: str) -> None:
    """Let the device make a passkey."""
    visitor.open(host, "/accounts/2fa/")
    walk.follow(visitor, "Add a passkey")
    visitor.check_at_every_width()
    visitor.page.get_by_label("What do you call it?").fill(name)
    walk.press(visitor, "Make the passkey")
    walk.sees(visitor, name)


def test_from_signing_up_to_signing_in_with_a_passkey(visitor: Guests, acme: Any) -> None:
    guest = visitor(fresh=True)
    page, host = guest.page, acme.host()
    give_authenticator(guest)
    sign_up(guest, host)
    guest.open(host, "/accounts/2fa/")
    secret = walk.set_up_app(guest)
    add_passkey(guest, host, "My phone")
    guest.check_at_every_width()
    sign_out(guest)
    # The passkey alone.
    guest.open(host, "/accounts/login/")
    walk.press(guest, "Sign in with a passkey")
    walk.sees(guest, "Visits")
    sign_out(guest)
    # The password is not enough any more: the passkey, or a code of the app.
    sign_in(guest, host)
    walk.sees(guest, "One more step")
    walk.press(guest, "Use a passkey")
    walk.sees(guest, "Visits")
    sign_out(guest)
    sign_in(guest, host)
    page.get_by_label("Code").fill("000 000")
    walk.press(guest, "Sign in")
    walk.sees(guest, "This code is not right")
    page.get_by_label("Code").fill(walk.code_of(secret))
    walk.press(guest, "Sign in")
    walk.sees(guest, "Visits")


def test_from_the_platform_into_a_clinic_until_it_is_taken_away(visitor: Guests, acme: Any) -> None:
    desk = with_login(StaffFactory(), EMAIL)
    guest = visitor(fresh=True)
    page = guest.page
    # Asked for in the clinic, signed in on the platform, and back on the page that was asked for.
    guest.open(acme.host(), "/patients/")
    walk.follow(guest, "Come in from there")
    page.locator("input[name=login]").fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    walk.press(guest, "Sign in")
    page.wait_for_url(f"http://{acme.host()}:{guest.port}/patients/")
    guest.check()
    sign_out(guest)
    # The platform knows still who it is: one click.
    guest.open("localhost", "/my-clinics/")
    guest.check_at_every_width()
    page.get_by_role("link", name=acme.name).click()
    page.wait_for_url(f"http://{acme.host()}:{guest.port}/day/")
    page.get_by_label("You and your account").click()
    expect(page.get_by_role("link", name="My clinics")).to_be_visible()
    # The way in that was used is closed, and so is every page once the access has ended.
    change_member_status(desk, by=None, status="suspended")
    page.reload()
    page.wait_for_url("**/accounts/login/**")
    guest.open("localhost", "/my-clinics/")
    page.get_by_role("link", name=acme.name).click()
    expect(page.get_by_text("You have no access to this clinic.")).to_be_visible()
    # The browser says of itself that the answer was 410.
    guest.problems.clear()
    guest.check_at_every_width()
