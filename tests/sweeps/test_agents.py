"""An agent and every page about a patient: clinical ones are refused, and of others' patients there are none.

The pages are found in the URL configuration; one added tomorrow is in here tomorrow.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.members.models import AgentAssignment
from accounts.members.roles import Role, allows
from accounts.members.services import assign_agent, end_assignment
from clinic.access import PUBLIC, SIGNED_IN
from tests.conftest import ClinicClient
from tests.databases import undone
from tests.people import StaffFactory, with_login
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, Page, pages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("refusals_in_a_word")]
PAGES = [page for page in pages(CLINIC) if page.permission not in (None, PUBLIC, SIGNED_IN)]
OPEN = [page for page in PAGES if allows(Role.AGENT, page.permission or "")]
CLOSED = [page for page in PAGES if page not in OPEN]
# What an agent opens by a key that is no patient's: the own papers.
OWN = ("papers", "paper-files")


def segment(page: Page) -> str:
    """The part of the route before its argument: what the argument is."""
    parts = page.route.split("/")
    return parts[next(place for place, part in enumerate(parts) if part.startswith("<")) - 1]


ABOUT_A_PATIENT = [page for page in OPEN if page.has_arguments and segment(page) not in OWN]


def answers(browser: ClinicClient, address: str) -> set[int]:
    """What opening the page and sending it an empty form comes to."""
    found = set()
    for ask in (browser.get, browser.send):
        with undone():
            found.add(ask(address).status_code)
    return found


@pytest.fixture
def town(acme: Any) -> SimpleNamespace:
    """Something of every kind about one patient, whom the world's agent has."""
    return world.build(acme)


def test_an_agent_who_does_not_have_the_patient_finds_no_page_of_the_patient(
    town: SimpleNamespace, client_for: Callable[..., ClinicClient]
) -> None:
    own = AgentAssignment.objects.get(pk=town.values["assignments"])
    nobodys = with_login(StaffFactory(role=Role.AGENT))
    before = with_login(StaffFactory(role=Role.AGENT))
    end_assignment(assign_agent(own.patient, by=None, agent=before.agent), by=None, reason="Moved")
    assert {segment(page) for page in ABOUT_A_PATIENT} == {"my-patients", "my-bookings"}
    wish = AgentAssignment.objects.waiting().get()
    has, asks, *others = (client_for(who) for who in (own.agent.member, wish.agent.member, nobodys, before))
    for page in ABOUT_A_PATIENT:
        address = page.address(town.values)
        if segment(page) == "my-patients":
            asked = page.address(town.values | {"my-patients": wish.patient_id})
            assert answers(asks, asked) == {404}, "the clinic has not said yes"
        assert answers(has, address) & {200}, page.name
        for other in others:
            assert answers(other, address) == {404}, page.name
    end_assignment(own, by=None, reason="Moved")
    for page in ABOUT_A_PATIENT:
        assert answers(has, page.address(town.values)) == {404}, page.name


def test_clinical_pages_are_refused_even_of_the_own_patient(
    town: SimpleNamespace, client_for: Callable[..., ClinicClient]
) -> None:
    browser = client_for(town.members[Role.AGENT])
    refused = [page for page in CLOSED if page.has_arguments and "<int:" not in page.route]
    assert {"chart:chart", "records:prescription", "documents:record", "members:patient"} <= {
        page.name for page in refused
    }
    for page in refused:
        assert browser.get(page.address(town.values)).status_code in (403, 405), page.name
