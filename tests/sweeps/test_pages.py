"""Every page of both sites: who may open it, who may not, and that it shows nobody else's records.

The pages are found in the URL configuration; a page added tomorrow is in here tomorrow.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from itertools import groupby
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from pytest_django.plugin import DjangoDbBlocker

from accounts.members.gate import PAGES_OF_OTHERS
from accounts.members.roles import PERMISSIONS, Role, allows
from clinic.access import PUBLIC, SIGNED_IN
from tenants.models import Organization
from tests import databases
from tests.conftest import RUN, WORKER, ClinicClient
from tests.databases import undone
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, PLATFORM, Page, pages

CLINIC_PAGES = pages(CLINIC)
OURS = [page for page in CLINIC_PAGES if page.permission is not None]
NOT_PUBLIC = [page for page in OURS if page.permission != PUBLIC]
NEEDING_A_RECORD = [page for page in NOT_PUBLIC if page.has_arguments and "<int:" not in page.route]
PLATFORM_PAGES = pages(PLATFORM)
GONE = (403, 404)
# What each page is asked for: to be opened, and to take an empty form.
ASKED = ("get", "send")


def by_room(found: list[Page]) -> Any:
    """A test for the pages of each room: one for each page begins and ends two thousand times."""

    def room(page: Page) -> str:
        return page.name.partition(":")[0] if ":" in page.name else "no room"

    rooms = {name: list(inside) for name, inside in groupby(sorted(found, key=room), room)}
    return pytest.mark.parametrize("inside", rooms.values(), ids=rooms)


@pytest.fixture(scope="module")
def worlds(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, SimpleNamespace]]:
    """Both clinics with somebody in every role and something of every kind; afterwards a new database."""
    with django_db_blocker.unblock():
        made = {}
        for label in ("acme", "beta"):
            with schema_context("public"):
                organization = Organization.objects.with_host().get(label=label)
            zone = timezone.override(ZoneInfo(organization.time_zone))
            with tenant_context(organization), zone, transaction.atomic():
                made[label] = world.build(organization)
                made[label].sessions = {role: session_of(made[label], role) for role in made[label].members}
    yield made
    with django_db_blocker.unblock():
        databases.copy_template(RUN, WORKER)


def session_of(people: SimpleNamespace, role: str) -> str:
    """Sign the role's member in; what its browser then has as a cookie."""
    client, member = ClinicClient(people.organization.host()), people.members[role]
    client.force_login(member.user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["member"] = str(member.pk)
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def signed_in(people: SimpleNamespace, role: str) -> ClinicClient:
    """A fresh browser in which the role's member is signed in."""
    client = ClinicClient(people.organization.host())
    client.cookies[settings.SESSION_COOKIE_NAME] = people.sessions[role]
    return client


@pytest.fixture
def ours(worlds: dict[str, SimpleNamespace], db: None, refusals_in_a_word: None) -> SimpleNamespace:
    """The clinic under test."""
    return worlds["acme"]


@pytest.fixture
def theirs(worlds: dict[str, SimpleNamespace], db: None) -> SimpleNamespace:
    """The clinic whose records must never be seen."""
    return worlds["beta"]


def sent(browser: ClinicClient, address: str) -> Iterator[Any]:
    """What the page answers to opening it and to sending it an empty form; neither leaves a trace."""
    for ask in ASKED:
        with undone():
            answer = getattr(browser, ask)(address)
        yield answer


def answers(people: SimpleNamespace, role: str, address: str) -> Iterator[Any]:
    """What the page answers to a fresh browser in which the role's member is signed in."""
    return sent(signed_in(people, role), address)


def test_every_page_declares_who_may_open_it() -> None:
    for page in CLINIC_PAGES:
        declared = page.permission or PAGES_OF_OTHERS.get(page.name)
        if declared is None:
            assert page.name.startswith(("account_", "mfa_")), (
                f"{page}: an undeclared page of ours is refused to everybody"
            )
        else:
            assert declared in {PUBLIC, SIGNED_IN, *PERMISSIONS}, page


def test_every_page_of_the_platform_declares_who_may_open_it() -> None:
    for page in PLATFORM_PAGES:
        declared = page.permission or PAGES_OF_OTHERS.get(page.name)
        assert declared in {PUBLIC, SIGNED_IN} or page.name.startswith(("account_", "mfa_")), page


def who_may(page: Page) -> list[str]:
    """The roles to which the table opens the page."""
    is_open = page.permission in (PUBLIC, SIGNED_IN)
    return [role for role in Role if is_open or allows(role, page.permission or "")]


@by_room(OURS)
def test_each_role_gets_what_the_role_table_says(
    inside: list[Page], ours: SimpleNamespace, no_frame: Callable[[], AbstractContextManager[None]]
) -> None:
    for page in inside:
        address, allowed = page.address(ours.values), who_may(page)
        with undone():
            for role in set(Role) - set(allowed):
                for ask in ASKED:
                    status = getattr(signed_in(ours, role), ask)(address).status_code
                    assert status in GONE, f"{role} got {status} from {address}"
        # To one role in its frame, as browsers show it; to the others without what is the same on all pages.
        found = [answer.status_code for role in allowed[:1] for answer in answers(ours, role, address)]
        with no_frame():
            found += [answer.status_code for role in allowed[1:] for answer in answers(ours, role, address)]
        assert all(status < 500 for status in found), address
        assert 403 not in found or page.permission not in (PUBLIC, SIGNED_IN), address
        is_about_something = page.permission != PUBLIC and page.has_arguments
        assert not is_about_something or set(found) - {404}, (
            f"nobody who may open {address} was shown anything"
        )


@pytest.mark.parametrize("role", [*Role])
def test_a_refusal_is_a_page_of_the_clinic_to_each_role(
    role: Role, worlds: dict[str, SimpleNamespace], db: None
) -> None:
    people = worlds["acme"]
    closed = next(
        page for page in OURS if page.permission in PERMISSIONS and not allows(role, page.permission)
    )
    refused = {403: closed.address(people.values), 404: "/nothing/"}
    for status, address in refused.items():
        for answer in answers(people, role, address):
            assert answer.status_code == status
            assert b"error-page" in answer.content
            assert people.organization.name in answer.content.decode()


@by_room(NOT_PUBLIC)
def test_who_is_signed_out_is_led_to_sign_in(
    inside: list[Page], ours: SimpleNamespace, anonymous: Callable[..., ClinicClient]
) -> None:
    for page in inside:
        for ask in ASKED:
            answer = getattr(anonymous(ours.organization), ask)(page.address(ours.values))
            assert answer.status_code == 302, page
            assert answer["Location"].startswith(reverse("account_login", CLINIC)), page


@by_room(NOT_PUBLIC)
def test_a_session_of_another_clinic_is_nothing_here(
    inside: list[Page],
    ours: SimpleNamespace,
    theirs: SimpleNamespace,
    anonymous: Callable[..., ClinicClient],
) -> None:
    for page in inside:
        for ask in ASKED:
            # Anew each time: whoever is led to sign in leaves this session behind.
            intruder = anonymous(ours.organization)
            intruder.cookies = signed_in(theirs, Role.ADMIN).cookies
            answer = getattr(intruder, ask)(page.address(ours.values))
            assert answer.status_code == 302, page
            assert answer["Location"].startswith(reverse("account_login", CLINIC)), page


@by_room(NEEDING_A_RECORD)
def test_records_of_another_clinic_do_not_exist_here(
    inside: list[Page], ours: SimpleNamespace, theirs: SimpleNamespace
) -> None:
    for page in inside:
        address = page.address(theirs.values)
        for role in who_may(page):
            for answer in answers(ours, role, address):
                assert answer.status_code in (*GONE, 405), f"{role} got {answer.status_code} from {address}"


def test_the_platform_answers_every_stranger(
    ours: SimpleNamespace, anonymous: Callable[..., ClinicClient]
) -> None:
    for page in PLATFORM_PAGES:
        if not page.has_arguments:
            for answer in sent(anonymous(None), reverse(page.name, PLATFORM)):
                assert answer.status_code < 500, page


@pytest.mark.django_db
def test_a_page_that_declares_nothing_is_refused(anonymous: Callable[..., ClinicClient], acme: Any) -> None:
    # An allauth page that is not in the table of the pages of others.
    undeclared = [
        page for page in CLINIC_PAGES if page.permission is None and page.name not in PAGES_OF_OTHERS
    ]
    for page in undeclared:
        if not page.has_arguments:
            assert anonymous(acme).get(page.route).status_code in GONE
