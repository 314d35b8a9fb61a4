"""Who gets in: the member of the session, as of now; pages that declare nothing are closed."""

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings
from django.urls import path

from accounts.clients import client_ip
from accounts.members import services
from accounts.members.roles import PERMISSIONS, Role
from clinic.access import public
from clinic.db.current import connection
from tests.accounts.members.factories import StaffFactory, a_superuser, member_in
from tests.people import PASSWORD, PatientFactory, a_user, with_login

pytestmark = pytest.mark.django_db


def unmarked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@public
def marked(request: HttpRequest) -> HttpResponse:
    return HttpResponse("open")


@pytest.fixture
def two_pages() -> Any:
    """A site of two pages more: one says who may open it, one does not."""
    import types

    from clinic import urls

    module = types.ModuleType("tests.two_pages")
    module.urlpatterns = [path("unmarked/", unmarked), path("marked/", marked), *urls.urlpatterns]  # type: ignore[attr-defined]
    import sys

    sys.modules["tests.two_pages"] = module
    with override_settings(ROOT_URLCONF="tests.two_pages"):
        yield
    del sys.modules["tests.two_pages"]


def test_a_page_that_declares_nothing_is_closed(two_pages: Any, client_for: Any) -> None:
    client = client_for(member_in(Role.ADMIN))
    assert client.get("/unmarked/").status_code == 403
    assert client.get("/marked/").status_code == 200


def test_signed_out_leads_to_the_sign_in_page_and_back(anonymous: Any, acme: Any) -> None:
    answer = anonymous(acme).get("/patients/?q=ada")
    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=%2Fpatients%2F%3Fq%3Dada"


