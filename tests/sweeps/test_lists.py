"""Every page that needs no record and every list of both admins cost the same with few rows and with many."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.admin import AdminSite
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role, allows
from accounts.models import HandOver, Signin
from clinic.access import PUBLIC, SIGNED_IN
from clinic.admin import clinic_site, platform_site
from clinic.db.current import connection
from clinic.jobs.models import JobRun
from clinic.jobs.table import JOBS
from clinic.notifications.services import enqueue
from tenants import directory
from tenants.models import (
    Backup,
    DomainClaim,
    Erasure,
    Listing,
    Plan,
    PlatformPolicy,
    ReadySchema,
    Restore,
)
from tenants.services import choose_plan, start_support_session
from tests.conftest import ClinicClient
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, PLATFORM, pages
from tests.tenants.factories import signed_up, superuser

PAGES = [page for page in pages(CLINIC) if not page.has_arguments and page.permission is not None]
MANY = 20
# Everybody may open it: around it the frame of all pages is looked at.
IN_ITS_FRAME = "/notifications/"


@pytest.fixture(autouse=True)
def known_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a test takes, the clinic's host is looked up once, not every minute."""
    monkeypatch.setattr(directory, "SECONDS", 3600.0)


def lists(site: AdminSite, urlconf: str) -> list[str]:
    """The list of each model in an admin."""
    names = (f"{model._meta.app_label}_{model._meta.model_name}" for model in site._registry)
    return [reverse(f"admin:{name}_changelist", urlconf) for name in names]


def open_to(role: str) -> list[str]:
    """The pages that the role table opens to the role; who is refused is shown no list."""
    asked = ((page.route, page.permission) for page in PAGES)
    return [route for route, asks in asked if asks in (PUBLIC, SIGNED_IN) or allows(role, asks or "")]


def costs(browser: ClinicClient, addresses: list[str]) -> dict[str, list[str]]:
    """The statements of each address that answers with a page."""
    found = {}
    for address in addresses:
        with CaptureQueriesContext(connection) as captured:
            answer = browser.get(address)
        assert answer.status_code < 500, address
        if answer.status_code == 200:
            found[address] = [query["sql"] for query in captured]
    return found


def assert_constant(who: str, few: dict[str, list[str]], many: dict[str, list[str]]) -> None:
    """The same number of statements at each address; otherwise the first one that was new."""
    for address, statements in many.items():
        new = [statement for statement in statements if statement not in few[address]]
        assert len(statements) == len(few[address]), (
            f"{address} as {who}: {len(few[address])} → {len(statements)}\n{new[:3]}"
        )


@pytest.mark.django_db
def test_a_page_and_a_list_of_the_admin_cost_the_same_with_few_rows_and_with_many(
    acme: Any,
    client_for: Callable[..., ClinicClient],
    audit_trail: Callable[[], list[Any]],
    no_frame: Callable[[], AbstractContextManager[None]],
) -> None:
    def looked_at(role: str, addresses: list[str]) -> dict[str, list[str]]:
        with no_frame():
            found = costs(browsers[role], addresses)
        return found | costs(browsers[role], [IN_ITS_FRAME])

    # One clinic for all who look: to fill it takes longer than to look at it.
    people = world.build(acme)
    browsers = {role: client_for(people.members[role]) for role in Role}
    shown = {role: open_to(role) for role in browsers}
    shown[Role.ADMIN] += lists(clinic_site, CLINIC)
    # What is looked up once and then remembered; the administrator sees most.
    looked_at(Role.ADMIN, shown[Role.ADMIN])
    # Who has opened the patient's record is a list, too, as soon as it is committed.
    browsers[Role.ADMIN].get(f"/patients/{people.members[Role.PATIENT].pk}/chart/")
    assert any(entry.action == "read" for entry in audit_trail())
    few = {role: looked_at(role, shown[role]) for role in browsers}
    assert all(IN_ITS_FRAME in found for found in few.values())
    assert set(lists(clinic_site, CLINIC)) <= set(few[Role.ADMIN])
    world.fill(people, MANY - 1)
    for role in browsers:
        assert_constant(role, few[role], looked_at(role, shown[role]))


@pytest.mark.django_db
def test_a_list_of_the_platforms_admin_costs_the_same_with_one_row_and_with_many(
    acme: Any, anonymous: Callable[..., ClinicClient]
) -> None:
    connection.set_schema_to_public()
    browser, addresses = anonymous(None), lists(platform_site, PLATFORM)
    browser.force_login(superuser(), "allauth.account.auth_backends.AuthenticationBackend")
    one_more_on_the_platform(acme, 0)
    costs(browser, addresses)
    few = costs(browser, addresses)
    assert set(few) == set(addresses)
    for number in range(1, MANY):
        one_more_on_the_platform(acme, number)
    for model in platform_site._registry.keys() - {PlatformPolicy}:
        assert model._default_manager.count() >= MANY, f"the world lacks {model.__name__}"
    assert_constant("superuser", few, costs(browser, addresses))


def one_more_on_the_platform(clinic: Any, number: int) -> None:
    """A clinic signed up and listed, a plan, support and a sign-in in `clinic`, a backup, a letter."""
    Listing.objects.create(organization=signed_up(), is_open=True)
    visitor = superuser()
    start_support_session(clinic, by=visitor, reason="A question")
    Signin.objects.create(user_id=visitor.pk, organization=clinic, last_used_at=timezone.now())
    minute = timezone.now() + timedelta(seconds=59)
    HandOver(user_id=visitor.pk, organization=clinic, token_hash=f"{number}", expires_at=minute).save()
    ReadySchema(schema_version=1).save()
    plan = Plan.objects.create(name=f"Plan {number}", price=number, currency="NGN")
    choose_plan(clinic, by=None, plan=plan)
    DomainClaim(organization=signed_up(), host=f"clinic{number}.example.org").save()
    Backup(organization=signed_up(), file_name=f"{number}.backup").save()
    Restore(label=f"copy-{number}", file_name=f"{number}.backup").save()
    Erasure(organization=clinic, patient=uuid4(), what=Erasure.What.IDENTITY).save()
    JobRun.objects.note([*JOBS, *map(str, range(MANY))][number], timezone.now())
    letter = "accounts/mail/unknown_account.txt"
    enqueue(kind="letter", to="a@people.example", template=letter, context={}, key=str(number))
