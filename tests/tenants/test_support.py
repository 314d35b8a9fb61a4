"""Law 8: a superuser enters a clinic with a reason, for an hour, and the clinic sees it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import User
from clinic.audit.models import AuditEvent
from clinic.db.current import connection
from clinic.models import Refusal
from tenants import services
from tenants.models import Organization, SupportSession
from tests.people import StaffFactory, with_login
from tests.tenants.factories import superuser

pytestmark = pytest.mark.django_db


@pytest.fixture
def root() -> User:
    with schema_context("public"):
        return superuser()


def begun(
    clinic: Any, by: User, reason: str = "They asked for help with hours"
) -> tuple[SupportSession, str]:
    with schema_context("public"):
        return services.start_support_session(clinic, by=by, reason=reason)


def test_being_superuser_opens_no_clinic(root: User, acme: Any, anonymous: Callable) -> None:
    browser = anonymous(acme)
    browser.force_login(root, "allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/admin/").status_code == 302


def test_no_reason_no_entry(root: User, acme: Any) -> None:
    for reason in ("", "   "):
        with pytest.raises(Refusal):
            begun(acme, root, reason)


def test_the_address_opens_the_clinics_administration_once(
    root: User, acme: Any, anonymous: Callable
) -> None:
    _visit, token = begun(acme, root)
    browser = anonymous(acme)
    response = browser.get(f"/support/{token}/")
    assert (response.status_code, response["Location"]) == (302, "/admin/")
    assert browser.get("/admin/").status_code == 200
    assert anonymous(acme).get(f"/support/{token}/").status_code == 404


def test_the_address_works_in_that_clinic_only(root: User, acme: Any, beta: Any, anonymous: Callable) -> None:
    _visit, token = begun(acme, root)
    assert anonymous(beta).get(f"/support/{token}/").status_code == 404
    assert anonymous(acme).get(f"/support/{token}/").status_code == 302


def test_the_token_is_not_stored(root: User, acme: Any) -> None:
    visit, token = begun(acme, root)
    assert token not in visit.token_hash
    assert len(visit.token_hash) == 64


def test_after_an_hour_it_is_over(
    root: User, acme: Any, anonymous: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    _visit, token = begun(acme, root)
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    with schema_context("public"):
        hour_ago = timezone.now() - timedelta(minutes=61)
        SupportSession.objects.update(started_at=hour_ago, expires_at=hour_ago + timedelta(minutes=60))
    assert browser.get("/admin/").status_code == 302


def test_who_is_superuser_no_more_is_out(root: User, acme: Any, anonymous: Callable) -> None:
    _visit, token = begun(acme, root)
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    with schema_context("public"):
        User.objects.filter(pk=root.pk).update(is_superuser=False)
    assert browser.get("/admin/").status_code == 302
    _visit, token = begun(acme, root)
    assert anonymous(acme).get(f"/support/{token}/").status_code == 404


def test_leaving_ends_it(root: User, acme: Any, anonymous: Callable) -> None:
    visit, token = begun(acme, root)
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    response = browser.send("/support/leave/")
    assert response["Location"].startswith("http://localhost")
    with schema_context("public"):
        visit.refresh_from_db()
    assert visit.ended_at is not None
    assert browser.get("/admin/").status_code == 302


def test_the_clinic_sees_who_came_and_why(root: User, acme: Any) -> None:
    begun(acme, root)
    entry = AuditEvent.objects.filter(action="enter").get()
    assert entry.actor_id == str(root.pk)
    assert root.email in entry.actor_label
    assert entry.reason == "They asked for help with hours"


def test_a_closed_clinic_is_not_entered(root: User, acme: Any) -> None:
    connection.set_schema_to_public()
    for verb in (services.suspend_organization, services.close_organization):
        acme = verb(acme, by=root)
    with pytest.raises(Refusal):
        begun(acme, root)


@pytest.fixture
def manager(acme: Any) -> Member:
    return with_login(StaffFactory(role=Role.ADMIN))


def test_the_administrators_are_told_at_once(root: User, acme: Any, manager: Member) -> None:
    visit, _token = begun(acme, root)
    told = manager.notifications.get(kind="support_session_started")
    assert (told.facts, told.link, told.about_id) == ({"person": str(root)}, "/support/", visit.pk)


def test_the_administrator_sees_each_visit_and_ends_it(
    root: User, acme: Any, anonymous: Callable, client_for: Callable, manager: Member
) -> None:
    visit, token = begun(acme, root)
    visitor = anonymous(acme)
    visitor.get(f"/support/{token}/")
    page = client_for(manager).get("/support/").content.decode()
    assert "They asked for help with hours" in page
    assert root.email in page
    assert "Running" in page
    client_for(manager).send(f"/support/guests/{visit.pk}/end/")
    assert visitor.get("/admin/").status_code == 302
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert AuditEvent.objects.filter(reason="end_support_visit", row_id=str(visit.pk)).exists()
    assert "Ended" in client_for(manager).get("/support/").content.decode()


def test_forbidden_support_is_out_at_once_and_does_not_come_back(
    root: User, acme: Any, anonymous: Callable, client_for: Callable, manager: Member
) -> None:
    _visit, token = begun(acme, root)
    visitor = anonymous(acme)
    visitor.get(f"/support/{token}/")
    client_for(manager).send("/support/forbid/")
    assert visitor.get("/admin/").status_code == 302
    acme.refresh_from_db()
    with pytest.raises(Refusal, match="lets nobody of the platform in"):
        begun(acme, root)
    client_for(manager).send("/support/allow/")
    acme.refresh_from_db()
    assert begun(acme, root)


def test_the_page_says_what_is_stored_and_not_what_its_process_remembers(
    acme: Any, client_for: Callable, manager: Member
) -> None:
    browser = client_for(manager)
    assert "Forbid support" in browser.get("/support/").content.decode()
    # As another process does it: this one still remembers the clinic's row.
    Organization.objects.filter(pk=acme.pk).update(support_forbidden_at=timezone.now(), staff_idle_minutes=7)
    page = browser.get("/support/").content.decode()
    assert "Allow support" in page
    assert "Forbid support" not in page
    assert browser.get("/settings/access/").context["form"].initial["staff_idle_minutes"] == 7
    ends_at = timezone.now() + timedelta(days=3, hours=1)
    with schema_context("public"):
        Organization.objects.filter(pk=acme.pk).update(trial_ends_at=ends_at)
    assert "3 full days of the trial are left" in browser.get("/plan/").content.decode()


def test_a_clinic_that_forbids_it_is_not_visited_whatever_the_code_says(root: User, acme: Any) -> None:
    visit, _token = begun(acme, root)
    services.forbid_support(acme, by=None)
    with schema_context("public"):
        with pytest.raises(DatabaseError, match="lets nobody of the platform in"), transaction.atomic():
            SupportSession(
                user_id=root.pk,
                organization=acme,
                reason="Still",
                started_at=visit.started_at,
                expires_at=visit.expires_at,
            ).save(force_insert=True)
        with pytest.raises(DatabaseError, match="stays ended"), transaction.atomic():
            SupportSession.objects.filter(pk=visit.pk).update(ended_at=None)


def test_a_visitor_decides_nothing_about_the_own_visit(root: User, acme: Any, anonymous: Callable) -> None:
    _visit, token = begun(acme, root)
    visitor = anonymous(acme)
    visitor.get(f"/support/{token}/")
    for path in ("/support/forbid/", "/support/allow/"):
        assert visitor.send(path).status_code == 403


def test_another_clinics_visits_are_neither_seen_nor_ended(
    root: User, acme: Any, beta: Any, client_for: Callable, manager: Member
) -> None:
    visit, _token = begun(beta, root, "Theirs alone")
    assert "Theirs alone" not in client_for(manager).get("/support/").content.decode()
    assert client_for(manager).send(f"/support/guests/{visit.pk}/end/").status_code == 404
