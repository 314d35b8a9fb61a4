"""A second factor: who needs one, what is closed without it, and that it cannot be gone around."""

import base64
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.db import DatabaseError, transaction
from django.test import RequestFactory
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from accounts.members.gate import PAGES_OF_OTHERS
from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.second_factor import OPEN, SET_UP, SHOW
from accounts.members.services import update_access_policy
from accounts.second_factor.passkeys import is_from_here, relying_party
from accounts.second_factor.services import reset_second_factor
from clinic.audit.models import AuditEvent
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from tenants import directory
from tests.accounts.members.factories import StaffFactory, a_superuser, member_in
from tests.conftest import ClinicClient
from tests.people import PASSWORD, with_login

pytestmark = pytest.mark.django_db

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment: datetime) -> str:
    return format_hotp_value(hotp_value(SECRET, int(moment.timestamp()) // 30))


def with_app(member: Member) -> Member:
    """The member with an authenticator app and recovery codes."""
    TOTP.activate(member.user, SECRET)
    RecoveryCodes.activate(member.user)
    return member


def sign_in(browser: ClinicClient, member: Member) -> Any:
    return browser.post("/accounts/login/", {"login": member.user.email, "password": PASSWORD})


def entered(anonymous: Any, organization: Any, member: Member) -> ClinicClient:
    """The member's browser after the password, and after nothing else."""
    browser: ClinicClient = anonymous(organization)
    assert sign_in(browser, member).status_code == 302
    return browser


@pytest.mark.parametrize("role", [Role.ADMIN, Role.DOCTOR])
@pytest.mark.parametrize("page", ["/day/", "/me/", "/admin/", "/settings/access/", "/accounts/email/"])
def test_without_a_factor_nothing_opens_to_roles_that_need_one(
    anonymous: Any, acme: Any, role: str, page: str
) -> None:
    browser = entered(anonymous, acme, member_in(role))
    assert browser.get(page)["Location"] == "/accounts/2fa/"
    assert browser.send(page)["Location"] == "/accounts/2fa/"
    assert browser.get(page, HTTP_HX_REQUEST="true")["HX-Redirect"] == "/accounts/2fa/"


def test_what_leads_to_a_factor_opens_and_shows_nothing_of_the_clinic(anonymous: Any, acme: Any) -> None:
    browser = entered(anonymous, acme, member_in(Role.ADMIN))
    for page in ("/accounts/2fa/", "/accounts/2fa/totp/activate/", "/accounts/2fa/passkeys/add/"):
        shown = browser.get(page)
        assert shown.status_code == 200
        assert b"nav-main" not in shown.content
        assert b'name="q"' not in shown.content
    assert browser.post("/accounts/logout/").status_code == 302


def test_a_page_for_everybody_takes_who_has_not_shown_the_factor_for_nobody(
    anonymous: Any, acme: Any
) -> None:
    browser = entered(anonymous, acme, member_in(Role.ADMIN))
    shown = browser.get("/")
    assert shown.status_code == 200
    assert not shown.wsgi_request.user.is_authenticated
    assert shown.wsgi_request.member is None


def test_an_address_that_leads_nowhere_names_nobody_who_has_not_shown_the_factor(
    anonymous: Any, acme: Any
) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = anonymous(acme)
    browser.send("/accounts/login/", {"login": member.user.email, "password": PASSWORD})
    assert member.name in browser.get("/nowhere/").content.decode()
    Authenticator.objects.create(user=member.user, type="totp", data={"secret": "JBSWY3DPEHPK3PXP"})
    page = browser.get("/nowhere/")
    assert page.status_code == 404
    assert member.name not in page.content.decode()
    assert member.user.email not in page.content.decode()


def test_reception_and_patients_need_none_unless_the_clinic_says_so(anonymous: Any, acme: Any) -> None:
    desk = member_in(Role.RECEPTIONIST)
    browser = entered(anonymous, acme, desk)
    assert browser.get("/day/").status_code == 200
    facts = {"staff_idle_minutes": 15, "patient_idle_minutes": 30}
    update_access_policy(acme, by=desk, second_factor_roles=[Role.RECEPTIONIST], **facts)
    directory.forget()
    assert browser.get("/day/")["Location"] == "/accounts/2fa/"
    patient = entered(anonymous, acme, member_in(Role.PATIENT))
    assert patient.get("/portal/").status_code == 200


def test_the_demo_does_not_ask_and_says_so(anonymous: Any, acme: Any, settings: Any) -> None:
    settings.DEMO = True
    browser = anonymous(acme)
    assert b"In the demo the password is enough" in browser.get("/accounts/login/").content
    sign_in(browser, member_in(Role.DOCTOR))
    assert browser.get("/me/").status_code == 200


def test_who_has_one_is_asked_for_it_in_the_demo_too(anonymous: Any, acme: Any, settings: Any) -> None:
    settings.DEMO = True
    browser = anonymous(acme)
    assert sign_in(browser, with_app(member_in(Role.PATIENT)))["Location"] == "/accounts/2fa/authenticate/"
    assert browser.get("/me/")["Location"].startswith("/accounts/login/")


def test_setting_up_an_app_opens_everything_and_tells_its_owner(anonymous: Any, acme: Any) -> None:
    member = member_in(Role.ADMIN)
    browser = entered(anonymous, acme, member)
    page = browser.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert b'src="data:image/svg+xml;base64,' in page.content
    wrong = browser.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert b"This code is not right" in wrong.content
    assert browser.get("/day/")["Location"] == "/accounts/2fa/"
    now = format_hotp_value(hotp_value(secret, int(timezone.now().timestamp()) // 30))
    done = browser.post("/accounts/2fa/totp/activate/", {"code": now})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    assert browser.get("/accounts/2fa/recovery-codes/").content.count(b"<li><code>") == 10
    assert browser.get("/day/").status_code == 200
    stored = Authenticator.objects.get(user=member.user, type="totp").data["secret"]
    assert secret not in stored


def test_each_change_is_told_by_letter(
    client_for: Any, django_capture_on_commit_callbacks: Any, acme: Any
) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = client_for(member)
    with django_capture_on_commit_callbacks(execute=True):
        browser.post("/accounts/2fa/totp/deactivate/")
        browser.post("/accounts/2fa/recovery-codes/generate/")
    told = OutboxMessage.objects.filter(recipient=member.user.email)
    assert [letter.kind for letter in told] == ["totp_deactivated"], "without a factor there are no codes"
    assert "authenticator app of your log-in was removed" in told[0].body


def test_who_takes_off_the_last_factor_sets_up_another_at_the_next_page(client_for: Any) -> None:
    member = member_in(Role.DOCTOR)
    browser = client_for(member)
    assert browser.get("/me/").status_code == 200
    browser.post("/accounts/2fa/totp/deactivate/")
    assert browser.get("/me/")["Location"] == "/accounts/2fa/"


def test_a_session_begun_before_the_factor_was_set_up_elsewhere_shows_it_first(
    anonymous: Any, acme: Any
) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = entered(anonymous, acme, member)
    assert browser.get("/day/").status_code == 200
    with_app(member)
    assert browser.get("/day/")["Location"] == "/accounts/2fa/reauthenticate/"
    # The password alone adds no factor beside the one that is there, and takes none off.
    for page in ("totp/activate/", "totp/deactivate/", "passkeys/add/", "recovery-codes/", ""):
        assert browser.get(f"/accounts/2fa/{page}")["Location"] == "/accounts/2fa/reauthenticate/"
        assert browser.post(f"/accounts/2fa/{page}")["Location"] == "/accounts/2fa/reauthenticate/"
    code = code_at(timezone.now())
    assert browser.post("/accounts/2fa/reauthenticate/", {"code": code}).status_code == 302
    assert browser.get("/day/").status_code == 200


def test_a_code_counts_once_over_all_clinics(anonymous: Any, acme: Any, beta: Any) -> None:
    member = with_app(member_in(Role.RECEPTIONIST))
    with tenant_context(beta):
        with_login(StaffFactory(), user=member.user)
    here, there = anonymous(acme), anonymous(beta)
    noon = timezone.now().replace(second=5)
    with time_machine.travel(noon, tick=False):
        for browser in (here, there):
            assert sign_in(browser, member)["Location"] == "/accounts/2fa/authenticate/"
        assert here.post("/accounts/2fa/authenticate/", {"code": code_at(noon)}).status_code == 302
        again = there.post("/accounts/2fa/authenticate/", {"code": code_at(noon)})
        assert b"was used already" in again.content
    later = noon + timedelta(seconds=30)
    with time_machine.travel(later, tick=False):
        assert there.post("/accounts/2fa/authenticate/", {"code": code_at(later)}).status_code == 302
    assert there.get("/day/").status_code == 200


def test_a_recovery_code_lets_in_once(anonymous: Any, acme: Any) -> None:
    member = with_app(member_in(Role.DOCTOR))
    codes = Authenticator.objects.get(user=member.user, type="recovery_codes").wrap()
    code = codes.get_unused_codes()[0]
    answers = []
    for _time in range(2):
        browser = anonymous(acme)
        sign_in(browser, member)
        answers.append(browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code)
    assert answers == [302, 200]


def test_what_is_open_without_a_factor_is_named_among_the_pages_of_others() -> None:
    assert OPEN[SHOW] | OPEN[SET_UP] <= set(PAGES_OF_OTHERS)


def test_who_runs_the_platform_needs_one_there(anonymous: Any) -> None:
    root = a_superuser()
    connection.set_schema_to_public()
    Authenticator.objects.filter(user=root).delete()
    browser = anonymous()
    browser.post("/accounts/login/", {"login": root.email, "password": PASSWORD})
    assert browser.get("/admin/")["Location"] == "/accounts/2fa/"
    assert browser.get("/my-clinics/")["Location"] == "/accounts/2fa/"


def test_a_support_session_ends_with_the_factor(anonymous: Any, acme: Any) -> None:
    from tenants.services import start_support_session

    root = a_superuser()
    with schema_context("public"):
        _visit, token = start_support_session(acme, by=root, reason="They asked")
    browser = anonymous(acme)
    browser.get(f"/support/{token}/")
    assert browser.get("/admin/").status_code == 200
    with schema_context("public"):
        Authenticator.objects.filter(user=root).delete()
    assert browser.get("/admin/")["Location"].startswith("/accounts/login/")


def test_the_platform_takes_off_a_lost_factor_and_everybody_concerned_is_told(
    anonymous: Any, acme: Any, audit_trail: Any
) -> None:
    member = with_app(member_in(Role.DOCTOR))
    root, office = a_superuser(), anonymous()
    connection.set_schema_to_public()
    office.force_login(root)
    form = {"action": "reset_second_factor", "_selected_action": [str(member.user.pk)]}
    assert office.post("/admin/accounts/user/", form).status_code == 302
    assert not Authenticator.objects.filter(user=member.user).exists()
    letter = OutboxMessage.objects.get(kind="second_factor_reset")
    assert letter.recipient == member.user.email
    connection.set_tenant(acme)
    entry = next(entry for entry in audit_trail() if entry.table_name == "mfa_authenticator")
    assert (entry.action, entry.row_id) == (AuditEvent.Action.DELETE, str(member.user.pk))
    assert root.email in entry.actor_label
    with pytest.raises(Refusal):
        reset_second_factor(member.user, by=root)


def test_taking_off_a_factor_ends_every_session(anonymous: Any, acme: Any, client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    browser = client_for(member)
    assert browser.get("/day/").status_code == 200
    with schema_context("public"):
        request = RequestFactory().get("/", HTTP_HOST="localhost")
        request.organization = None
        with context.request_context(request):
            reset_second_factor(member.user, by=a_superuser())
    assert browser.get("/day/")["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("role", [Role.DOCTOR, "", "nobody"])
def test_only_roles_that_may_do_without_are_chosen(acme: Any, role: str) -> None:
    with pytest.raises(Refusal):
        update_access_policy(
            acme, by=None, second_factor_roles=[role], staff_idle_minutes=15, patient_idle_minutes=30
        )


def test_an_administrator_widens_who_needs_one_and_the_trail_says_so(
    client_for: Any, acme: Any, audit_trail: Any
) -> None:
    browser = client_for(member_in(Role.ADMIN))
    form = {"second_factor_roles": ["patient", "agent"], "staff_idle_minutes": 10, "patient_idle_minutes": 20}
    assert browser.send("/settings/access/", form).status_code == 302
    acme.refresh_from_db()
    assert acme.second_factor_roles == ["agent", "patient"]
    assert (acme.staff_idle_minutes, acme.patient_idle_minutes) == (10, 20)
    assert any("second factor: agent, patient" in entry.reason for entry in audit_trail())
    for wrong in (
        {"staff_idle_minutes": 61},
        {"second_factor_roles": ["admin"]},
        {"patient_idle_minutes": 4},
    ):
        assert browser.send("/settings/access/", {**form, **wrong}).status_code == 200


@pytest.mark.parametrize(
    ("platform", "host", "party"),
    [
        ("clinics.example", "lagoon.clinics.example", "clinics.example"),
        ("clinics.example", "clinics.example", "clinics.example"),
        ("clinics.example", "lagoon.example", "lagoon.example"),
        ("clinics.example", "evilclinics.example", "evilclinics.example"),
        ("localhost", "lagoon.localhost", "lagoon.localhost"),
    ],
)
def test_a_passkey_is_tied_to_the_platform_or_to_an_own_domain(
    settings: Any, platform: str, host: str, party: str
) -> None:
    settings.PLATFORM_DOMAIN = platform
    assert relying_party(host) == party


def test_a_passkeys_answer_is_taken_from_this_very_address_only() -> None:
    request = RequestFactory().get("/", secure=True, HTTP_HOST="lagoon.clinics.example")

    def made_at(origin: str) -> dict[str, Any]:
        said = json.dumps({"type": "webauthn.get", "origin": origin}).encode()
        return {"response": {"clientDataJSON": base64.urlsafe_b64encode(said).decode().rstrip("=")}}

    assert is_from_here(made_at("https://lagoon.clinics.example"), request)
    for origin in (
        "https://harbour.clinics.example",
        "http://lagoon.clinics.example",
        "https://lagoon.clinics.example:8000",
        "https://clinics.example",
    ):
        assert not is_from_here(made_at(origin), request)
    for broken in (None, {}, [], {"response": {"clientDataJSON": "no"}}, {"response": {"clientDataJSON": 1}}):
        assert not is_from_here(broken, request)


@pytest.mark.parametrize("credential", ["", "null", "{}", "[]", '{"response": 1}', "nonsense"])
def test_a_broken_answer_of_a_passkey_is_refused(anonymous: Any, acme: Any, credential: str) -> None:
    answer = anonymous(acme).post("/accounts/2fa/passkeys/login/", {"credential": credential})
    assert answer["Location"] == "/accounts/login/"


def test_no_clinic_changes_the_factor_of_who_runs_the_platform(anonymous: Any, acme: Any) -> None:
    root = a_superuser()
    mine = Authenticator.objects.filter(user=root)
    for change in (
        mine.delete,
        lambda: mine.update(data={"secret": "theirs"}),
        lambda: Authenticator.objects.create(user=root, type="webauthn", data={}),
    ):
        with pytest.raises(DatabaseError, match="on its own site"), transaction.atomic():
            change()
    thief = member_in(Role.RECEPTIONIST).user
    with pytest.raises(DatabaseError, match="stays with the person"), transaction.atomic():
        mine.update(user=thief)
    # Signing in with it works, and what would change it leads to where it can be changed.
    assert mine.update(last_used_at=timezone.now()) == 1
    member = with_login(StaffFactory(), user=root)
    browser = anonymous(acme)
    browser.force_login(member.user)
    assert browser.get("/day/").status_code == 200
    for page in ("totp/deactivate/", "passkeys/add/", "recovery-codes/generate/"):
        assert browser.get(f"/accounts/2fa/{page}")["Location"] == "/accounts/2fa/"
    assert b"http://localhost" in browser.get("/accounts/2fa/").content
