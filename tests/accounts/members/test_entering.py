"""Signed in on the platform's site, one enters any of one's clinics: once, in one browser."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.members import services
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import HandOver, Signin
from accounts.services import deactivate_user, hand_over, hash_of, redeem_hand_over, sign_out_everywhere
from tenants.models import absolute_url
from tests.accounts.members.factories import member_in
from tests.databases import rows
from tests.people import PASSWORD, StaffFactory, a_user, with_login

database = pytest.mark.django_db
SECRET = "what the browser holds"


@pytest.fixture
def office(anonymous: Callable[..., Any]) -> Callable[[Any], Any]:
    """`office(user)`: a browser in which the user is signed in on the platform's site."""

    def browser(user: Any) -> Any:
        client = anonymous()
        with schema_context("public"):
            client.force_login(user)
        return client

    return browser


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def walk(clinic_browser: Any, platform_browser: Any, page: str = "") -> Any:
    """The way of a browser: the clinic, the platform, the clinic again; what that answers."""
    begun = clinic_browser.get("/enter/", {"next": page} if page else {})
    shown = platform_browser.get(path_of(begun["Location"]))
    return clinic_browser.get(path_of(shown.context["entrance"]))


def handed(member: Member, organization: Any, secret: str = SECRET) -> str:
    with schema_context("public"):
        return hand_over(member.user, organization=organization, browser_hash=hash_of(secret), shown=[])


@database
def test_one_sign_in_opens_each_of_ones_clinics(office: Any, anonymous: Any, acme: Any, beta: Any) -> None:
    here = member_in(Role.RECEPTIONIST)
    with tenant_context(beta):
        with_login(StaffFactory(), user=here.user)
    platform = office(here.user)
    listed = platform.get("/my-clinics/").content.decode()
    for clinic in (acme, beta):
        assert f'href="{clinic.url("/enter/")}"' in listed
        browser = anonymous(clinic)
        answer = walk(browser, platform)
        assert (answer.status_code, answer["Location"]) == (302, "/day/")
        page = browser.get("/patients/")
        assert page.status_code == 200
        assert f'href="{absolute_url("localhost", "/my-clinics/")}"' in page.content.decode()


@database
def test_what_was_shown_on_the_platform_is_shown_here_too(office: Any, anonymous: Any, acme: Any) -> None:
    doctor = member_in(Role.DOCTOR)
    browser = anonymous(acme)
    walk(browser, office(doctor.user))
    assert browser.get("/patients/").status_code == 200, "no second factor is asked for again"
    (record,) = browser.session["account_authentication_methods"]
    assert record["method"] == "mfa"
    assert Signin.objects.filter(user_id=doctor.user_id, organization=acme).count() == 1


@database
def test_who_showed_no_factor_on_the_platform_is_not_let_out_of_it(
    office: Any, anonymous: Any, acme: Any
) -> None:
    platform = office(member_in(Role.DOCTOR).user)
    with schema_context("public"):
        session = platform.session
        session["account_authentication_methods"] = [{"method": "password", "at": 1}]
        session.save()
    begun = anonymous(acme).get("/enter/")
    assert platform.get(path_of(begun["Location"]))["Location"] == "/accounts/2fa/reauthenticate/"


