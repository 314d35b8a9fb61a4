"""Where one is signed in: listed, ended one by one, ended everywhere, each at the next request."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts import services
from accounts.jobs import forget_old_signins
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import Signin
from clinic.models import Refusal
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


def test_the_list_names_device_address_and_clinic(anonymous: Any, acme: Any, member: Member) -> None:
    browser = anonymous(acme)
    agent = "Mozilla/5.0 (Windows NT 10.0; rv:130.0) Gecko/20100101 Firefox/130.0"
    form = {"login": member.user.email, "password": PASSWORD}
    browser.post("/accounts/login/", form, HTTP_USER_AGENT=agent, REMOTE_ADDR="192.0.2.9")
    platform = signed_in(anonymous, None, member)
    page = platform.get("/sign-ins/").content.decode()
    assert "Firefox on Windows" in page
    assert "192.0.2.9" in page
    assert acme.name in page
    assert acme.name in browser.get("/sign-ins/").content.decode()
    assert (
        "The platform" not in browser.get("/sign-ins/").content.decode().split("<main")[1].split("stack")[1]
    )


def test_one_is_ended_from_the_list_of_the_platform(anonymous: Any, acme: Any, member: Member) -> None:
    there, platform = signed_in(anonymous, acme, member), signed_in(anonymous, None, member)
    key = there.session["signin"]
    assert platform.send(f"/sign-ins/{key}/end/")["Location"] == "/sign-ins/"
    assert not is_in(there)
    assert is_in(platform)


def test_nobody_ends_another_persons_sign_in(
    anonymous: Any, client_for: Any, acme: Any, member: Member
) -> None:
    mine, other = signed_in(anonymous, acme, member), member_in(Role.ADMIN)
    stranger = client_for(other)
    assert stranger.send(f"/sign-ins/{mine.session['signin']}/end/").status_code == 404
    with pytest.raises(Refusal, match="their own"):
        services.end_signin(Signin.objects.get(pk=mine.session["signin"]), by=other.user)
    assert is_in(mine)


def test_everywhere_asks_once_more_who_one_is(anonymous: Any, acme: Any, beta: Any, member: Member) -> None:
    here, there = signed_in(anonymous, acme, member), signed_in(anonymous, beta, member)
    for ask in (here.get, there.send):
        assert "/reauthenticate/" in ask("/sign-ins/everywhere/")["Location"]
    assert is_in(there)
    path = "/accounts/reauthenticate/?next=/sign-ins/everywhere/"
    assert here.post(path, {"password": PASSWORD})["Location"] == "/sign-ins/everywhere/"
    assert here.send("/sign-ins/everywhere/")["Location"] == "/accounts/login/"
    assert not is_in(here)
    assert not is_in(there)


def test_what_was_left_alone_for_hours_is_no_place_where_one_is_signed_in(
    anonymous: Any, acme: Any, member: Member
) -> None:
    signed_in(anonymous, acme, member)
    assert Signin.objects.running(member.user).count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=3, minutes=1), tick=False):
        assert not Signin.objects.running(member.user)
        assert Signin.objects.over(member.user).count() == 1


def test_what_is_long_over_is_forgotten(anonymous: Any, acme: Any, member: Member) -> None:
    signed_in(anonymous, acme, member)
    with schema_context("public"), time_machine.travel(timezone.now() + timedelta(days=91), tick=False):
        forget_old_signins(0)
        assert not Signin.objects.exists()
