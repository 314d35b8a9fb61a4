"""What clinics pay for: chosen at a price that stays theirs, begun by the platform, for so many doctors."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django_tenants.utils import schema_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.members.services import activate_member, deactivate_member
from clinic.db.current import connection
from clinic.models import Refusal
from tenants import services, versions
from tenants.models import Organization, OrganizationEvent, Plan, PlatformPolicy, ReadySchema, Subscription
from tests.conftest import ClinicClient
from tests.people import DoctorFactory, StaffFactory, with_login
from tests.tenants.factories import signed_up, superuser

pytestmark = pytest.mark.django_db
Browser = Callable[..., ClinicClient]
SAID = "no more doctors"


def planned(name: str = "Practice", **facts: Any) -> Plan:
    with schema_context("public"):
        terms = {"price": Decimal(20000), "currency": "NGN", **facts}
        return Plan.objects.create(name=name, **terms)


def begun(clinic: Any, plan: Plan) -> Subscription:
    with schema_context("public"):
        chosen = services.choose_plan(clinic, by=None, plan=plan)
        return services.activate_plan(chosen, by=superuser())


def refused(act: Callable[[], Any]) -> bool:
    """Whether the database refuses."""
    try:
        with transaction.atomic():
            act()
    except DatabaseError:
        return True
    return False


@pytest.fixture
def office(client_for: Browser) -> ClinicClient:
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def test_the_price_that_was_chosen_stays(acme: Any) -> None:
    plan = planned()
    with schema_context("public"):
        chosen = services.choose_plan(acme, by=None, plan=plan)
        Plan.objects.update(price=Decimal(90000))
        begun = services.activate_plan(chosen, by=superuser())
        assert (begun.price, begun.status, begun.organization.pk) == (20000, "active", acme.pk)
        rows = Subscription.objects.filter(pk=begun.pk)
        for change in ({"price": 1}, {"currency": "EUR"}, {"most_doctors": 9}, {"chosen_by": "x"}):
            assert refused(lambda change=change: rows.update(**change)), change
        assert refused(rows.delete)


def test_a_plan_opens_a_clinic_and_ends_the_one_before(acme: Any) -> None:
    small, large = planned("Small"), planned("Large")
    first = begun(acme, small)
    with schema_context("public"):
        services.suspend_organization(acme, by=None)
        second = services.choose_plan(acme, by=None, plan=large)
        services.activate_plan(second, by=None)
        first.refresh_from_db()
        assert first.status == "ended"
        assert Organization.objects.get(pk=acme.pk).status == "active"


def test_who_chooses_again_takes_back_the_first_choice(office: ClinicClient, acme: Any) -> None:
    for plan in (planned("Small"), planned("Large")):
        assert office.send("/plan/choose/", {"plan": str(plan.pk)}).status_code == 302
    found = list(Subscription.objects.order_by("chosen_at").values_list("name", "status"))
    assert found == [("Small", "withdrawn"), ("Large", "requested")]
    assert office.send("/plan/withdraw/").status_code == 302
    assert not Subscription.objects.filter(status="requested").exists()
    assert office.send("/plan/withdraw/").status_code == 404


def test_the_clinics_trail_says_who_chose(office: ClinicClient, audit_trail: Callable[[], list[Any]]) -> None:
    office.send("/plan/choose/", {"plan": str(planned().pk)})
    entry = next(entry for entry in audit_trail() if entry.reason == "choose_plan")
    assert "(admin)" in entry.actor_label


def test_what_is_not_offered_is_not_chosen(office: ClinicClient, acme: Any) -> None:
    hidden, old = planned("Hidden", is_listed=False), planned("Old")
    with schema_context("public"):
        services.retire_plan(old, by=None)
    for wrong in (str(hidden.pk), str(old.pk), "nonsense", ""):
        page = office.send("/plan/choose/", {"plan": wrong})
        assert page.status_code == 200
        assert "no longer offered" in page.content.decode()
    with schema_context("public"):
        assert services.choose_plan(acme, by=superuser(), plan=hidden).status == "requested"


def test_a_clinic_neither_makes_up_a_price_nor_begins_by_itself(acme: Any, beta: Any) -> None:
    plan = planned()
    asked = {"organization": acme, "plan": plan, "chosen_at": plan.created_at}

    def wrong(**facts: Any) -> bool:
        return refused(lambda: Subscription.objects.create(**{**asked, **plan.terms, **facts}))

    assert wrong(price=Decimal(1))
    assert wrong(most_doctors=99)
    assert wrong(organization=beta)
    assert wrong(status="active", started_at=plan.created_at)
    mine = services.choose_plan(acme, by=None, plan=plan)
    rows = Subscription.objects.filter(pk=mine.pk)
    assert refused(lambda: rows.update(status="active", started_at=plan.created_at))
    with schema_context("public"):
        other = services.choose_plan(beta, by=None, plan=plan)
    assert not Subscription.objects.filter(pk=other.pk).exists()


def test_plans_in_the_own_currency_come_before_all_others(acme: Any) -> None:
    planned("Euro", currency="EUR")
    assert [plan.name for plan in Plan.objects.offered_to(acme)] == ["Euro"]
    planned("Naira")
    assert [plan.name for plan in Plan.objects.offered_to(acme)] == ["Naira"]


def test_a_plan_is_for_so_many_doctors_however_they_come(acme: Any, office: ClinicClient) -> None:
    first = DoctorFactory()
    begun(acme, planned(most_doctors=2))
    second = DoctorFactory()
    with pytest.raises(Refusal, match=SAID):
        DoctorFactory()
    deactivate_member(first, by=None)
    third = DoctorFactory()
    with pytest.raises(Refusal, match=SAID):
        activate_member(first, by=None)
    assert refused(lambda: Member.objects.filter(pk=first.pk).update(status="active"))
    # Whoever is a doctor here stays one, and everything else goes on.
    Member.objects.filter(pk__in=[second.pk, third.pk]).update(given_name="Ada")
    assert StaffFactory().status == "active"
    facts = {"given_name": "A", "specialisation": "X", "licence_number": "1", "consultation_fee": "1"}
    page = office.send("/staff/new/?role=doctor", facts)
    assert SAID in page.context["form"].non_field_errors()[0]


def test_a_plan_for_fewer_doctors_than_there_are_is_not_chosen(acme: Any, office: ClinicClient) -> None:
    for _doctor in range(2):
        DoctorFactory()
    page = office.send("/plan/choose/", {"plan": str(planned(most_doctors=1).pk)})
    assert "You have 2 doctors, and this plan is for 1." in page.content.decode()
    assert not Subscription.objects.exists()


def test_closing_a_clinic_ends_its_plan(acme: Any) -> None:
    agreed = begun(acme, planned())
    with schema_context("public"):
        asked = services.choose_plan(acme, by=None, plan=planned("Large"))
        services.suspend_organization(acme, by=None)
        services.close_organization(acme, by=None)
        agreed.refresh_from_db()
        asked.refresh_from_db()
    assert (agreed.status, asked.status) == ("ended", "withdrawn")


def test_what_became_of_a_clinic_stays_written_down(acme: Any) -> None:
    with schema_context("public"):
        services.suspend_organization(acme, by=None)
        step = OrganizationEvent.objects.filter(organization=acme).first()
        assert step is not None
        assert (step.former, step.status) == ("trial", "suspended")
        assert refused(lambda: OrganizationEvent.objects.filter(pk=step.pk).update(status="active"))
        assert refused(lambda: OrganizationEvent.objects.filter(pk=step.pk)._raw_delete("default"))
        with pytest.raises(Refusal):
            step.delete()


def test_a_trial_is_as_long_as_the_platform_says(anonymous: Browser) -> None:
    connection.set_schema_to_public()
    PlatformPolicy.objects.create(trial_days=10)
    planned("Practice", text="Letters")
    page = anonymous().get("/").content.decode()
    assert "10 days free" in page
    assert "Practice" in page
    assert "20,000" in page
    ReadySchema(schema_version=versions.needed()).save()
    clinic = signed_up()
    assert (clinic.trial_ends_at - clinic.status_since).days == 10


@pytest.fixture
def administration(anonymous: Browser) -> ClinicClient:
    connection.set_schema_to_public()
    browser = anonymous()
    browser.force_login(superuser(), "allauth.account.auth_backends.AuthenticationBackend")
    return browser


def test_the_administration_enters_a_plan_and_lets_it_begin(administration: ClinicClient, acme: Any) -> None:
    plan = planned(is_listed=False)
    place = "/admin/tenants/subscription/"
    facts = {"organization": str(acme.pk), "plan": str(plan.pk)}
    assert administration.send(f"{place}add/", facts).status_code == 302
    chosen = Subscription.objects.get()
    assert (chosen.price, chosen.status) == (20000, "requested")
    data = {"action": "activate_plan", "_selected_action": str(chosen.pk)}
    page = administration.send(place, data, follow=True).content.decode()
    assert "done" in page
    page = administration.get(f"/admin/tenants/organization/{acme.pk}/change/").content.decode()
    assert "Practice" in page
    assert "(platform)" in page


def test_there_is_one_row_of_rules(administration: ClinicClient) -> None:
    place = "/admin/tenants/platformpolicy/"
    rules = {"trial_days": "14", "reminder_days": "3,1", "grace_days": "7", "closing_days": "30"}
    assert administration.send(f"{place}add/", {**rules, "reminder_days": "0"}).status_code == 200
    assert administration.send(f"{place}add/", rules).status_code == 302
    assert PlatformPolicy.objects.current().reminder_days == [3, 1]
    assert administration.get(f"{place}add/").status_code == 403
    assert refused(lambda: PlatformPolicy.objects.create())