@database
def test_signing_in_on_the_way_leads_on_to_the_page_wanted(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    clinic, platform = anonymous(acme), anonymous()
    assert "/enter/?next=%2Fpatients%2F" in clinic.get("/accounts/login/?next=/patients/").content.decode()
    begun = path_of(clinic.get("/enter/?next=/patients/")["Location"])
    assert "patients" not in begun, "which page is wanted is the clinic's to know"
    asked = platform.get(begun)["Location"]
    back = parse_qs(urlsplit(asked).query)["next"][0]
    sent = platform.post(asked, {"login": member.user.email, "password": PASSWORD, "next": back})
    assert sent["Location"] == begun
    shown = platform.get(begun)
    assert shown.status_code == 200, "no form leads to another host: the page does"
    assert 'http-equiv="refresh" content="0; url=http://acme.localhost' in shown.content.decode()
    assert shown["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert shown["Referrer-Policy"] == "same-origin"
    assert clinic.get(path_of(shown.context["entrance"]))["Location"] == "/patients/"


@database
@pytest.mark.parametrize(
    "page", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(office: Any, anonymous: Any, acme: Any, page: str) -> None:
    assert walk(anonymous(acme), office(member_in(Role.RECEPTIONIST).user), page)["Location"] == "/day/"


@database
def test_an_entrance_is_used_once(acme: Any) -> None:
    token = handed(member_in(Role.RECEPTIONIST), acme)
    assert redeem_hand_over(token, organization=acme, secret=SECRET) is not None
    assert redeem_hand_over(token, organization=acme, secret=SECRET) is None


@database
def test_an_entrance_is_open_for_a_minute(acme: Any) -> None:
    token = handed(member_in(Role.RECEPTIONIST), acme)
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert redeem_hand_over(token, organization=acme, secret=SECRET) is None
    assert redeem_hand_over(token, organization=acme, secret=SECRET) is not None


@database
def test_an_entrance_is_worth_nothing_in_another_clinic(anonymous: Any, acme: Any, beta: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    with tenant_context(beta):
        with_login(StaffFactory(), user=member.user)
    token = handed(member, acme)
    browser = anonymous(beta)
    browser.cookies["entrance"] = f"{SECRET}:"
    assert browser.get(f"/enter/{token}/").status_code == 410
    with tenant_context(beta):
        # Even if the code asked for the other clinic's, the database does not show it.
        assert redeem_hand_over(token, organization=acme, secret=SECRET) is None
    assert redeem_hand_over(token, organization=acme, secret=SECRET) is not None


@database
def test_an_entrance_sent_to_somebody_else_opens_nothing(anonymous: Any, acme: Any) -> None:
    token = handed(member_in(Role.RECEPTIONIST), acme)
    for cookie in (None, "another secret:", ":"):
        browser = anonymous(acme)
        if cookie:
            browser.cookies["entrance"] = cookie
        answer = browser.get(f"/enter/{token}/")
        assert answer.status_code == 410
        assert "in the browser that asked for it" in answer.content.decode()
    assert HandOver.objects.get().used_at is None


@database
def test_a_prefetched_entrance_stays_unused(office: Any, anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = anonymous(acme)
    browser.cookies["entrance"] = f"{SECRET}:"
    token = handed(member, acme)
    ahead = {"Sec-Purpose": "prefetch"}
    assert browser.get(f"/enter/{token}/", headers=ahead).status_code == 503
    assert browser.head(f"/enter/{token}/").status_code == 405
    begun = path_of(browser.get("/enter/")["Location"])
    assert office(member.user).get(begun, headers=ahead).status_code == 302
    assert HandOver.objects.get().used_at is None


@database
@pytest.mark.parametrize("status", ["inactive", "suspended"])
def test_only_who_is_one_of_the_clinics_people_is_let_in(
    office: Any, anonymous: Any, acme: Any, status: str
) -> None:
    member = member_in(Role.RECEPTIONIST)
    services.change_member_status(member, by=None, status=status)
    browser = anonymous(acme)
    answer = walk(browser, office(member.user))
    assert answer.status_code == 410
    assert "You have no access to this clinic" in answer.content.decode()
    assert not browser.get("/session/").json()["person"]


@database
def test_the_platform_hands_nobody_over_to_a_clinic_of_others(office: Any, acme: Any) -> None:
    with schema_context("public"):
        stranger = a_user("stranger@people.example")
    address = f"/my-clinics/{acme.pk}/enter/?browser={hash_of(SECRET)}"
    unknown = address.replace(str(acme.pk), str(uuid4()))
    for asked in (address, unknown):
        answer = office(stranger).get(asked)
        assert answer.status_code == 404
        assert "this log-in has no access to the clinic you came from" in answer.content.decode()


@database
@pytest.mark.parametrize("browser", ["", "x", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_who_comes_without_the_clinics_question_is_sent_there(office: Any, acme: Any, browser: str) -> None:
    member = member_in(Role.RECEPTIONIST)
    answer = office(member.user).get(f"/my-clinics/{acme.pk}/enter/", {"browser": browser})
    assert answer["Location"] == acme.url("/enter/")
    assert not HandOver.objects.exists()


def changes_the_password(user: Any) -> None:
    user.set_password("four even calmer horses")
    user.save()


@database
@pytest.mark.parametrize(
    "end",
    [
        lambda user: deactivate_user(user, by=None),
        lambda user: sign_out_everywhere(user, by=user),
        changes_the_password,
    ],
    ids=["closed", "signed out everywhere", "another password"],
)
def test_an_entrance_ends_with_the_log_in_it_was_made_under(acme: Any, end: Callable[[Any], Any]) -> None:
    member = member_in(Role.RECEPTIONIST)
    token = handed(member, acme)
    with schema_context("public"):
        end(member.user)
    assert redeem_hand_over(token, organization=acme, secret=SECRET) is None


@database
def test_whose_session_is_here_already_goes_on_in_it(office: Any, client_for: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = client_for(member)
    before = browser.session.session_key
    assert walk(browser, office(member.user))["Location"] == "/day/"
    assert browser.session.session_key == before
    other = member_in(Role.RECEPTIONIST)
    walk(browser, office(other.user))
    assert browser.get("/session/").json()["person"] == f"{other.user_id}:{other.pk}"
    assert browser.session.session_key != before


@database
def test_patients_of_one_clinic_are_not_told_of_several(
    office: Any, anonymous: Any, acme: Any, beta: Any
) -> None:
    patient = member_in(Role.PATIENT)

    def page() -> str:
        browser = anonymous(acme)
        walk(browser, office(patient.user))
        return browser.get("/portal/").content.decode()

    assert "/my-clinics/" not in page()
    with tenant_context(beta):
        with_login(StaffFactory(), user=patient.user)
    assert "/my-clinics/" in page()


@database
def test_what_is_stored_of_an_entrance_opens_nothing(office: Any, anonymous: Any, acme: Any) -> None:
    browser = anonymous(acme)
    begun = browser.get("/enter/")
    secret = browser.cookies["entrance"].value.partition(":")[0]
    assert browser.cookies["entrance"]["httponly"]
    assert browser.cookies["entrance"]["samesite"] == "Lax"
    assert secret not in begun["Location"]
    entrance = office(member_in(Role.RECEPTIONIST).user).get(path_of(begun["Location"])).context["entrance"]
    token = urlsplit(entrance).path.split("/")[2]
    stored = str(HandOver.objects.values().get())
    assert token not in stored
    assert secret not in stored


@database
def test_the_database_keeps_an_entrance_as_it_was_made(acme: Any, beta: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    token = handed(member, acme)
    with schema_context("public"):
        for change in ({"shown": [1]}, {"expires_at": timezone.now()}, {"organization": beta}):
            with pytest.raises(IntegrityError, match="used once"), transaction.atomic():
                HandOver.objects.update(**change)
        with pytest.raises(IntegrityError, match="a_minute"), transaction.atomic():
            HandOver.objects.create(
                user_id=member.user_id, organization=acme, expires_at=timezone.now() + timedelta(minutes=2)
            )
    redeem_hand_over(token, organization=acme, secret=SECRET)
    with pytest.raises(IntegrityError, match="used once"), transaction.atomic():
        HandOver.objects.update(used_at=None)
    for not_a_clinics in ("DELETE FROM accounts_handover", "UPDATE accounts_handover SET expires_at = now()"):
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            rows(f"{not_a_clinics} RETURNING 1")


def test_of_many_at_the_same_moment_one_enters(race: Callable[..., list[Any]], acme: Any) -> None:
    token = handed(member_in(Role.RECEPTIONIST), acme)
    found = race(20, lambda _number: redeem_hand_over(token, organization=acme, secret=SECRET))
    assert not [problem for problem in found if isinstance(problem, Exception)]
    assert sum(result is not None for result in found) == 1