def test_signed_out_from_within_htmx_the_whole_page_goes(anonymous: Any, acme: Any) -> None:
    answer = anonymous(acme).get("/patients/", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_a_form_sent_signed_out_can_be_sent_again_signed_in(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = anonymous(acme)
    form = {"idempotency_key": "k1", "given_name": "Ada", "gender": "unknown"}
    assert "/accounts/login/" in browser.post("/patients/new/", form)["Location"]
    browser.force_login(member.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert browser.post("/patients/new/", form)["Location"].startswith("/patients/")


@pytest.mark.parametrize("role", [Role.PATIENT, Role.AGENT, Role.CAREGIVER])
def test_what_is_not_theirs_to_do_is_refused(client_for: Any, role: Role) -> None:
    assert client_for(member_in(role)).get("/patients/").status_code == 403


@pytest.mark.parametrize("status", ["inactive", "suspended"])
def test_losing_access_works_at_the_next_request(client_for: Any, status: str) -> None:
    member = member_in(Role.RECEPTIONIST)
    client = client_for(member)
    assert client.get("/patients/").status_code == 200
    services.change_member_status(member, by=None, status=status)
    assert client.get("/patients/").status_code == 302
    services.change_member_status(member, by=None, status="active")
    assert client.get("/patients/").status_code == 302, "the session must be gone"


def test_a_closed_login_works_at_the_next_request(client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    client = client_for(member)
    member.user.is_active = False
    member.user.save()
    assert client.get("/patients/").status_code == 302


def test_a_new_password_ends_the_other_sessions(client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    client = client_for(member)
    member.user.set_password("four even calmer horses")
    member.user.save()
    assert client.get("/patients/").status_code == 302


def test_a_session_of_one_clinic_is_nothing_in_another(client_for: Any, beta: Any) -> None:
    from django_tenants.utils import tenant_context

    member = member_in(Role.RECEPTIONIST)
    with tenant_context(beta):
        with_login(StaffFactory(), user=member.user)
    client = client_for(member)
    assert client.get("/patients/").status_code == 200
    assert client.get("/patients/", HTTP_HOST=beta.host()).status_code == 302


def test_no_member_no_access_even_with_a_session(anonymous: Any, beta: Any) -> None:
    from django_tenants.utils import tenant_context

    member = member_in(Role.ADMIN)
    browser = anonymous(beta)
    with tenant_context(beta):
        browser.force_login(member.user, "allauth.account.auth_backends.AuthenticationBackend")
    assert browser.get("/patients/").status_code == 302


def test_running_the_platform_opens_no_clinic(client_for: Any) -> None:
    member = with_login(PatientFactory().member, user=a_superuser())
    assert client_for(member).get("/patients/").status_code == 403
    assert client_for(member).get("/admin/").status_code == 403


def test_who_has_not_finished_registering_does_that_first(client_for: Any, acme: Any) -> None:
    member = services.start_registration(user=a_user("ada@example.com"))
    client = client_for(member)
    assert client.get("/me/")["Location"] == "/welcome/"
    assert client.get("/patients/")["Location"] == "/welcome/"
    assert client.get("/welcome/").status_code == 200
    bad = client.send("/welcome/", {"given_name": "Ada", "family_name": "Obi", "date_of_birth": "2999-01-01"})
    assert bad.status_code == 200
    assert "future" in bad.content.decode()
    good = {"given_name": "Ada", "family_name": "Obi", "date_of_birth": "1980-05-12", "gender": "female"}
    assert client.send("/welcome/", good)["Location"] == "/portal/"
    assert client.get("/me/").status_code == 200


def test_two_roles_are_switched_in_the_header(client_for: Any) -> None:
    admin = member_in(Role.ADMIN)
    doctor = services.add_role(admin, by=admin, role=Role.DOCTOR, specialisation="GP", licence_number="L1")
    other = member_in(Role.DOCTOR)
    client = client_for(admin)
    assert client.get("/staff/new/").status_code == 200
    assert client.send("/switch-role/", {"member": str(other.pk)}).status_code == 404
    assert client.send("/switch-role/", {"member": str(doctor.pk)}).status_code == 302
    assert client.get("/staff/new/").status_code == 403


def test_a_page_costs_two_questions_before_its_own(client_for: Any, django_assert_num_queries: Any) -> None:
    client = client_for(member_in(Role.RECEPTIONIST))
    client.get("/me/")
    with django_assert_num_queries(3):  # the session, the member with the user, the profile shown
        client.get("/me/")


def test_the_trail_says_who_and_from_where(client_for: Any, audit_trail: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    audit_trail()
    client = client_for(member)
    with connection.cursor() as cursor:
        # As at the commit that ends the request in life, not the one that ends the test.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    client.send("/patients/new/", {"given_name": "Ada", "gender": "unknown"}, HTTP_USER_AGENT="Firefox")
    entry = next(entry for entry in audit_trail() if entry.table_name == "members_patientprofile")
    assert entry.actor_id == str(member.pk)
    assert entry.actor_label == f"{member.name} (receptionist)"
    assert (entry.ip, entry.user_agent) == ("127.0.0.1", "Firefox")


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "9.9.9.9", "127.0.0.1"),
        (1, "6.6.6.6, 9.9.9.9", "9.9.9.9"),
        (2, "6.6.6.6, 9.9.9.9, 10.0.0.1", "9.9.9.9"),
        (2, "9.9.9.9", "9.9.9.9"),
        (1, "", "127.0.0.1"),
        (1, "not an address", ""),
        (1, "::ffff:9.9.9.9", "9.9.9.9"),
    ],
)
def test_the_client_is_counted_from_the_right(proxies: int, forwarded: str, seen: str, settings: Any) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_ip(RequestFactory().get("/", HTTP_X_FORWARDED_FOR=forwarded)) == seen


def test_reception_reads_and_writes_nothing_clinical() -> None:
    clinical = {name for name in PERMISSIONS if name.startswith("records.") or "health" in name}
    assert not [name for name in clinical if Role.RECEPTIONIST in PERMISSIONS[name]]


def test_what_a_signature_stands_for_is_the_doctors_alone() -> None:
    for verb in ("records.sign_consultation", "records.prescribe", "records.activate_prescription"):
        assert PERMISSIONS[verb] == {Role.DOCTOR}


def test_every_declared_permission_is_in_the_table() -> None:
    from django.urls import get_resolver

    from clinic.access import PUBLIC, SIGNED_IN

    def declared(patterns: Any) -> Any:
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from declared(pattern.url_patterns)
            elif permission := getattr(pattern.callback, "permission", None):
                yield permission

    missing = (
        set(declared(get_resolver("clinic.urls").url_patterns)) - {PUBLIC, SIGNED_IN} - PERMISSIONS.keys()
    )
    assert not missing


def test_a_support_session_opens_the_admin_and_nothing_else(anonymous: Any, acme: Any) -> None:
    from tenants.services import start_support_session

    root = a_superuser()
    connection.set_schema_to_public()
    _visit, token = start_support_session(acme, by=root, reason="A lost password")
    connection.set_tenant(acme)
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    assert browser.get("/admin/").status_code == 200
    assert browser.get("/patients/").status_code == 403
    connection.set_schema_to_public()
    root.is_superuser = False
    root.save()
    assert browser.get("/admin/").status_code == 302


def test_signing_in_leads_to_ones_work(anonymous: Any, acme: Any) -> None:
    for role, first in ((Role.RECEPTIONIST, "/day/"), (Role.DOCTOR, "/my-day/"), (Role.PATIENT, "/portal/")):
        member = member_in(role)
        form = {"login": member.user.email.upper(), "password": PASSWORD}
        answer = anonymous(acme).post("/accounts/login/", form)
        assert answer.status_code == 302, answer.content.decode()
        assert answer["Location"] == first
