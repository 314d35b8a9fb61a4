"""Signing in and up: what a stranger learns, where letters lead, how often one may guess."""

import re
from typing import Any

import pytest
from django_tenants.utils import tenant_context

from accounts.members import services
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import User
from clinic.db.current import connection
from clinic.notifications.models import OutboxMessage
from tests.accounts.members.factories import member_in
from tests.people import PASSWORD, a_user

pytestmark = pytest.mark.django_db

WRONG = "do not belong together"
NOT_HERE = "no access to this clinic"


def sign_in(browser: Any, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    return browser.post("/accounts/login/", {"login": email, "password": password}, **extra)


def letter(kind: str) -> str:
    return OutboxMessage.objects.filter(kind=kind).latest("created_at").body


def test_only_the_right_password_learns_that_there_is_no_access(anonymous: Any, acme: Any) -> None:
    a_user("ada@example.com")
    browser = anonymous(acme)
    assert NOT_HERE in sign_in(browser, "ada@example.com").content.decode()
    for email in ("ada@example.com", "nobody@example.com"):
        page = sign_in(browser, email, "wrong").content.decode()
        assert WRONG in page
        assert NOT_HERE not in page


@pytest.mark.parametrize("target", ["http://[::1", "http://[evil]/", "//evil.example", "https:evil.example"])
def test_signing_in_leads_nowhere_but_home(anonymous: Any, acme: Any, target: str) -> None:
    email = member_in(Role.RECEPTIONIST).user.email
    answer = sign_in(anonymous(acme), email, query_params={"next": target})
    assert answer.status_code == 302
    assert answer["Location"] == "/day/"


@pytest.mark.parametrize("status", ["inactive", "suspended"])
def test_who_is_not_let_in_cannot_sign_in(anonymous: Any, acme: Any, status: str) -> None:
    member = member_in(Role.RECEPTIONIST)
    services.change_member_status(member, by=None, status=status)
    assert NOT_HERE in sign_in(anonymous(acme), member.user.email).content.decode()


def test_a_letter_names_the_clinics_address_whatever_the_host_says(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    anonymous(acme).post(
        "/accounts/password/reset/", {"email": member.user.email}, HTTP_X_FORWARDED_HOST="evil.example"
    )
    body = letter("password_reset_key")
    assert acme.url("/accounts/password/reset/key/") in body
    assert "evil" not in body


def test_a_password_letter_opens_nothing_in_another_clinic(anonymous: Any, acme: Any, beta: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    anonymous(acme).post("/accounts/password/reset/", {"email": member.user.email})
    path = re.search(r"/accounts/password/reset/key/\S+", letter("password_reset_key"))[0]  # type: ignore[index]
    assert anonymous(acme).get(path).status_code == 302
    answer = anonymous(beta).get(path)
    assert answer.status_code == 404
    assert "too old" in answer.content.decode()


def test_asking_for_a_password_answers_everybody_alike(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    answers = [
        anonymous(acme).post("/accounts/password/reset/", {"email": email})
        for email in (member.user.email, "nobody@example.com")
    ]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1


def test_signing_up_makes_a_member_without_a_role(anonymous: Any, acme: Any) -> None:
    browser = anonymous(acme)
    form = {"email": "Ada@example.com", "password1": PASSWORD, "password2": PASSWORD}
    assert browser.post("/accounts/signup/", form).status_code == 302
    user = User.objects.get(email="ada@example.com")
    assert Member.objects.get(user=user).role == ""
    # Not before the e-mail is confirmed.
    assert browser.get("/me/").status_code == 302
    assert "confirm-email" in sign_in(browser, "ada@example.com")["Location"]
    path = re.search(r"/accounts/confirm-email/\S+", letter("email_confirmation_signup"))[0]  # type: ignore[index]
    browser.post(path)
    assert sign_in(browser, "ada@example.com")["Location"] == "/welcome/"


def test_signing_up_does_not_tell_who_has_a_login(anonymous: Any, acme: Any) -> None:
    a_user("ada@example.com")
    form = {"password1": PASSWORD, "password2": PASSWORD}
    answers = [
        anonymous(acme).post("/accounts/signup/", {**form, "email": email})
        for email in ("ada@example.com", "new@example.com")
    ]
    assert len({(answer.status_code, answer["Location"]) for answer in answers}) == 1
    assert acme.url("/accounts/login/") in OutboxMessage.objects.get(recipient="ada@example.com").body
    assert not Member.objects.filter(email="ada@example.com").exists()


def test_a_confirmation_of_one_clinic_confirms_nothing_in_another(
    anonymous: Any, acme: Any, beta: Any
) -> None:
    form = {"email": "ada@example.com", "password1": PASSWORD, "password2": PASSWORD}
    anonymous(acme).post("/accounts/signup/", form)
    path = re.search(r"/accounts/confirm-email/\S+", letter("email_confirmation_signup"))[0]  # type: ignore[index]
    anonymous(beta).post(path)
    connection.set_schema_to_public()
    from allauth.account.models import EmailAddress

    assert not EmailAddress.objects.get(email="ada@example.com").verified


def test_a_suspended_clinic_takes_nobody_on(anonymous: Any, acme: Any) -> None:
    from tenants.models import Organization

    connection.set_schema_to_public()
    Organization.objects.locked(acme.pk).move("suspend_organization")
    form = {"email": "ada@example.com", "password1": PASSWORD, "password2": PASSWORD}
    anonymous(acme).post("/accounts/signup/", form)
    assert not User.objects.filter(email="ada@example.com").exists()


def test_a_letter_is_written_in_the_clinics_own_outbox(anonymous: Any, acme: Any, beta: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    anonymous(acme).post("/accounts/password/reset/", {"email": member.user.email})
    assert OutboxMessage.objects.filter(kind="password_reset_key").count() == 1
    with tenant_context(beta):
        assert not OutboxMessage.objects.exists()
