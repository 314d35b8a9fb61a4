"""What a clinic's status and version let its pages do."""

from collections.abc import Callable
from typing import Any

import pytest
from django_tenants.utils import schema_context

from tenants import directory, versions
from tests.billing.online.factories import of_stripe, recorded, stripe
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db
EVENT = "stripe_checkout_session_completed"


def put(**facts: Any) -> None:
    """Let the directory say so of the clinic, as if it had long been so."""
    with schema_context("public"):
        known = directory.clinic_at("acme.localhost")
    for name, value in facts.items():
        setattr(known, name, value)
    directory._entries["acme.localhost"] = directory.Entry(float("inf"), known)


@pytest.fixture
def suspended(acme: Any) -> Any:
    put(status="suspended")
    return acme


def test_staff_of_a_suspended_clinic_read(suspended: Any, client_for: Callable) -> None:
    browser = client_for(with_login(StaffFactory()))
    assert browser.get("/patients/").status_code == 200


@pytest.mark.parametrize("path", ["/patients/new/", "/me/", "/staff/"])
def test_staff_of_a_suspended_clinic_change_nothing(path: str, suspended: Any, client_for: Callable) -> None:
    response = client_for(with_login(StaffFactory(role="admin"))).send(path, {"given_name": "A"})
    assert response.status_code == 403
    assert "tenants/suspended.html" in [template.name for template in response.templates]


def test_a_suspended_clinic_takes_no_bookings(suspended: Any, anonymous: Callable) -> None:
    browser = anonymous(suspended)
    assert browser.get("/").status_code == 403
    assert browser.send("/").status_code == 403
    assert "no bookings" in browser.get("/").content.decode()


def test_money_on_its_way_to_a_suspended_clinic_arrives(suspended: Any, anonymous: Callable) -> None:
    provider = stripe()
    browser = anonymous(suspended)
    assert browser.post(f"/webhooks/payments/{provider.pk}/", **of_stripe(recorded(EVENT))).status_code == 200


def test_people_of_a_suspended_clinic_sign_in_and_out(suspended: Any, anonymous: Callable) -> None:
    member = with_login(StaffFactory())
    browser = anonymous(suspended)
    assert browser.get("/accounts/login/").status_code == 200
    facts = {"login": member.user.email, "password": "a long password for tests"}
    assert browser.post("/accounts/login/", facts).status_code == 302
    assert browser.post("/accounts/logout/").status_code == 302


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [("closed", 410, "has closed its pages"), ("provisioning", 503, "is being set up")],
)
def test_a_clinic_that_is_not_served_says_so(
    status: str, code: int, words: str, acme: Any, anonymous: Callable
) -> None:
    put(status=status)
    for path in ("/", "/accounts/login/", "/admin/"):
        response = anonymous(acme).get(path)
        assert response.status_code == code
        assert words in response.content.decode()


@pytest.mark.parametrize(("behind", "code"), [(1, 503), (0, 200), (-1, 200)])
def test_a_schema_that_lacks_what_the_code_needs_is_not_served(
    behind: int, code: int, acme: Any, beta: Any, anonymous: Callable
) -> None:
    put(schema_version=versions.needed() - behind)
    assert anonymous(acme).get("/").status_code == code
    assert anonymous(beta).get("/").status_code == 200
