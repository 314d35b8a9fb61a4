"""Every page that needs no record and every list of the admin cost the same with few rows and with many."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.members.roles import Role
from clinic.admin import clinic_site
from tests.conftest import ClinicClient
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, pages

PAGES = [page.route for page in pages(CLINIC) if not page.has_arguments and page.permission is not None]
CLINIC_LISTS = [
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", CLINIC)
    for model in clinic_site._registry
]
MANY = 20


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


def assert_constant(few: dict[str, list[str]], many: dict[str, list[str]]) -> None:
    """The same number of statements at each address; otherwise the first one that was new."""
    for address, statements in many.items():
        new = [statement for statement in statements if statement not in few[address]]
        assert len(statements) == len(few[address]), (
            f"{address}: {len(few[address])} → {len(statements)}\n{new[:3]}"
        )


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_a_page_costs_the_same_with_few_rows_and_with_many(
    role: str, acme: Any, client_for: Callable[..., ClinicClient]
) -> None:
    people = world.build(acme)
    browser = client_for(people.members[role])
    costs(browser, PAGES)
    few = costs(browser, PAGES)
    world.fill(people, MANY)
    assert_constant(few, costs(browser, PAGES))


@pytest.mark.django_db
def test_a_list_of_the_clinics_admin_costs_the_same_with_few_rows_and_with_many(
    acme: Any, client_for: Callable[..., ClinicClient]
) -> None:
    people = world.build(acme)
    browser = client_for(people.members[Role.ADMIN])
    costs(browser, CLINIC_LISTS)
    few = costs(browser, CLINIC_LISTS)
    assert set(few) == set(CLINIC_LISTS)
    world.fill(people, MANY)
    assert_constant(few, costs(browser, CLINIC_LISTS))
