"""What people of a clinic may do where its trial is over, or it is suspended: read, and find a way on."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve, reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from clinic.admin import clinic_site
from clinic.db.current import connection
from clinic.models import Refusal
from scheduling import services as scheduling
from tenants import directory, middleware, services
from tests.billing.online.factories import of_stripe, recorded, stripe
from tests.conftest import ClinicClient
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login
from tests.sweeps.pages import CLINIC, pages
from tests.tenants.factories import superuser

pytestmark = pytest.mark.django_db
Browser = Callable[..., ClinicClient]
DAY = timedelta(days=1)


@pytest.fixture
def admin() -> Member:
    return with_login(StaffFactory(role=Role.ADMIN))


def words(browser: ClinicClient, path: str) -> str:
    return browser.get(path).content.decode()


def closed(clinic: Any, **facts: Any) -> Any:
    """The clinic as the directory knows it, of which these facts have long been so."""
    with schema_context("public"):
        known = directory.clinic_at(clinic.host())
    for name, value in facts.items():
        setattr(known, name, value)
    directory._entries[clinic.host()] = directory.Entry(float("inf"), known)
    connection.set_tenant(known)
    return known


@pytest.fixture
def read_only(acme: Any) -> Any:
    return closed(acme, trial_ends_at=timezone.now() - DAY)


@pytest.fixture
def suspended(acme: Any) -> Any:
    return closed(acme, status="suspended")


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates of the refusals; hundreds of them need not be drawn."""
    named: list[str] = []

    def drawn(_request: Any, template: str, _context: Any, status: int) -> HttpResponse:
        named.append(template)
        return HttpResponse(b"refused", status=status)

    monkeypatch.setattr(middleware, "render", drawn)
    return named


# Nobody changes the clinic's data by them: the own sign-in and its safety, support's visits, the way to a
# plan, and money that was on its way.
TAKEN = {
    *("account", "mfa", "session", "signins"),
    *("members:enter", "members:take_over", "members:switch_role"),
    *("members:choose_plan", "members:withdraw_plan"),
    # Closing, thinking again, and taking everything out before.
    *("members:close_clinic", "members:keep_clinic", "exports:ask_for_clinic"),
    *("tenants:enter_for_support", "tenants:leave_support_session", "tenants:end_support_visit"),
    *("tenants:forbid_support", "tenants:allow_support"),
    "online:receive_webhook",
}


def is_taken(name: str) -> bool:
    return name != "account_signup" and (name in TAKEN or name.replace(":", "_").split("_")[0] in TAKEN)


@pytest.mark.parametrize("phase", ["read_only", "suspended"])
def test_nothing_that_is_sent_changes_a_clinic_that_can_only_be_read(
    phase: str, request: pytest.FixtureRequest, admin: Member, said: list[str]
) -> None:
    clinic, door = (
        request.getfixturevalue(phase),
        middleware.TenantMiddleware(lambda _request: HttpResponse()),
    )
    for address in (*ours(), *of_admin()):
        for method in ("post", "put", "patch", "delete"):
            sent: Any = getattr(RequestFactory(), method)(address)
            match = sent.resolver_match = resolve(address, CLINIC)
            sent.organization, sent.member, sent.support_session, sent.htmx = clinic, admin, None, False
            refused = door.process_view(sent, match.func, match.args, match.kwargs)
            assert (refused is None) == is_taken(match.view_name), match.view_name
    assert set(said) == {f"tenants/{phase}.html"}


def test_a_button_within_a_page_is_told_so_on_that_page(
    read_only: Any, admin: Member, client_for: Browser
) -> None:
    browser = client_for(admin)
    answer = browser.post(f"/appointments/{uuid4()}/confirm/", HTTP_HX_REQUEST="true")
    assert (answer.status_code, answer["HX-Refresh"]) == (403, "true")
    assert "What you sent was not stored." in words(browser, "/me/")


def ours() -> Iterator[str]:
    """An address of every page of ours, and of those by which one signs in and up."""
    for page in pages(CLINIC):
        if page.permission is not None:
            yield page.address(Anything()).partition("?")[0]
    yield from (reverse(name, CLINIC) for name in ("account_signup", "account_login", "account_logout"))


