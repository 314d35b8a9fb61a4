"""A guardian opens no page of a patient for whom nobody let them act: the pages are found by themselves."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.members.models import Guardianship
from accounts.members.roles import Role, allows
from accounts.members.services import add_guardian, end_guardianship
from tests.conftest import ClinicClient
from tests.databases import undone
from tests.people import PatientFactory, StaffFactory, with_login
from tests.sweeps import world
from tests.sweeps.pages import CLINIC, Page, pages

# Of one record, and for patients: whose it is decides.
OF_A_RECORD = [
    page
    for page in pages(CLINIC)
    if page.has_arguments and page.permission and allows(Role.PATIENT, page.permission)
]
GONE = (403, 404)


def opened(browser: ClinicClient, values: dict[str, Any]) -> list[Page]:
    """The pages that answer with something, to opening them or to sending them a form."""
    found = []
    for page in OF_A_RECORD:
        for ask in (browser.get, browser.send):
            with undone():
                status = ask(page.address(values)).status_code
            assert status < 500, page
            if status not in (*GONE, 405):
                found.append(page)
    return found


@pytest.mark.django_db
@pytest.mark.usefixtures("refusals_in_a_word")
def test_a_guardian_opens_what_is_the_childs_and_nobody_elses(
    acme: Any, client_for: Callable[..., ClinicClient]
) -> None:
    made = world.build(acme)
    theirs = made.members[Role.PATIENT].patient
    guardian = with_login(PatientFactory().member)
    mine = PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=2000))
    add_guardian(mine, by=None, guardian=guardian, relation="parent", papers_seen=True)
    browser = client_for(guardian)
    for member in (guardian, mine.member):
        browser.send("/switch-role/", {"member": str(member.pk)})
        assert opened(browser, made.values) == []
    later = timezone.localdate() + timedelta(days=30)
    facts = {"relation": "other", "ends_on": later, "reason": "Ill", "papers_seen": True}
    found: Guardianship = add_guardian(theirs, by=None, guardian=guardian, **facts)
    browser.send("/switch-role/", {"member": str(theirs.pk)})
    names = {page.name for page in opened(browser, made.values)}
    assert {"scheduling:appointment", "billing:invoice", "documents:record"} <= names
    end_guardianship(found, by=StaffFactory(), reason="Well again")
    assert opened(browser, made.values) == []
