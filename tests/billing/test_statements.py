"""A statement says what moved on an account in a period, and its balances are what is open."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db.models import Sum
from django.utils import timezone

from accounts.members.models import PatientProfile
from billing import services
from billing.models import Invoice
from billing.models.statements import Statement, statements_of
from tests.billing.factories import draft, issued, pay
from tests.billing.test_letters import delivered, papers
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db
FIRST = date(2026, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(6)]


@pytest.fixture
def patient() -> PatientProfile:
    return PatientFactory(email="ada@people.example")


@pytest.fixture
def account(patient: PatientProfile) -> Iterator[PatientProfile]:
    """An account on which something of every kind has moved, some of it around the clinic's midnight."""
    with time_machine.travel(_at(0, 23, 30), tick=False) as clock:
        invoice = issued("100", patient=patient)
        clock.move_to(_at(1, 0, 30))
        paid = pay(invoice, "40")
        clock.move_to(_at(2, 12))
        services.credit_invoice(invoice, by=None, key="c", amount=Decimal(30), reason="Not done")
        pay(invoice, "30", key="rest", method="card")
        clock.move_to(_at(4, 9))
        services.credit_invoice(invoice, by=None, key="d", amount=Decimal(20), reason="Not done")
        services.refund_payment(paid, by=None, key="r", amount=Decimal(15), method="cash")
        # None of these is on the account: not issued, not arrived, not this patient's.
        draft("7", patient=patient)
        pay(issued("50", patient=patient), "50", key="late", is_received=False)
        pay(issued("900"), "900")
        clock.move_to(_at(5, 20))
        yield patient


def _at(day: int, hour: int, minute: int = 0) -> datetime:
    return timezone.make_aware(datetime.combine(DAYS[day], datetime.min.time())) + timedelta(
        hours=hour, minutes=minute
    )


def the(patient: PatientProfile, first: date, last: date) -> Statement:
    [statement] = statements_of(patient, first, last)
    return statement


def test_what_moved_stands_in_order_with_what_is_owed_after_it(account: PatientProfile) -> None:
    said = the(account, DAYS[0], DAYS[5])
    moved = [(line.move.kind, line.move.amount, line.balance) for line in said.lines]
    assert moved == [
        ("invoice", 100, 100),
        ("payment", -40, 60),
        ("credit_note", -30, 30),
        ("payment", -30, 0),
        ("credit_note", -20, -20),
        ("refund", 15, -5),
        ("invoice", 50, 45),
    ]
    assert (said.opening, said.charged, said.paid, said.closing) == (0, 100, 55, 45)
    assert "INV-00001 (Cash)" in said.lines[1].move.what


def test_days_are_the_clinics(account: PatientProfile) -> None:
    assert [line.move.kind for line in the(account, DAYS[0], DAYS[0]).lines] == ["invoice"]
    assert [line.move.kind for line in the(account, DAYS[1], DAYS[1]).lines] == ["payment"]


def test_one_period_begins_as_the_one_before_has_ended(account: PatientProfile) -> None:
    for day in DAYS[1:]:
        before, after = the(account, DAYS[0], day - timedelta(days=1)), the(account, day, DAYS[5])
        assert before.closing == after.opening
        assert (after.opening + after.charged - after.paid, after.closing) == (45, 45)


def test_what_is_owed_today_is_what_is_open_on_all_invoices(account: PatientProfile) -> None:
    still_open = Invoice.objects.for_patient(account.pk).issued().with_paid().aggregate(sum=Sum("open"))
    assert the(account, FIRST, timezone.localdate()).closing == still_open["sum"]


def test_another_currency_has_a_statement_of_its_own(account: PatientProfile, monkeypatch: Any) -> None:
    monkeypatch.setattr("clinic.db.current.connection.tenant.currency", "EUR")
    issued("9", patient=account)
    said = {one.currency: one.closing for one in statements_of(account, DAYS[5], DAYS[5])}
    assert said == {"NGN": 45, "EUR": 9}


def test_the_desk_sees_prints_and_sends_it(account: PatientProfile, client_for: Callable[..., Any]) -> None:
    desk = client_for(with_login(StaffFactory()))
    page, days = f"/patients/{account.pk}/statement/", {"first": "2026-03-02", "last": "2026-03-05"}
    shown = desk.get(page, days).content.decode()
    assert "Balance before" in shown
    assert "100.00" in shown
    assert "Given back of INV-00001 (Cash)" in shown
    assert desk.get(f"{page}pdf/", days).content.startswith(b"%PDF")
    assert (
        "on its way to ada@people.example" in desk.send(f"{page}email/", days, follow=True).content.decode()
    )
    letter = delivered()
    assert "45.00" in letter.body
    [(name, content)] = papers(letter)
    assert name == f"{account.number}_2026-03-02_2026-03-05.pdf"
    assert content.startswith(b"%PDF")


def test_days_in_the_wrong_order_are_named_and_the_page_stands(
    patient: PatientProfile, client_for: Callable[..., Any]
) -> None:
    desk = client_for(with_login(StaffFactory()))
    page = f"/patients/{patient.pk}/statement/"
    shown = desk.get(page, {"first": "2026-03-05", "last": "2026-03-02"}).content.decode()
    assert "The period ends before it begins." in shown
    assert 'value="2026-03-05"' in shown
    assert "Nothing moved on these days" in desk.get(page, {"first": "never"}).content.decode()


def test_a_patient_sees_the_own_account_and_no_other(
    account: PatientProfile, client_for: Callable[..., Any]
) -> None:
    own, other = (client_for(with_login(one.member)) for one in (account, PatientFactory()))
    days = {"first": "2026-03-01", "last": "2026-03-06"}
    assert "INV-00001" in own.get("/portal/statement/", days).content.decode()
    assert "INV-00001" not in other.get("/portal/statement/", days).content.decode()
    assert own.get("/portal/statement/pdf/").content.startswith(b"%PDF")
    assert other.get(f"/patients/{account.pk}/statement/").status_code == 403