def of_admin() -> Iterator[str]:
    """The lists of the admin, where its actions are sent, and its forms."""
    for model in clinic_site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist", CLINIC)
        yield reverse(f"{name}_add", CLINIC)
        yield reverse(f"{name}_change", CLINIC, args=[uuid4()])


class Anything(dict):
    """A key for every record."""

    def __missing__(self, name: str) -> str:
        return {"rows": "1", "trail": "1", "kept": "1", "feed": "x.ics"}.get(name, str(uuid4()))


def test_where_only_reading_goes_on_everybody_reads(
    read_only: Any, admin: Member, client_for: Browser, anonymous: Browser
) -> None:
    doctor, patient = with_login(DoctorFactory()), with_login(PatientFactory().member)
    feed = scheduling.make_feed(doctor, by=doctor)
    stranger = anonymous(read_only)
    for browser, path in (
        (client_for(admin), "/patients/"),
        (client_for(admin), "/admin/"),
        (client_for(doctor), "/my-day/"),
        (client_for(patient), "/portal/"),
        (stranger, "/"),
        (stranger, "/accounts/login/"),
        (stranger, f"/calendar/feed/{feed.token}.ics"),
    ):
        assert browser.get(path).status_code == 200, path
    page = words(client_for(patient), "/portal/")
    assert "You can read everything" in page
    assert "Choose a plan" not in page


def test_a_clinic_that_can_only_be_read_takes_nobody_on(read_only: Any, anonymous: Browser) -> None:
    browser = anonymous(read_only)
    members = Member.objects.count()
    facts = {"email": "new@people.example", "password1": "a long password for tests"}
    assert browser.send("/accounts/signup/", facts).status_code == 403
    assert "This clinic is closed to new accounts at the moment." in words(browser, "/accounts/signup/")
    first = words(browser, "/")
    assert "No bookings at the moment." in first
    assert "Choose a doctor" not in first
    assert "Nobody can be booked online yet" not in first
    assert Member.objects.count() == members


def test_no_time_is_given_where_only_reading_goes_on(read_only: Any, anonymous: Browser) -> None:
    doctor, patient = DoctorFactory(), PatientFactory()
    facts = {"doctor": doctor.doctor, "patient": patient, "starts_at": timezone.now() + DAY}
    with pytest.raises(Refusal, match="takes no bookings"):
        scheduling.book_appointment(by=None, **facts)
    assert anonymous(read_only).send(f"/book/{doctor.pk}/request/").status_code == 403


def test_people_sign_in_and_out_and_go_on_as_another_role(
    read_only: Any, admin: Member, anonymous: Browser
) -> None:
    browser = anonymous(read_only)
    facts = {"login": admin.user.email, "password": "a long password for tests"}
    assert browser.post("/accounts/login/", facts).status_code == 302
    assert browser.send("/switch-role/", {"member": str(admin.pk)}).status_code == 302
    assert browser.post("/accounts/logout/").status_code == 302


def test_support_comes_and_goes_and_changes_nothing(read_only: Any, anonymous: Browser) -> None:
    with schema_context("public"):
        _visit, token = services.start_support_session(read_only, by=superuser(), reason="They asked")
    browser = anonymous(read_only)
    assert browser.get(f"/support/{token}/").status_code == 302
    assert browser.get("/admin/").status_code == 200
    assert browser.send("/admin/scheduling/appointment/").status_code == 403
    assert browser.send("/support/leave/").status_code == 302


def test_money_on_its_way_still_arrives(read_only: Any, anonymous: Browser) -> None:
    provider = stripe()
    message = of_stripe(recorded("stripe_checkout_session_completed"))
    assert anonymous(read_only).post(f"/webhooks/payments/{provider.pk}/", **message).status_code == 200


@pytest.mark.parametrize("role", [Role.PATIENT, Role.AGENT, Role.DOCTOR])
def test_in_a_suspended_clinic_staff_alone_reads(role: str, suspended: Any, client_for: Browser) -> None:
    people = {Role.PATIENT: lambda: PatientFactory().member, Role.DOCTOR: DoctorFactory}
    make = people.get(role, lambda: StaffFactory(role=role))
    answer = client_for(with_login(make())).get("/me/")
    assert answer.status_code == (403 if role == Role.PATIENT else 200)
