"""What was issued is corrected by credit notes and refunds: never more than it is about, never twice."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.models import CreditNote, Invoice, Refund
from billing.services import credit_invoice, record_payment, refund_payment
from billing.services.payments import open_amount
from billing.wallets.models import LedgerEntry
from clinic.db.current import connection
from clinic.models import Refusal
from tests.billing.factories import draft, issued, pay
from tests.billing.wallets.test_ledger import held, holding, settle

pytestmark = pytest.mark.django_db


def credit(invoice: Invoice, amount: str, key: str = "credit") -> CreditNote:
    return credit_invoice(invoice, by=None, key=key, amount=Decimal(amount), reason="Not done")


def refund(payment: Any, amount: str, key: str = "refund", method: str = "cash") -> Refund:
    return refund_payment(payment, by=None, key=key, amount=Decimal(amount), method=method)


def seen(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal, str]:
    """What is paid, credited and open, and the state."""
    found = Invoice.objects.with_paid().get(pk=invoice.pk)
    assert found.open == open_amount(found)
    return found.paid, found.credited, found.open, found.status


def test_a_credit_note_takes_off_what_is_open() -> None:
    invoice = issued("100")
    note = credit(invoice, "30")
    assert (note.reference, seen(invoice)) == ("CN-00001", (0, 30, 70, "issued"))
    settle()


def test_what_is_credited_whole_is_balanced_and_takes_no_money() -> None:
    invoice = issued("100")
    credit(invoice, "100")
    assert seen(invoice) == (0, 100, 0, "balanced")
    with pytest.raises(Refusal):
        pay(invoice, "1")
    settle()


def test_what_was_paid_is_given_back_after_it_was_credited() -> None:
    invoice = issued("100")
    payment = pay(invoice, "100")
    with pytest.raises(Refusal, match="credit note"):
        refund(payment, "40")
    credit(invoice, "40")
    assert seen(invoice) == (100, 40, -40, "balanced")
    refund(payment, "40")
    assert seen(invoice) == (60, 40, 0, "balanced")
    with pytest.raises(Refusal, match="credit note"):
        refund(payment, "0.01", key="more")
    settle()


def test_a_refund_goes_the_way_the_money_came_or_into_the_wallet() -> None:
    patient = holding("10")
    invoice = issued("100", patient=patient)
    payment = pay(invoice, "100", method="card")
    credit(invoice, "100")
    with pytest.raises(Refusal, match="the way it came"):
        refund(payment, "50", method="transfer")
    refund(payment, "50", method="card")
    back = refund(payment, "50", key="second", method="wallet")
    entry = LedgerEntry.objects.get(about_id=back.pk)
    assert (entry.kind, entry.amount, held(patient)) == ("refund", 50, Decimal(60))
    settle()


def test_what_the_wallet_paid_goes_back_into_it() -> None:
    patient = holding("100")
    invoice = issued("60", patient=patient)
    payment = record_payment(invoice, by=None, key="pay", amount=Decimal(60), method="wallet")
    credit(invoice, "60")
    refund(payment, "60", method="wallet")
    assert held(patient) == Decimal(100)


def test_never_more_than_the_invoice_is_about_nor_than_was_paid() -> None:
    invoice = issued("100")
    cash, card = pay(invoice, "60"), pay(invoice, "40", method="card")
    credit(invoice, "70")
    with pytest.raises(Refusal, match="more than the invoice"):
        credit(invoice, "30.01", key="second")
    with pytest.raises(Refusal, match="more than was paid"):
        refund(card, "40.01", method="card")
    refund(card, "40", method="card")
    with pytest.raises(Refusal, match="credit note"):
        refund(cash, "30.01", key="second")
    refund(cash, "30", key="third")
    assert seen(invoice) == (30, 70, 0, "balanced")


@pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
def test_an_amount_is_something_in_the_currencys_coins(amount: str) -> None:
    invoice = issued("100")
    payment = pay(invoice, "100")
    with pytest.raises(Refusal):
        credit(invoice, amount)
    credit(invoice, "100", key="whole")
    with pytest.raises(Refusal):
        refund(payment, amount)


def test_a_draft_is_not_credited_and_money_on_its_way_not_given_back() -> None:
    with pytest.raises(Refusal, match="draft"):
        credit(draft("100"), "10")
    invoice = issued("100")
    announced = pay(invoice, "50", is_received=False)
    credit(invoice, "10")
    with pytest.raises(Refusal, match="has arrived"):
        refund(announced, "10")


def test_a_credit_note_says_why() -> None:
    with pytest.raises(Refusal, match="why"):
        credit_invoice(issued("100"), by=None, key="k", amount=Decimal(1), reason="  ")


def test_the_same_form_counts_once() -> None:
    invoice = issued("100")
    payment = pay(invoice, "100")
    assert credit(invoice, "20") == credit(invoice, "20")
    assert refund(payment, "20") == refund(payment, "20")
    with pytest.raises(Refusal, match="already used"):
        credit(invoice, "21")
    with pytest.raises(Refusal, match="already used"):
        refund(payment, "21")
    assert seen(invoice) == (80, 20, 0, "balanced")


CREDIT = """
    INSERT INTO billing_creditnote
        (id, created_at, series_id, number, invoice_id, patient_id, amount, digits, reason, idempotency_key)
    SELECT gen_random_uuid(), now(), s.id, s.last_number, i.id, i.patient_id, 5, 2, 'x', 'raw'
    FROM billing_invoice i, billing_invoiceseries s WHERE s.name = 'Credit notes'
