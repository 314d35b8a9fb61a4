"""The platform's administration of clinics: obeys the services."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from clinic.db.current import connection
from tenants.models import Domain, Organization, SupportSession
from tests.tenants.factories import superuser

pytestmark = pytest.mark.django_db
ADMIN = "/admin/tenants"


@pytest.fixture
def root() -> User:
    connection.set_schema_to_public()
    return superuser()


@pytest.fixture
def office(root: User, anonymous: Callable) -> Any:
    browser = anonymous()
    browser.force_login(root, "allauth.account.auth_backends.AuthenticationBackend")
    return browser


def act(office: Any, name: str, clinic: Any, **extra: str) -> Any:
    data = {"action": name, "_selected_action": str(clinic.pk), **extra}
    return office.send(f"{ADMIN}/organization/", data, follow=True)


def test_on_a_phone_too_the_platforms_pages_lead_to_the_admin(office: Any) -> None:
    assert '<li><a href="/admin/">Admin</a></li>' in office.get("/my-clinics/").content.decode()


def test_only_superusers_are_let_in(anonymous: Callable, root: User) -> None:
    user = User.objects.create_user("a@x.example", "a long password")
    browser = anonymous()
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get(f"{ADMIN}/organization/").status_code in (302, 403)


@pytest.mark.parametrize(
    ("name", "status"), [("activate", "active"), ("suspend", "suspended"), ("extend_trial", "trial")]
)
def test_actions_call_the_services(name: str, status: str, office: Any, acme: Any) -> None:
    end = acme.trial_ends_at
    act(office, name, acme)
    acme.refresh_from_db()
    assert acme.status == status
    assert (acme.trial_ends_at > end) == (name == "extend_trial")


def test_a_refusal_is_a_sentence(office: Any, acme: Any) -> None:
    page = act(office, "reopen", acme).content.decode()
    assert "no longer possible" in page


def test_closing_asks_first(office: Any, acme: Any) -> None:
    act(office, "suspend", acme)
    assert "cannot be opened again" in act(office, "close", acme).content.decode()
    acme.refresh_from_db()
    assert acme.status == "suspended"
    act(office, "close", acme, confirmed="yes")
    acme.refresh_from_db()
    assert acme.status == "closed"


def test_states_and_names_are_not_typed(office: Any, acme: Any) -> None:
    page = office.get(f"{ADMIN}/organization/{acme.pk}/change/").content.decode()
    for field in ("status", "label", "schema_name", "trial_ends_at", "currency"):
        assert f'name="{field}"' not in page
    assert 'name="name"' in page


@pytest.mark.parametrize("table", ["organization", "domain"])
def test_nothing_is_deleted(table: str, office: Any, acme: Any) -> None:
    pk = acme.pk if table == "organization" else acme.domains.get().pk
    assert office.post(f"{ADMIN}/{table}/{pk}/delete/", {"post": "yes"}).status_code == 403
    assert Organization.objects.filter(pk=acme.pk).exists()
    assert Domain.objects.filter(tenant=acme).exists()


def test_entering_a_clinic_needs_a_reason_and_leads_there(
    office: Any, acme: Any, anonymous: Callable
) -> None:
    path = f"{ADMIN}/organization/{acme.pk}/enter/"
    assert office.get(path).status_code == 200
    assert office.send(path, {"reason": " "}).status_code == 200
    assert not SupportSession.objects.exists()
    response = office.send(path, {"reason": "They asked"}, follow=True)
    entry = response.context["entry"]
    assert entry.startswith(acme.url("/support/"))
    assert anonymous(acme).get(entry.removeprefix(acme.url(""))).status_code == 302
    assert office.get(f"{ADMIN}/organization/{acme.pk}/entered/").status_code == 302


def test_what_is_no_record_is_no_page(office: Any) -> None:
    assert office.get("/admin/r/1/1/").status_code == 404
    assert office.get(f"/admin/r/1/{uuid4()}/").status_code == 404
