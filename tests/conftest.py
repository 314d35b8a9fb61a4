"""What every test stands on: PostgreSQL with two real clinics, entered as a request would enter them."""

import copy
import gc
import os
import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.test import Client
from django.test import client as testing
from django.test.client import ClientHandler, store_rendered_templates
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tenants.utils import schema_context
from pytest_django.plugin import DjangoDbBlocker

from clinic.db.current import connection
from clinic.db.sessions import SEEN, SessionStore
from tests import databases
from tests.racing import Racers

# When whoever tests was last heard of: clocks that are moved sign nobody out, unless that is what is tested.
NEVER_ALONE = 2**40
# Set by the process that starts the workers, and inherited by them.
RUN = os.environ.setdefault("CLINIC_TEST_RUN", os.urandom(4).hex())
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "alone")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--long`: what is proved by many rounds is proved by as many as the issues ask for."""
    parser.addoption("--long", action="store_true", help="all rounds of bots and rushes")


@pytest.fixture
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether every round is asked for, and not only those that decide."""
    return bool(request.config.getoption("--long"))


def pytest_configure() -> None:
    """Passwords of tests protect nothing; hashing them properly takes longer than everything else."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    testing.store_rendered_templates = _store_whole


def _store_whole(store: Any, signal: Any, sender: Any, template: Any, context: Any, **kwargs: Any) -> None:
    """Note for `answer.context` what whole templates are given: their thirty parts need no copy each."""
    if context.template is template:
        store_rendered_templates(store, signal, sender, template, context, **kwargs)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The browser's tests first: they are the longest, and none of them is left for the end of the run."""
    if not config.getoption("--long"):
        items[:] = [item for item in items if item.get_closest_marker("long") is None]
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A copy of the run's template for this worker."""
    with django_db_blocker.unblock():
        databases.build_template(RUN)
        databases.copy_template(RUN, WORKER)
        for clinic in databases.CLINICS:
            _organization(clinic["label"])
    # The project and its libraries stay until the end: the collector need not walk through them every time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
    yield
    with django_db_blocker.unblock():
        databases.drop(RUN, WORKER)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Drop the template when every worker is done."""
    if not hasattr(session.config, "workerinput"):
        databases.drop(RUN)


@cache
def _chain() -> Any:
    """The middlewares, loaded once: each time WhiteNoise looks at every static file."""
    loaded = ClientHandler()
    loaded.load_middleware()
    return loaded._middleware_chain


def shown_factor(user: Any) -> dict[str, Any]:
    """Give the user a second factor; what a session notes when it was shown, by somebody who stays."""
    from tests.people import with_factor

    with_factor(user)
    return {
        "account_authentication_methods": [{"method": "mfa", "type": "totp", "at": time.time()}],
        "account_authentication_methods_user": str(user.pk),
        SEEN: NEVER_ALONE,
    }


def show_factor(client: Client, user: Any) -> None:
    """Give the user a second factor, and the browser's session the note that it was shown."""
    session = client.session
    session.update(shown_factor(user))
    session.save()


class FirstSession(SessionStore):
    """The session of a browser in which nobody was signed in: it gets its key when it is stored."""

    # Signed as any other: Django would take the name of this class.
    key_salt = SessionStore().key_salt

    def cycle_key(self) -> None:
        """Nothing: there is no key yet that somebody could know."""

    def begin(self) -> None:
        """Store it, in one statement."""
        self._session_key = get_random_string(32)
        self.create_model_instance(self._session).save(force_insert=True)


class ClinicClient(Client):
    """A browser at one clinic's address (or the platform's). After a request we are where we were."""

    def __init__(self, host: str, **kwargs: Any) -> None:
        super().__init__(**kwargs, HTTP_HOST=host)
        self.handler._middleware_chain = _chain()

    def request(self, **request: Any) -> Any:
        """Send the request, and come back to the schema and actor of the test."""
        with databases.where_we_are():
            return super().request(**request)

    def force_login(self, user: Any, backend: str | None = None, **noted: Any) -> None:
        """Sign in as pages do, with a second factor shown, and stay; see test_second_factor, test_idle.

        `noted` stands in the session too. Django's own way there takes a dozen statements.
        """
        if settings.SESSION_COOKIE_NAME in self.cookies:
            super().force_login(user, settings.AUTHENTICATION_BACKENDS[-1])
            show_factor(self, user)
        else:
            request = HttpRequest()
            request.session = FirstSession()
            login(request, user, settings.AUTHENTICATION_BACKENDS[-1])
            request.session.update(shown_factor(user) | noted)
            request.session.begin()
            self._set_login_cookies(request)

    def send(self, path: str, data: dict[str, Any] | None = None, **extra: Any) -> Any:
        """POST a form as our pages send it: with a fresh key, unless one is given."""
        key = {"idempotency_key": os.urandom(12).hex()}
        return self.post(path, {**key, **(data or {})}, **extra)


@pytest.fixture
def acme(in_acme: None) -> Any:
    """The clinic the tests are in: Lagos, NGN."""
    return _organization("acme")


@pytest.fixture
def beta(in_acme: None) -> Any:
    """The other clinic: Dublin, EUR."""
    return _organization("beta")


# Changes with the clinic's row and with those of its hosts.
VERSION = """
    SELECT clinic.xmin::text, (SELECT string_agg(host.xmin::text, ' ' ORDER BY host.id)
                                 FROM tenants_domain host WHERE host.tenant_id = clinic.id)
      FROM tenants_organization clinic WHERE clinic.label = %s
"""
# Each clinic as the template has it.
PRISTINE: dict[str, tuple[Any, Any]] = {}


def _organization(label: str) -> Any:
    """The clinic of that label; it is only read anew where something has been changed about it."""
    from tenants.models import Organization

    with schema_context("public"):
        version = databases.rows(VERSION, label)
        if label in PRISTINE and PRISTINE[label][0] == version:
            return copy.deepcopy(PRISTINE[label][1])
        # With its host: within one clinic the address of the other cannot be asked for.
        found = Organization.objects.with_host().get(label=label)
        PRISTINE.setdefault(label, (version, copy.deepcopy(found)))
        return found


@pytest.fixture(autouse=True)
def in_acme(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test with a database happens in acme, in its time zone, unless it goes elsewhere itself."""
    if not {"db", "committed", "acme", "beta"} & set(
        request.fixturenames
    ) and not request.node.get_closest_marker("django_db"):
        yield
        return
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "db")
    from tenants import directory

    directory.forget()
    organization = _organization("acme")
    connection.set_tenant(organization)
    with timezone.override(ZoneInfo(organization.time_zone)):
        yield
    connection.set_schema_to_public()
    connection.audit_context = {}
    directory.forget()


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """For races and workers: what the test commits is really there; afterwards the database is a new copy."""
    with django_db_blocker.unblock():
        yield
        databases.copy_template(RUN, WORKER)


@pytest.fixture
def anonymous() -> Callable[[Any], ClinicClient]:
    """`anonymous(organization)`: a browser in which nobody is signed in; None is the platform."""

    def browser(organization: Any = None) -> ClinicClient:
        return ClinicClient(organization.host() if organization else "localhost")

    return browser


@pytest.fixture
def client_for(anonymous: Callable[[Any], ClinicClient], acme: Any) -> Callable[..., ClinicClient]:
    """`client_for(member, organization=acme)`: a browser in which the member is signed in at the clinic."""

    def browser(member: Any, organization: Any = acme) -> ClinicClient:
        from django_tenants.utils import tenant_context

        client = anonymous(organization)
        with tenant_context(organization):
            client.force_login(member.user, member=str(member.pk))
        return client

    return browser


@pytest.fixture
def audit_trail() -> Callable[[], list[Any]]:
    """The trail's entries, newest first, after what waits for the commit has been written."""

    def entries() -> list[Any]:
        from clinic.audit.models import AuditEvent

        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return list(AuditEvent.objects.all())

    return entries


@pytest.fixture
def race(committed: None) -> Iterator[Callable[..., list[Any]]]:
    """`race(n, act)`: run act(0) … act(n-1) at the same moment on real connections; results or exceptions."""
    racers = Racers()
    yield racers.race
    racers.go_home()
