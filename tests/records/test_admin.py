"""Records in the clinic's admin: looked at, never written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.members.models import AdminProfile
from accounts.members.roles import Role
from records import services
from records.models import Consultation
from tests.records.factories import begun, handed_out, signed
from tests.scheduling.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(client_for: Callable[..., Any]) -> Any:
    member = MemberFactory(role=Role.ADMIN)
    AdminProfile.objects.create(member=member)
    return client_for(member)


@pytest.mark.parametrize("make", [begun, signed])
def test_a_consultation_is_read_only(make: Callable[[], Consultation], browser: Any) -> None:
    consultation = make()
    address = reverse("admin:records_consultation_change", args=[consultation.pk])
    page = browser.get(address).content.decode()
    assert "Tension headache" in page
    assert 'name="diagnosis"' not in page
    assert browser.post(address, {"diagnosis": "Other"}).status_code == 403
    consultation.refresh_from_db()
    assert consultation.diagnosis == "Tension headache"
    for name, arguments in (("add", []), ("delete", [consultation.pk])):
        assert browser.get(reverse(f"admin:records_consultation_{name}", args=arguments)).status_code == 403


def test_looking_is_recorded(browser: Any, audit_trail: Callable[[], list[Any]]) -> None:
    consultation = signed()
    browser.get(reverse("admin:records_consultation_change", args=[consultation.pk]))
    entry = audit_trail()[0]
    assert (entry.action, entry.row_id) == ("read", str(consultation.pk))


@pytest.mark.parametrize(("reason", "status"), [("The doctor left", "cancelled"), ("", "in_progress")])
def test_what_nobody_signs_is_closed_with_a_reason(reason: str, status: str, browser: Any) -> None:
    consultation = begun()
    browser.post(
        reverse("admin:records_consultation_changelist"),
        {"action": "cancel_consultation", "_selected_action": [str(consultation.pk)], "reason": reason},
    )
    consultation.refresh_from_db()
    assert consultation.status == status


def test_lists_take_the_same_queries_with_twenty_rows(browser: Any) -> None:
    models = ("consultation", "addendum", "prescription")
    addresses = [reverse(f"admin:records_{model}_changelist") for model in models]
    counts: list[dict[str, int]] = []
    for address in addresses:
        browser.get(address)
    for number in (1, 19):
        for _each in range(number):
            prescription = handed_out(signed())
            services.add_addendum(prescription.consultation, by=prescription.doctor.member, text="More.")
        counts.append({})
        for address in addresses:
            with CaptureQueriesContext(connection) as caught:
                assert browser.get(f"{address}?q=a").status_code == 200
            counts[-1][address] = len(caught)
    assert counts[0] == counts[1]
