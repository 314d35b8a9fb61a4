"""A session that is left alone opens nothing, says why, and goes on for the same person."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.members.middleware import MEMBER_SESSION_KEY
from accounts.members.roles import Role
from clinic.db.sessions import SEEN, seconds_now
from tenants.services import start_support_session
from tests.accounts.members.factories import a_superuser, member_in
from tests.people import PASSWORD, StaffFactory, a_user, with_login

pytestmark = pytest.mark.django_db


def later(**passed: float) -> Any:
    """The clock so much later."""
    return time_machine.travel(timezone.now() + timedelta(**passed), tick=False)


@pytest.fixture
def at_work(anonymous: Callable[..., Any], acme: Any) -> Callable[..., Any]:
    """`at_work(member)`: a browser in which the member has signed in just now."""

    def browser(member: Any) -> Any:
        return just_now(anonymous(acme), member.user)

    return browser


def just_now(browser: Any, user: Any) -> Any:
    """The browser, in which the user has signed in just now; other tests' people are never left alone."""
    browser.force_login(user)
    session = browser.session
    session[SEEN] = seconds_now()
    session.save()
    return browser


def sign_in(browser: Any, user: Any, **more: str) -> Any:
    """By the form, in roles that need no second factor."""
    Authenticator.objects.filter(user=user).delete()
    return browser.post("/accounts/login/", {"login": user.email, "password": PASSWORD, **more})


@pytest.mark.parametrize(
    ("role", "page", "minutes"),
    [
        (Role.RECEPTIONIST, "/patients/", 15),
        (Role.ADMIN, "/admin/", 15),
        (Role.DOCTOR, "/patients/", 15),
        (Role.PATIENT, "/portal/", 30),
    ],
)
def test_a_session_left_alone_opens_nothing(at_work: Any, role: str, page: str, minutes: int) -> None:
    browser = at_work(member_in(role))
    with later(minutes=minutes, seconds=-1):
        assert browser.get(page).status_code == 200
        with later(minutes=minutes):
            answer = browser.get(page)
            assert answer.status_code == 302
            assert answer["Location"].startswith("/accounts/login/?next=")
            by_hand = {"HX-Request": "true", "X-By-Hand": "1"}
            assert "HX-Redirect" in browser.get(page, headers=by_hand)
            assert browser.get(page, headers={"HX-Request": "true"}).status_code == 204, "a page's own poll"
            said = browser.get(answer["Location"]).content.decode()
            assert f"nothing happened for {minutes} minutes" in said


def test_the_clinic_chooses_how_long(at_work: Any, acme: Any) -> None:
    acme.staff_idle_minutes, acme.patient_idle_minutes = 5, 120
    with schema_context("public"):
        acme.save()
    desk, patient = at_work(member_in(Role.RECEPTIONIST)), at_work(member_in(Role.PATIENT))
    with later(minutes=6):
        assert desk.get("/patients/").status_code == 302
    with later(minutes=119):
        assert patient.get("/portal/").status_code == 200


def test_who_works_here_as_well_has_no_longer_as_a_patient(at_work: Any) -> None:
    member = member_in(Role.PATIENT)
    with_login(StaffFactory(), user=member.user)
    with later(minutes=16):
        assert at_work(member).get("/portal/").status_code == 200, "signed in just now"
    browser = at_work(member)
    with later(minutes=16):
        assert browser.get("/portal/").status_code == 302


def test_the_platform_waits_half_an_hour(anonymous: Any) -> None:
    with schema_context("public"):
        browser = just_now(anonymous(), a_user("ada@people.example"))
    with later(minutes=29):
        assert browser.get("/my-clinics/").status_code == 200
        with later(minutes=30):
            answer = browser.get("/my-clinics/")
            assert answer["Location"] == "/accounts/login/?next=%2Fmy-clinics%2F"
            assert "nothing happened for 30 minutes" in browser.get(answer["Location"]).content.decode()


def test_support_left_alone_for_a_quarter_of_an_hour_is_over(anonymous: Any, acme: Any) -> None:
    with schema_context("public"):
        _visit, token = start_support_session(acme, by=a_superuser(), reason="Asked for help")
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    with later(minutes=14):
        assert browser.get("/admin/").status_code == 200
        with later(minutes=15):
            assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/").status_code == 302, "the visit's session is gone"


@pytest.mark.parametrize(
    "headers",
    [
        {"HX-Request": "true"},
        {"Sec-Fetch-Mode": "cors"},
        {"Sec-Purpose": "prefetch", "Sec-Fetch-Mode": "navigate"},
        {"X-By-Hand": "0"},
    ],
    ids=["a fragment by itself", "a count", "a prefetched page", "our script in an old browser"],
)
def test_what_pages_ask_for_by_themselves_keeps_nobody_signed_in(at_work: Any, headers: dict) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))
    with later(minutes=10):
        assert browser.get("/notifications/unread/", headers=headers).status_code == 200
        assert browser.get("/patients/", headers=headers).status_code == 200
        with later(minutes=6):
            assert browser.get("/patients/").status_code == 302


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Mode": "navigate"}, {"HX-Request": "true", "X-By-Hand": "1"}]
)
def test_what_a_person_does_keeps_them_signed_in(at_work: Any, headers: dict) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))
    with later(minutes=10):
        assert browser.get("/patients/", headers=headers).status_code == 200
        with later(minutes=14):
            assert browser.get("/patients/").status_code == 200


