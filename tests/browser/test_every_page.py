"""Every page of a clinic, as every role sees it: wide and narrow, light and dark, without a complaint."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context
from playwright.sync_api import Browser
from pytest_django.plugin import DjangoDbBlocker

from accounts.members.roles import Role
from accounts.models import User
from accounts.services import verify_email
from clinic.admin import clinic_site, platform_site
from tenants.models import Organization
from tests import databases
from tests.browser import addresses, states
from tests.browser.addresses import NOBODY, Look
from tests.browser.conftest import PATIENCE
from tests.browser.states import NEWCOMER
from tests.browser.visitor import WIDTHS, Visitor
from tests.conftest import RUN, WORKER, ClinicClient
from tests.server import FOR_A_BROWSER, serving
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, PLATFORM

pytestmark = pytest.mark.browser
PLATFORM_HOST = "localhost"
SUPERUSER = "superuser"


class Town(NamedTuple):
    """A clinic full of people, served."""

    organization: Organization
    port: int
    values: dict[str, Any]
    states: dict[str, list[str]]
    users: dict[str, User]

    def host(self, role: str) -> str:
        """Where somebody of the role is at home."""
        return PLATFORM_HOST if role == SUPERUSER else str(self.organization.host())

    @contextmanager
    def entered(self, role: str) -> Iterator[ClinicClient]:
        """Be in the clinic (or on the platform), with the role's browser in the test's own process."""
        client = ClinicClient(self.host(role))
        zone = timezone.override(ZoneInfo(self.organization.time_zone))
        with schema_context("public") if role == SUPERUSER else tenant_context(self.organization), zone:
            if role != NOBODY:
                client.force_login(self.users[role], "allauth.account.auth_backends.AuthenticationBackend")
            yield client


@pytest.fixture(scope="module")
def town(chromium: Browser, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Town]:
    """The clinic acme with somebody in every role and something of every kind; afterwards a new database."""
    with django_db_blocker.unblock():
        with schema_context("public"):
            organization = Organization.objects.with_host().get(label="acme")
            superuser = User.objects.create_superuser("root@people.example")
            verify_email(superuser)
        zone = timezone.override(ZoneInfo(organization.time_zone))
        with tenant_context(organization), zone, transaction.atomic():
            made = world.build(organization)
            values = made.values | addresses.secrets(made)
            shown = states.build(made)
            users = {str(role): member.user for role, member in made.members.items()}
            users |= {SUPERUSER: superuser, NEWCOMER: states.newcomer()}
        with serving(FOR_A_BROWSER) as served:
            yield Town(organization, served.port, values, shown, users)
        databases.copy_template(RUN, WORKER)


@pytest.fixture(scope="module")
def passer_by(chromium: Browser, town: Town) -> Iterator[Visitor]:
    """One browser for all who look: a new one costs as much as two pages."""
    with chromium.new_context(viewport=WIDTHS["desktop"], color_scheme="light") as context:
        context.set_default_timeout(PATIENCE)
        yield Visitor(context.new_page(), town.port)


@pytest.fixture
def look_at(passer_by: Visitor, town: Town) -> Iterator[Callable[..., list[str]]]:
    """`look_at(role, client, addresses)`: open each page in the role's browser; all that is wrong at once.

    Answers with the addresses where there was a page to look at.
    """
    context = passer_by.page.context

    def look(role: str, client: ClinicClient, asked: Iterable[str]) -> list[str]:
        if session := client.cookies.get("session"):
            cookie = {"name": "session", "value": session.value, "domain": town.host(role), "path": "/"}
            context.add_cookies([cookie])
        shown: list[str] = []
        wrong: list[str] = []
        for address in asked:
            if passer_by.is_shown(town.host(role), address):
                wrong += complaints(passer_by, address, thoroughly=not shown)
                shown.append(address)
            wrong += passer_by.problems
            passer_by.problems.clear()
        assert not wrong, "\n".join(wrong)
        return shown

    yield look
    # What a page still asks for must not come with the next one's session, nor be counted as the next one's.
    passer_by.page.goto("about:blank")
    passer_by.page.set_viewport_size(WIDTHS["desktop"])
    passer_by.page.emulate_media(color_scheme="light")
    passer_by.problems.clear()
    context.clear_cookies()


# Only colours depend on light and dark, and only the frame has parts that one of the widths hides.
VIEWS = (("desktop", "light", "dark"), ("phone", "dark", "light"))


def complaints(guest: Visitor, address: str, *, thoroughly: bool) -> Iterator[str]:
    """What is wrong with the page in sight at either width, once in light and once in dark.

    It was opened as the last one was left, and is then seen the other way: half of them open on a phone.
    `thoroughly` looks at both widths in the other light too.
    """
    narrow = guest.page.viewport_size == WIDTHS["phone"]
    for width, scheme, other in (VIEWS[narrow], VIEWS[not narrow]):
        if guest.page.viewport_size != WIDTHS[width]:
            guest.page.set_viewport_size(WIDTHS[width])
            guest.page.emulate_media(color_scheme=scheme)
        yield from (f"{address} ({width}, {scheme}): {found}" for found in guest.complaints())
        if thoroughly:
            guest.page.emulate_media(color_scheme=other)
            yield from (f"{address} ({width}, {other}): {found}" for found in guest.violations())
            guest.page.emulate_media(color_scheme=scheme)


@pytest.mark.parametrize("look", addresses.looks(), ids=str)
def test_every_page_of_the_clinic(look: Look, town: Town, look_at: Callable[..., list[str]]) -> None:
    with town.entered(look.role) as client:
        look_at(look.role, client, addresses.of_clinic(look, town.values))


@pytest.mark.parametrize("role", [*states.SEEN_BY])
def test_states_that_no_link_leads_to(role: str, town: Town, look_at: Callable[..., list[str]]) -> None:
    with town.entered(role) as client:
        assert look_at(role, client, town.states[role]) == town.states[role]


@pytest.mark.parametrize("app", addresses.apps(clinic_site))
def test_every_page_of_the_clinics_administration(
    app: str, town: Town, look_at: Callable[..., list[str]]
) -> None:
    with town.entered(Role.ADMIN) as client:
        assert look_at(Role.ADMIN, client, addresses.of_admin(clinic_site, CLINIC, app))


def test_every_page_of_the_platform(town: Town, look_at: Callable[..., list[str]]) -> None:
    with town.entered(SUPERUSER):
        assert look_at(SUPERUSER, ClinicClient(PLATFORM_HOST), addresses.of_platform(town.values))


@pytest.mark.parametrize("app", addresses.apps(platform_site))
def test_every_page_of_the_platforms_administration(
    app: str, town: Town, look_at: Callable[..., list[str]]
) -> None:
    with town.entered(SUPERUSER) as client:
        assert look_at(SUPERUSER, client, addresses.of_admin(platform_site, PLATFORM, app))
