"""Where one is signed in: listed, ended one by one, ended everywhere, each at the next request."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts import services
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import Signin
from tests.accounts.members.factories import StaffFactory, member_in
from tests.people import PASSWORD, with_login

pytestmark = pytest.mark.django_db


def signed_in(anonymous: Any, organization: Any, member: Member) -> Any:
    browser = anonymous(organization)
    answer = browser.post("/accounts/login/", {"login": member.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def is_in(browser: Any) -> bool:
    page = "/me/" if "." in browser.defaults["HTTP_HOST"] else "/my-clinics/"
    return browser.get(page).status_code == 200


@pytest.fixture
def member(acme: Any, beta: Any) -> Member:
    """Somebody who belongs to both clinics."""
    here = member_in(Role.RECEPTIONIST)
    with tenant_context(beta):
        with_login(StaffFactory(), user=here.user)
    return here


def test_a_sign_in_is_noted_with_its_device_and_its_clinic(anonymous: Any, acme: Any, member: Member) -> None:
    signed_in(anonymous, acme, member)
    signin = Signin.objects.get()
    assert (signin.user_id, signin.organization_id, signin.address) == (
        member.user_id,
        acme.pk,
        "127.0.0.1",
    )


def test_ending_one_ends_it_at_its_next_request_and_no_other(
    anonymous: Any, acme: Any, member: Member
) -> None:
    first, second = (signed_in(anonymous, acme, member) for _ in range(2))
    services.end_signin(Signin.objects.get(pk=first.session["signin"]), by=member.user)
    assert not is_in(first)
    assert is_in(second)


def test_everywhere_is_every_clinic_and_the_platform(
    anonymous: Any, acme: Any, beta: Any, member: Member
) -> None:
    browsers = [signed_in(anonymous, place, member) for place in (acme, beta, None)]
    assert all(is_in(browser) for browser in browsers)
    services.sign_out_everywhere(member.user, by=member.user)
    assert not any(is_in(browser) for browser in browsers)


def test_one_of_the_platforms_own_can_be_ended(anonymous: Any, member: Member) -> None:
    browser = signed_in(anonymous, None, member)
    with schema_context("public"):
        services.end_signin(Signin.objects.get(), by=member.user)
    assert not is_in(browser)


def test_a_new_password_ends_the_others_and_not_this_one(
    anonymous: Any, acme: Any, beta: Any, member: Member
) -> None:
    here, there, elsewhere = (signed_in(anonymous, place, member) for place in (acme, beta, acme))
    new = "another password of four words"
    form = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    assert here.post("/accounts/password/change/", form).status_code == 302
    assert is_in(here)
    assert not is_in(there)
    assert not is_in(elsewhere)
    member.user.refresh_from_db()
    assert [signin.pk for signin in Signin.objects.running(member.user)] == [
        Signin.objects.get(pk=here.session["signin"]).pk
    ]


def test_signing_out_ends_the_sign_in(anonymous: Any, acme: Any, member: Member) -> None:
    signed_in(anonymous, acme, member).post("/accounts/logout/")
    assert Signin.objects.get().ended_at


def test_a_use_is_noted_once_in_an_hour(
    anonymous: Any, acme: Any, member: Member, django_assert_num_queries: Any
) -> None:
    browser = signed_in(anonymous, acme, member)
    browser.get("/notifications/")
    Signin.objects.update(last_used_at=timezone.now() - timedelta(hours=2))
    browser.get("/notifications/")
    used = Signin.objects.get().last_used_at
    assert timezone.now() - used < timedelta(minutes=1)
    browser.get("/notifications/")
    assert Signin.objects.get().last_used_at == used


def test_a_clinic_sees_no_sign_in_of_another(anonymous: Any, acme: Any, beta: Any, member: Member) -> None:
    for place in (acme, beta, None):
        signed_in(anonymous, place, member)
    assert [signin.organization_id for signin in Signin.objects.all()] == [acme.pk]
    with schema_context("public"):
        assert Signin.objects.count() == 3
        foreign = Signin.objects.get(organization=beta)
    assert Signin.objects.filter(pk=foreign.pk).update(ended_at=timezone.now()) == 0