def test_the_session_is_written_once_a_minute_at_most(at_work: Any) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))

    def writes() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert browser.get("/session/", headers={"X-By-Hand": "1"}).json()["left"] > 0
        return sum("UPDATE" in query["sql"] and "session" in query["sql"] for query in seen)

    assert [writes(), writes()] == [0, 0]
    with later(seconds=61):
        assert [writes(), writes(), writes()] == [1, 0, 0]


def test_a_session_that_does_not_say_when_is_over(at_work: Any) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))
    stored = browser.session
    content = stored.load()
    del content[SEEN]
    # As one that was stored before sessions said so.
    bare = super(type(stored), stored).encode({**content, stored.STAMP: connection.schema_name})
    Session.objects.update(session_data=bare)
    assert browser.get("/patients/").status_code == 302


def test_a_session_ended_elsewhere_meanwhile_is_not_written_again(at_work: Any, monkeypatch: Any) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))
    with later(minutes=2):
        from accounts.members import idle

        def end_it(request: Any) -> bool:
            Session.objects.all().delete()
            return True

        monkeypatch.setattr(idle, "is_by_hand", end_it)
        assert browser.get("/patients/").status_code == 302
    assert not Session.objects.exists()


def test_the_same_person_goes_on_in_the_same_role_on_the_same_page(at_work: Any) -> None:
    patient = member_in(Role.PATIENT)
    desk = with_login(StaffFactory(), user=patient.user)
    browser = at_work(patient)
    browser.send("/switch-role/", {"member": str(desk.pk)})
    before = browser.session.session_key
    with later(minutes=20):
        asked = browser.get("/patients/?q=ada")
        answer = sign_in(browser, patient.user, next="/patients/?q=ada")
        assert asked["Location"].endswith("next=%2Fpatients%2F%3Fq%3Dada")
        assert answer["Location"] == "/patients/?q=ada"
        assert browser.session[MEMBER_SESSION_KEY] == str(desk.pk)
        assert browser.session.session_key != before
        assert browser.get("/patients/").status_code == 200
        assert not Session.objects.filter(pk=before).exists()


def test_another_person_finds_nothing_of_the_session_that_was_left(at_work: Any) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))
    session = browser.session
    session["left"] = "something"
    session.save()
    other = member_in(Role.RECEPTIONIST)
    with later(minutes=20):
        sign_in(browser, other.user)
        assert "left" not in browser.session
        assert browser.get("/session/").json()["person"] == f"{other.user_id}:{other.pk}"


def test_a_form_sent_too_late_is_not_saved_and_counts_when_it_is_sent_again(at_work: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = at_work(member)
    form = {"idempotency_key": "late", "given_name": "Ada", "gender": "unknown"}
    page = {"Referer": "http://acme.localhost/patients/new/?from=day"}
    with later(minutes=15):
        refused = browser.post("/patients/new/", form, headers=page)
        assert refused["Location"].endswith("next=%2Fpatients%2Fnew%2F%3Ffrom%3Dday&unsent=1")
        assert "was not saved" in browser.get(refused["Location"]).content.decode()
        sign_in(browser, member.user)
        assert browser.post("/patients/new/", form)["Location"].startswith("/patients/")


@pytest.mark.parametrize("referer", ["https://elsewhere.example/a/", "//", "nonsense", "http://["])
def test_nobody_is_led_to_another_site_after_signing_in(at_work: Any, referer: str) -> None:
    browser = at_work(member_in(Role.RECEPTIONIST))
    with later(minutes=15):
        refused = browser.send("/patients/new/", headers={"Referer": referer})
    assert "next=%2F&" in refused["Location"]


def test_an_open_page_learns_who_is_signed_in_and_what_its_forms_must_carry(at_work: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = at_work(member)
    state = browser.get("/session/", headers={"Sec-Fetch-Mode": "cors"})
    assert state["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert state.json()["person"] == f"{member.user_id}:{member.pk}"
    assert 0 < state.json()["left"] <= 15 * 60
    assert len(state.json()["token"]) == 64
    with later(minutes=15):
        assert browser.get("/session/").json() == {"person": "", "left": 0}
        assert browser.get("/session/back/").status_code == 302


def test_every_page_knows_how_long_it_may_be_left(at_work: Any, anonymous: Any, acme: Any) -> None:
    member = member_in(Role.ADMIN)
    for page in ("/patients/", "/admin/", "/me/"):
        body = at_work(member).get(page).content.decode()
        assert re.search(f'<meta name="session" content="{member.user_id}:{member.pk} (89|90)\\d"', body)
        assert 'id="idle-warning"' in body
    assert 'name="session"' not in anonymous(acme).get("/").content.decode()


def test_nobody_is_offered_to_stay_signed_in_for_ever(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.PATIENT)
    browser = anonymous(acme)
    assert "remember" not in browser.get("/accounts/login/").content.decode()
    sign_in(browser, member.user, remember="on")
    assert browser.cookies["session"]["max-age"] == ""


def test_a_superuser_on_the_platform_is_signed_out_as_everybody(anonymous: Any) -> None:
    with schema_context("public"):
        browser = just_now(anonymous(), a_superuser())
    with later(minutes=31):
        assert browser.get("/admin/").status_code == 302
