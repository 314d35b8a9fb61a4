"""A new e-mail and a new password: asked for again, confirmed, told to the owner; weak words on no form."""

import re
from pathlib import Path
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django_tenants.utils import schema_context

from accounts.members.roles import Role
from accounts.models import User
from accounts.services import has_verified
from clinic.notifications.models import OutboxMessage
from tenants.models import absolute_url
from tests.accounts.members.factories import StaffFactory, a_superuser, member_in
from tests.people import PASSWORD, a_user

pytestmark = pytest.mark.django_db

NEW = "ada.new@example.com"


def letters(kind: str) -> Any:
    return OutboxMessage.objects.filter(kind=kind)


def path_in(kind: str, address: str) -> str:
    body = letters(kind).latest("created_at").body
    return re.search(rf"{address}\S+", body)[0]  # type: ignore[index]


def asks_for(browser: Any, email: str) -> Any:
    return browser.post("/accounts/email/", {"email": email, "action_add": "1"})


def again(browser: Any) -> None:
    path = "/accounts/reauthenticate/?next=/accounts/email/"
    assert browser.post(path, {"password": PASSWORD}).status_code == 302


def test_a_new_e_mail_is_nothing_until_it_is_confirmed_and_the_old_one_is_told(client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    old, browser = member.user.email, client_for(member)
    again(browser)
    asks_for(browser, NEW)
    member.user.refresh_from_db()
    assert member.user.email == old
    browser.post(path_in("email_confirmation", "/accounts/confirm-email/"))
    member.user.refresh_from_db()
    assert member.user.email == NEW
    assert has_verified(member.user)
    assert letters("email_changed").get().recipient == old
    assert list(EmailAddress.objects.filter(user=member.user).values_list("email", flat=True)) == [NEW]


def test_a_new_e_mail_asks_first_who_one_is(client_for: Any) -> None:
    browser = client_for(member_in(Role.RECEPTIONIST))
    assert "/reauthenticate/" in asks_for(browser, NEW)["Location"]
    assert not EmailAddress.objects.filter(email=NEW).exists()
    assert not OutboxMessage.objects.exists()


def test_what_somebody_claimed_and_never_confirmed_goes_to_whom_the_letter_reached(client_for: Any) -> None:
    squatter = User.objects.create_user(NEW, PASSWORD)
    member = member_in(Role.RECEPTIONIST)
    browser = client_for(member)
    again(browser)
    asks_for(browser, NEW)
    browser.post(path_in("email_confirmation", "/accounts/confirm-email/"))
    member.user.refresh_from_db()
    squatter.refresh_from_db()
    assert member.user.email == NEW
    assert "unconfirmed" in squatter.email


def test_a_confirmed_e_mail_of_another_is_not_taken(client_for: Any) -> None:
    owner = a_user(NEW)
    member = member_in(Role.RECEPTIONIST)
    old, browser = member.user.email, client_for(member)
    again(browser)
    asks_for(browser, NEW)
    browser.post(path_in("email_confirmation", "/accounts/confirm-email/"))
    member.user.refresh_from_db()
    owner.refresh_from_db()
    assert (member.user.email, owner.email) == (old, NEW)


def test_a_change_can_be_withdrawn(client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = client_for(member)
    again(browser)
    asks_for(browser, NEW)
    assert NEW in browser.get("/accounts/email/").content.decode()
    browser.post("/accounts/email/", {"email": NEW, "action_remove": "1"})
    assert not EmailAddress.objects.filter(email=NEW).exists()


def test_a_new_password_is_told_by_letter(client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    new = "another password of four words"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client_for(member).post("/accounts/password/change/", form)
    assert letters("password_changed").get().recipient == member.user.email


def sent_by(browser: Any, form: str, password: str) -> Any:
    """Give the password to the form; the page that comes of it."""
    both = {"password1": password, "password2": password}
    if form == "sign up":
        return browser.send("/accounts/signup/", {"email": NEW, **both})
    if form == "change":
        return browser.send("/accounts/password/change/", {"oldpassword": PASSWORD, **both})
    if form == "invitation":
        StaffFactory(email=NEW, invite=True)
        path = path_in("invitation", "/invitation/")
        return browser.send(path, {"password": password, "password_again": password})
    browser.send("/accounts/password/reset/", {"email": a_user(NEW).email})
    page = browser.get(path_in("password_reset_key", "/accounts/password/reset/key/"))["Location"]
    return browser.send(page, both)


@pytest.mark.parametrize("form", ["sign up", "change", "invitation", "reset"])
@pytest.mark.parametrize(
    ("password", "sentence"),
    [("eleven char", "at least 12"), ("password1234", "too common"), ("ada.new@example", "too similar")],
)
def test_no_form_takes_a_weak_password(
    client_for: Any, anonymous: Any, acme: Any, form: str, password: str, sentence: str
) -> None:
    browser = client_for(member_in(Role.RECEPTIONIST)) if form == "change" else anonymous(acme)
    if form == "change" and "similar" in sentence:
        password = browser.session and User.objects.get(pk=browser.session["_auth_user_id"]).email
    page = sent_by(browser, form, password)
    assert page.status_code == 200
    assert sentence in page.content.decode()


def test_passwords_are_hashed_by_argon2() -> None:
    # The suite hashes quickly; what an installation does is what is written.
    written = Path(settings.BASE_DIR, "clinic/settings.py").read_text()
    first = re.search(r'PASSWORD_HASHERS = \[\s*"([^"]+)"', written)
    assert first
    assert first[1] == "django.contrib.auth.hashers.Argon2PasswordHasher"


@pytest.mark.parametrize("page", ["/accounts/email/", "/accounts/password/change/", "/sign-ins/everywhere/"])
def test_who_runs_the_platform_is_led_there_for_what_no_clinic_may_touch(client_for: Any, page: str) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = client_for(member)
    with schema_context("public"):
        User.objects.filter(pk=member.user_id).update(is_superuser=True)
    for ask in (browser.get, browser.send):
        assert ask(page)["Location"] == absolute_url("localhost", page)


def test_a_clinics_letter_sends_who_runs_the_platform_there_for_a_new_password(
    anonymous: Any, acme: Any
) -> None:
    root = a_superuser()
    anonymous(acme).send("/accounts/password/reset/", {"email": root.email})
    body = letters("password_reset_key").get().body
    assert absolute_url("localhost", "/accounts/password/reset/") in body
    assert "/reset/key/" not in body


def test_the_admins_change_their_password_where_everybody_does(client_for: Any, anonymous: Any) -> None:
    """Django's own page counts no guesses of the present one, and tells nobody."""
    with schema_context("public"):
        platform = anonymous()
        platform.force_login(a_superuser())
    chosen = {"old_password": PASSWORD, "new_password1": "four even calmer horses"}
    for browser in (client_for(member_in(Role.ADMIN)), platform):
        facts = {**chosen, "new_password2": chosen["new_password1"]}
        answer = browser.post("/admin/password_change/", facts)
        assert answer["Location"] == "/accounts/password/change/"
        assert browser.get("/admin/").status_code == 200, "nothing has changed"
