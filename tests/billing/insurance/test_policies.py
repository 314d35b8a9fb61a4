"""What a policy covers, and what of it can never be stored."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse

from billing.insurance import services
from billing.insurance.models import Payer, Policy
from clinic.models import Refusal
from tests.billing.insurance.factories import a_payer, insured
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    """The receptionist's browser."""
    return client_for(with_login(StaffFactory()))


@pytest.mark.parametrize(
    ("facts", "total", "covered"),
    [
        ({"percent": "80"}, "100", "80"),
        # Halves go up, as everywhere: 12.5 percent of 0.20 are 0.025.
        ({"percent": "12.5"}, "0.20", "0.03"),
        ({"percent": "80", "maximum": Decimal(50)}, "100", "50"),
        ({"percent": None, "fixed": Decimal(30)}, "100", "30"),
        ({"percent": None, "fixed": Decimal(30)}, "20", "20"),
        ({"percent": "100"}, "0", "0"),
    ],
)
def test_a_policy_covers_its_share_and_never_more(facts: dict[str, Any], total: str, covered: str) -> None:
    assert insured(**facts).covers(Decimal(total)) == Decimal(covered)


@pytest.mark.parametrize(
    ("currency", "digits", "covered"),
    [
        ("NGN", 2, "33.33"),
        ("EUR", 2, "33.33"),
        ("INR", 2, "33.33"),
        ("SEK", 2, "33.33"),
        ("JPY", 0, "33"),
        ("KWD", 3, "33.333"),
    ],
)
def test_the_share_is_rounded_to_the_currency(currency: str, digits: int, covered: str) -> None:
    policy = Policy(percent=Decimal("33.3333"), currency=currency, digits=digits)
    assert policy.covers(Decimal(100)) == Decimal(covered)


def test_a_policy_is_valid_from_its_first_day_to_its_last() -> None:
    policy = insured(valid_from=date(2026, 1, 1), valid_until=date(2026, 3, 31))
    days = (date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1))
    found = [Policy.objects.valid_on(day).exists() for day in days]
    assert found == [policy.is_valid_on(day) for day in days] == [False, True, True, False]
    services.retire_payer(policy.payer, by=None)
    assert not Policy.objects.valid_on(date(2026, 2, 1)).exists()
    services.restore_payer(policy.payer, by=None)
    assert Policy.objects.valid_on(date(2026, 2, 1)).exists()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({"fixed": Decimal(5)}, "either"),
        ({"percent": None}, "either"),
        ({"percent": "100.01"}, "at most 100"),
        ({"percent": None, "fixed": Decimal("0.001")}, "decimal places"),
        ({"maximum": Decimal(0)}, "more than nothing"),
        ({"valid_until": date(2019, 12, 31)}, "ends on the day"),
        ({"member_number": "  "}, "member number"),
        ({"priority": 0}, "1 to 9"),
    ],
)
def test_what_no_policy_says_is_refused(facts: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        insured(**facts)


def test_a_policy_is_written_down_once() -> None:
    policy = insured()
    with pytest.raises(Refusal, match="already has a policy"):
        insured(patient=policy.patient)


OF_ANOTHER_PATIENT = """
UPDATE insurance_policy
SET patient_id = (SELECT member_id FROM members_patientprofile WHERE member_id <> patient_id LIMIT 1)
"""
OF_ANOTHER_PAYER = """
UPDATE insurance_policy SET payer_id = (SELECT id FROM insurance_payer WHERE id <> payer_id LIMIT 1)
"""


@pytest.mark.parametrize(
    "statement",
    [
        OF_ANOTHER_PATIENT,
        OF_ANOTHER_PAYER,
        "UPDATE insurance_policy SET digits = 3",
        "DELETE FROM insurance_policy",
        "DELETE FROM insurance_payer",
    ],
)
def test_a_policy_stays_with_its_patient_and_its_payer_against_sql(statement: str) -> None:
    PatientFactory(), insured(), a_payer("Another")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_desk_writes_a_policy_on_the_patients_file(desk: Any) -> None:
    patient = PatientFactory()
    here = reverse("insurance:policy_list", args=[patient.pk])
    assert here in desk.get(reverse("members:patient", args=[patient.pk])).content.decode()
    assert "pays alone" in desk.get(here).content.decode()
    new = reverse("insurance:add_policy", args=[patient.pk])
    assert "Add the insurance itself first" in desk.get(new).content.decode()
    desk.send(reverse("insurance:add_payer"), {"name": "Hygeia", "number": "4711", "contact": "1 Marina"})
    payer = Payer.objects.get()
    facts = {"payer": payer.pk, "member_number": "M-7", "valid_from": "2026-01-01", "priority": "1"}
    wrong = desk.send(new, {**facts, "percent": "80", "fixed": "10"}).content.decode()
    assert "Say either how many percent" in wrong
    assert "M-7" in wrong
    page = desk.send(new, {**facts, "percent": "80", "maximum": "5000"}, follow=True).content.decode()
    assert "80 %, at most" in page
    policy = Policy.objects.get()
    ended = {**facts, "percent": "80", "valid_until": "2026-01-31"}
    assert "Not valid today" in desk.send(policy.get_absolute_url(), ended, follow=True).content.decode()


def test_a_payers_name_is_there_once(desk: Any) -> None:
    a_payer("Hygeia")
    page = desk.send(reverse("insurance:add_payer"), {"name": "Hygeia", "number": "9"}).content.decode()
    assert "already an insurance with this name" in page
