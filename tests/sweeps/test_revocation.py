"""What is taken from somebody works at the next request, everywhere: a table of what ends where."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.contrib.sessions.models import Session
from django.http import HttpResponse
from django.urls import reverse
from django_tenants.utils import schema_context, tenant_context

from accounts.members.gate import PAGES_OF_OTHERS
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services import change_member_status
from accounts.models import User
from accounts.services import (
    anonymise_user,
    deactivate_user,
    hand_over,
    hash_of,
    redeem_hand_over,
    sign_out_everywhere,
)
from clinic.access import PUBLIC
from scheduling.services import make_feed
from tenants.services import end_support_session, start_support_session
from tests.accounts.members.factories import DoctorFactory, StaffFactory, a_superuser, member_in
from tests.people import with_login
from tests.sweeps.pages import CLINIC, pages

pytestmark = pytest.mark.django_db
BY_HAND = {"HX-Request": "true", "X-By-Hand": "1"}
PLATFORM = {"the platform's site"}
HERE = {"a page", "a fragment", "a poll", "the clinic's admin", "the feed's page"}
ELSEWHERE = {"another clinic"}
WAITING = {"an entrance that waits"}
FEED = {"the feed"}
EVERYWHERE = PLATFORM | HERE | ELSEWHERE | WAITING


class Person(NamedTuple):
    """Somebody with two roles in one clinic and one in another, and who is signed in everywhere."""

    admin: Member
    doctor: Member
    opens: dict[str, Callable[[], Any]]

    def open_places(self, asked: set[str]) -> set[str]:
        """Where the next request is answered."""
        return {place for place in asked if _is_open(self.opens[place]())}


def _is_open(answer: Any) -> bool:
    if isinstance(answer, HttpResponse):
        return answer.status_code == 200 and "HX-Redirect" not in answer
    return answer is not None


@pytest.fixture
def person(acme: Any, beta: Any, client_for: Any, anonymous: Any) -> Person:
    # Another one, for no clinic is left without.
    member_in(Role.ADMIN)
    admin = member_in(Role.ADMIN)
    user = admin.user
    doctor = with_login(DoctorFactory(), user=user)
    with tenant_context(beta):
        there = with_login(StaffFactory(), user=user)
    with schema_context("public"):
        office = anonymous()
        office.force_login(user)
        token = hand_over(user, organization=acme, browser_hash=hash_of("secret"), shown=[])
    as_admin, as_doctor, at_beta = client_for(admin), client_for(doctor), client_for(there, beta)
    address = reverse("scheduling:feed", CLINIC, [make_feed(doctor, by=doctor).token])
    return Person(
        admin,
        doctor,
        {
            "the platform's site": lambda: office.get("/my-clinics/"),
            "a page": lambda: as_admin.get("/staff/"),
            "a fragment": lambda: as_admin.get("/staff/", headers=BY_HAND),
            "a poll": lambda: as_admin.get("/notifications/unread/"),
            "the clinic's admin": lambda: as_admin.get("/admin/"),
            "the feed's page": lambda: as_doctor.get("/my-calendar/"),
            "another clinic": lambda: at_beta.get("/patients/"),
            "an entrance that waits": lambda: redeem_hand_over(token, organization=acme, secret="secret"),
            "the feed": lambda: anonymous(acme).get(address),
        },
    )


def _other_password(person: Person) -> None:
    person.admin.user.set_password("four even calmer horses")
    person.admin.user.save()


def _no_longer(*members: str) -> Callable[[Person], None]:
    def end(person: Person) -> None:
        for member in members:
            change_member_status(getattr(person, member), by=None, status="suspended")

    return end


def _sessions_here(person: Person) -> None:
    Session.objects.all().delete()


# What is done, and where nothing opens any more. A feed is read by its own secret: it ends with its member.
ENDS = {
    "another password": (_other_password, EVERYWHERE),
    "signed out everywhere": (lambda person: sign_out_everywhere(person.admin.user, by=None), EVERYWHERE),
    "the log-in is closed": (lambda person: deactivate_user(person.admin.user, by=None), EVERYWHERE | FEED),
    "the log-in is anonymised": (
        lambda person: anonymise_user(person.admin.user, by=None),
        EVERYWHERE | FEED,
    ),
    # The sessions go on in the role that is left.
    "a role is taken": (_no_longer("admin"), {"the clinic's admin"}),
    "the other role is taken": (_no_longer("doctor"), {"the feed's page"} | FEED),
    "nobody in this clinic any more": (_no_longer("admin", "doctor"), HERE | FEED),
    "the sessions here are gone": (_sessions_here, HERE),
}


@pytest.mark.parametrize("name", ENDS)
def test_what_is_taken_opens_nothing_from_the_next_request_on(name: str, person: Person) -> None:
    end, over = ENDS[name]
    assert person.open_places(set(person.opens) - WAITING) == set(person.opens) - WAITING
    end(person)
    assert person.open_places(set(person.opens)) == set(person.opens) - over


def _as_superuser_no_more(visit: Any) -> None:
    User.objects.filter(pk=visit.user_id).update(is_superuser=False)


def _closed(visit: Any) -> None:
    User.objects.filter(pk=visit.user_id).update(is_active=False)


def _signed_out(visit: Any) -> None:
    sign_out_everywhere(User.objects.get(pk=visit.user_id), by=None)


def _with_another_password(visit: Any) -> None:
    root = User.objects.get(pk=visit.user_id)
    root.set_password("four even calmer horses")
    root.save()


@pytest.mark.parametrize(
    "end",
    [end_support_session, _as_superuser_no_more, _closed, _signed_out, _with_another_password],
)
def test_a_visit_of_support_ends_at_the_next_request(
    end: Callable[[Any], Any], acme: Any, anonymous: Any
) -> None:
    root = a_superuser()
    with schema_context("public"):
        visit, token = start_support_session(acme, by=root, reason="Asked for help")
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    asked = ("/admin/", "/admin/members/member/")
    assert [browser.get(page).status_code for page in asked] == [200, 200]
    with schema_context("public"):
        end(visit)
    assert [browser.get(page).status_code for page in asked] == [302, 302]


def test_every_page_of_who_was_let_in_is_closed_at_the_next_request(client_for: Any, no_frame: Any) -> None:
    """Not only those of the table: each page without a record in its address that opened is shut."""
    admin = member_in(Role.ADMIN)
    browser = client_for(admin)
    asked = [(page, page.permission or PAGES_OF_OTHERS.get(page.name)) for page in pages(CLINIC)]
    addresses = [page.route for page, asks in asked if asks != PUBLIC and not page.has_arguments]
    with no_frame():
        opened = [address for address in addresses if browser.get(address).status_code == 200]
    assert len(opened) > 30
    deactivate_user(admin.user, by=None)
    assert [address for address in opened if browser.get(address).status_code == 200] == []
