"""Every page of both sites: who may open it, who may not, and that it shows nobody else's records.

The pages are found in the URL configuration; a page added tomorrow is in here tomorrow.
"""

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.db import transaction
from django.template import engines
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
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, PLATFORM, Page, pages

CLINIC_PAGES = pages(CLINIC)
OURS = [page for page in CLINIC_PAGES if page.permission is not None]
NEEDING_A_RECORD = [
    page for page in OURS if page.has_arguments and page.permission != PUBLIC and "<int:" not in page.route
]
PLATFORM_PAGES = pages(PLATFORM)
GONE = (403, 404)


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
def refusals_in_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pages that say no, without their frame: the same two in four thousand answers.

    As every role sees them: test_a_refusal_is_a_page_of_the_clinic_to_each_role.
    """
    engine = engines["django"].engine
    for name in ("403.html", "404.html"):
        monkeypatch.setitem(engine.template_loaders[0].get_template_cache, name, engine.from_string("No."))


@pytest.fixture
def ours(worlds: dict[str, SimpleNamespace], db: None, refusals_in_a_word: None) -> SimpleNamespace:
    """The clinic under test."""
    return worlds["acme"]


@pytest.fixture
def theirs(worlds: dict[str, SimpleNamespace], db: None) -> SimpleNamespace:
    """The clinic whose records must never be seen."""
    return worlds["beta"]


def answers(browser: ClinicClient, address: str) -> list[Any]:
    """What the page answers to opening it and to sending it an empty form."""
    sent = []
    for ask in (browser.get, browser.send):
        with transaction.atomic():
            sent.append(ask(address))
            transaction.set_rollback(True)
    return sent


@pytest.mark.parametrize("page", CLINIC_PAGES, ids=str)
def test_every_page_declares_who_may_open_it(page: Page) -> None:
    declared = page.permission or PAGES_OF_OTHERS.get(page.name)
    if declared is None:
        assert page.name.startswith(("account_", "mfa_")), (
            "an undeclared page of ours is refused to everybody"
        )
    else:
        assert declared in {PUBLIC, SIGNED_IN, *PERMISSIONS}


@pytest.mark.parametrize("page", PLATFORM_PAGES, ids=str)
def test_every_page_of_the_platform_declares_who_may_open_it(page: Page) -> None:
    declared = page.permission or PAGES_OF_OTHERS.get(page.name)
    assert declared in {PUBLIC, SIGNED_IN} or page.name.startswith(("account_", "mfa_"))


@pytest.mark.parametrize("page", OURS, ids=str)
def test_each_role_gets_what_the_role_table_says(page: Page, ours: SimpleNamespace) -> None:
    is_open = page.permission in (PUBLIC, SIGNED_IN)
    allowed = [role for role in Role if is_open or allows(role, page.permission)]
    address = page.address(ours.values)
    found = page.permission == PUBLIC or not page.has_arguments
    for role in Role:
        for answer in answers(signed_in(ours, role), address):
            assert answer.status_code < 500
            found = found or (role in allowed and answer.status_code != 404)
            if role in allowed:
                assert answer.status_code != 403 or not is_open, role
            else:
                assert answer.status_code in GONE, f"{role} got {answer.status_code} from {address}"
    assert found, "nobody who may open the page was shown anything"


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
        for answer in answers(signed_in(people, role), address):
            assert answer.status_code == status
            assert b"error-page" in answer.content
            assert people.organization.name in answer.content.decode()


@pytest.mark.parametrize("page", [page for page in OURS if page.permission != PUBLIC], ids=str)
def test_who_is_signed_out_is_led_to_sign_in(
    page: Page, ours: SimpleNamespace, anonymous: Callable[..., ClinicClient]
) -> None:
    address = page.address(ours.values)
    for answer in answers(anonymous(ours.organization), address):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login", CLINIC))


@pytest.mark.parametrize("page", [page for page in OURS if page.permission != PUBLIC], ids=str)
def test_a_session_of_another_clinic_is_nothing_here(
    page: Page,
    ours: SimpleNamespace,
    theirs: SimpleNamespace,
    anonymous: Callable[..., ClinicClient],
) -> None:
    intruder = anonymous(ours.organization)
    intruder.cookies = signed_in(theirs, Role.ADMIN).cookies
    for answer in answers(intruder, page.address(ours.values)):
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login", CLINIC))


@pytest.mark.parametrize("page", NEEDING_A_RECORD, ids=str)
def test_records_of_another_clinic_do_not_exist_here(
    page: Page, ours: SimpleNamespace, theirs: SimpleNamespace
) -> None:
    address = page.address(theirs.values)
    for role in ours.members:
        if page.permission != SIGNED_IN and not allows(role, page.permission):
            continue
        for answer in answers(signed_in(ours, role), address):
            assert answer.status_code in (*GONE, 405), f"{role} got {answer.status_code} from {address}"


@pytest.mark.parametrize("page", [page for page in PLATFORM_PAGES if not page.has_arguments], ids=str)
def test_the_platform_answers_every_stranger(
    page: Page, ours: SimpleNamespace, anonymous: Callable[..., ClinicClient]
) -> None:
    for answer in answers(anonymous(None), reverse(page.name, PLATFORM)):
        assert answer.status_code < 500


@pytest.mark.django_db
def test_a_page_that_declares_nothing_is_refused(anonymous: Callable[..., ClinicClient], acme: Any) -> None:
    # An allauth page that is not in the table of the pages of others.
    undeclared = [
        page for page in CLINIC_PAGES if page.permission is None and page.name not in PAGES_OF_OTHERS
    ]
    for page in undeclared:
        if not page.has_arguments:
            assert anonymous(acme).get(page.route).status_code in GONE
