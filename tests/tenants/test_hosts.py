"""Law 11: one host of a clinic serves pages; an unknown one gets nothing."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test.utils import CaptureQueriesContext
from django_tenants.utils import schema_context

from clinic.db.current import connection
from tenants import directory
from tenants.models import Domain, Organization
from tests.conftest import ClinicClient

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "host", ["acme.localhost", "ACME.localhost", "acme.localhost.", "Acme.Localhost.:8000"]
)
def test_a_host_is_the_same_however_it_is_written(host: str, acme: Any) -> None:
    response = ClinicClient(host).get("/")
    assert response.status_code == 200
    assert response.wsgi_request.organization == acme


@pytest.mark.parametrize(
    "host", ["nobody.localhost", "acme.localhost.evil.example", "127.0.0.1", "x y", "[::1]", "a" * 300]
)
def test_an_unknown_host_gets_a_plain_404(host: str) -> None:
    response = ClinicClient(host).get("/accounts/login/")
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")
    assert not response.templates


def test_an_unknown_host_costs_one_statement_and_then_none() -> None:
    stranger = ClinicClient("stranger.localhost")
    for cost in (1, 0, 0):
        with CaptureQueriesContext(connection) as captured:
            assert stranger.get("/").status_code == 404
        assert len(captured) == cost


def test_finding_the_clinic_costs_no_statement_the_second_time(anonymous: Callable, acme: Any) -> None:
    browser = anonymous(acme)
    for cost in (1, 0):
        with CaptureQueriesContext(connection) as captured:
            browser.get("/no/such/page/")
        assert sum("tenants_organization" in query["sql"] for query in captured) == cost


def test_the_memory_of_hosts_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "LARGEST", 5)
    for number in range(20):
        ClinicClient(f"guess{number}.localhost").get("/")
    assert len(directory._entries) == 5


def test_what_is_remembered_ends_after_a_minute(
    monkeypatch: pytest.MonkeyPatch, anonymous: Callable, acme: Any
) -> None:
    anonymous(acme).get("/")
    with schema_context("public"):
        Organization.objects.filter(pk=acme.pk).update(name="Renamed elsewhere")
    assert anonymous(acme).get("/").wsgi_request.organization.name == "Acme Family Clinic"
    later = directory.time.monotonic() + directory.SECONDS + 1
    monkeypatch.setattr(directory.time, "monotonic", lambda: later)
    assert anonymous(acme).get("/").wsgi_request.organization.name == "Renamed elsewhere"


def test_a_change_in_this_process_is_seen_at_once(anonymous: Callable, acme: Any) -> None:
    anonymous(acme).get("/")
    with schema_context("public"):
        acme.name = "Renamed here"
        acme.save(update_fields=["name"])
    assert anonymous(acme).get("/").wsgi_request.organization.name == "Renamed here"


def test_a_request_cannot_change_what_others_are_told(anonymous: Callable, acme: Any) -> None:
    anonymous(acme).get("/").wsgi_request.organization.name = "Scribbled"
    assert anonymous(acme).get("/").wsgi_request.organization.name == "Acme Family Clinic"


def test_another_host_of_the_clinic_leads_to_the_one_that_serves(acme: Any) -> None:
    with schema_context("public"):
        Domain(domain="acme.example.org", tenant=acme, is_primary=True).save()
    response = ClinicClient("acme.localhost").get("/day/?on=2026-11-21")
    assert response.status_code == 302
    assert response["Location"] == f"http://acme.example.org:{settings.PUBLIC_PORT}/day/?on=2026-11-21"
    assert ClinicClient("acme.example.org").get("/").status_code == 200


def test_links_use_the_primary_host_whatever_the_header_says(acme: Any) -> None:
    assert acme.url("/portal/") == f"http://acme.localhost:{settings.PUBLIC_PORT}/portal/"


def test_the_platform_is_no_clinic(anonymous: Callable) -> None:
    response = anonymous().get("/")
    assert response.status_code == 200
    assert response.wsgi_request.organization is None
    assert response.wsgi_request.urlconf == settings.PUBLIC_SCHEMA_URLCONF


def test_a_request_leaves_nothing_behind(acme: Any) -> None:
    from django.test import Client
    from django.utils import timezone, translation

    Client(HTTP_HOST="acme.localhost").get("/")
    assert connection.schema_name == "public"
    assert connection.audit_context == {}
    assert timezone.get_current_timezone_name() == settings.TIME_ZONE
    assert translation.get_language() == settings.LANGUAGE_CODE