"""
REFUND = """
    INSERT INTO billing_refund
        (id, created_at, payment_id, invoice_id, amount, method, reference, idempotency_key)
    SELECT gen_random_uuid(), now(), p.id, p.invoice_id, 5, 'cash', '', 'raw' FROM billing_payment p
"""


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_creditnote SET amount = 1",
        "DELETE FROM billing_creditnote",
        "UPDATE billing_refund SET amount = 1",
        "DELETE FROM billing_refund",
        # The number is taken already; without a new one there is no gap, but no note either.
        CREDIT,
        CREDIT.replace("s.last_number", "s.last_number + 1"),
        CREDIT.replace(" 5, 2,", " 500, 2,"),
        CREDIT.replace(" 5, 2,", " 0.001, 2,"),
        CREDIT.replace("i.patient_id, 5", "gen_random_uuid(), 5"),
        "UPDATE billing_invoiceseries SET last_number = last_number + 1 WHERE name = 'Credit notes'",
        # Of the hundred that were paid twenty were credited, and ten of them given back.
        REFUND.replace(" 5, 'cash'", " 10.01, 'cash'"),
        REFUND.replace("'cash'", "'card'"),
        REFUND.replace("'cash'", "'wallet'"),
        REFUND.replace(" 5, 'cash'", " 0.001, 'cash'"),
        REFUND.replace("p.invoice_id", "gen_random_uuid()"),
    ],
)
def test_corrections_cannot_be_made_up_by_sql(statement: str) -> None:
    invoice = issued("100")
    payment = pay(invoice, "100")
    credit(invoice, "20")
    refund(payment, "10")
    settle()
    with pytest.raises(IntegrityError):
        _store(statement)


def _store(statement: str) -> None:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
        settle()


def test_what_is_right_is_stored_by_sql_too() -> None:
    """The statements above, as they would be right: it is not their form that is refused."""
    invoice = issued("100")
    pay(invoice, "100")
    credit(invoice, "20")
    settle()
    _store(REFUND)
    assert seen(invoice) == (95, 20, -15, "balanced")


STEP = st.tuples(st.sampled_from(["pay", "credit", "refund"]), st.decimals("0.01", "70", places=2))


@given(st.lists(STEP, max_size=12))
@settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_an_invoice_adds_up(steps: list[Any]) -> None:
    invoice = issued("100")
    for number, (what, amount) in enumerate(steps):
        key = f"{invoice.pk.hex[:20]} {number}"
        try:
            if what == "pay":
                pay(invoice, str(amount), key=key)
            elif what == "credit":
                credit(invoice, str(amount), key=key)
            elif payment := invoice.payments.first():
                refund(payment, str(amount), key=key)
        except Refusal:
            continue
        paid, credited, still_open, state = seen(invoice)
        assert still_open == 100 - credited - paid
        assert paid >= 0
        assert credited <= 100
        assert (state == "balanced") == (still_open <= 0)
    settle()
