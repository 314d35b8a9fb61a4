"""What is paid and given back is in the books by itself, whichever way it came, and only that."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction

from billing.books.models import BookEntry, Category
from billing.services import complete_payment, fail_payment
from clinic.db.current import connection
from clinic.models import Refusal
from tests.billing.books.factories import category, taxed
from tests.billing.factories import issued, pay
from tests.billing.test_credits import credit, refund
from tests.billing.wallets.test_ledger import holding, settle
from tests.people import StaffFactory

pytestmark = pytest.mark.django_db


def run(statement: str, *parameters: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)


def test_a_payment_is_income_and_a_refund_an_expense_of_their_own_day_and_amount() -> None:
    invoice = issued("100")
    payment = pay(invoice, "100", method="card")
    credit(invoice, "40")
    back = refund(payment, "30", method="card")
    income, expense = BookEntry.objects.select_related("category").order_by("kind").reverse()
    assert (income.pk, income.payment_id, income.amount, income.method) == (
        payment.pk,
        payment.pk,
        100,
        "card",
    )
    assert (income.kind, income.category.system, income.invoice_id) == ("income", "payments", invoice.pk)
    assert (expense.pk, expense.amount, expense.method) == (back.pk, 30, "card")
    assert (expense.kind, expense.category.system) == ("expense", "refunds")
    assert income.description == invoice.reference
    assert {str(income.category), str(expense.category)} == {"Payments of invoices", "Given back to patients"}
    settle()


def test_announced_money_is_entered_when_it_arrives() -> None:
    invoice = issued("100")
    one, other = (pay(invoice, amount, is_received=False) for amount in ("40", "60"))
    assert not BookEntry.objects.exists()
    complete_payment(one, by=None)
    fail_payment(other, by=None)
    assert [entry.amount for entry in BookEntry.objects.all()] == [Decimal(40)]


def test_what_comes_out_of_a_wallet_and_goes_back_into_it_is_in_the_books() -> None:
    invoice = issued("60", patient=holding("100"))
    assert not BookEntry.objects.exists(), "money paid ahead is the patient's"
    payment = pay(invoice, "60", method="wallet")
    credit(invoice, "60")
    refund(payment, "60", method="wallet")
    assert sorted(BookEntry.objects.values_list("kind", "method")) == [
        ("expense", "wallet"),
        ("income", "wallet"),
    ]


def test_a_payment_stored_by_sql_alone_is_in_the_books_too() -> None:
    invoice = issued("100")
    run(
        "INSERT INTO billing_payment (id, created_at, invoice_id, amount, method, status, reference, "
        "received_at, idempotency_key) "
        "VALUES (gen_random_uuid(), now(), %s, 10, 'cash', 'completed', '', now(), 'raw')",
        invoice.pk,
    )
    assert BookEntry.objects.get().amount == 10


def test_the_day_is_the_clinics_own() -> None:
    """Half past eleven in the evening of Lagos' Saturday is UTC's; one hour later is not."""
    with time_machine.travel(datetime(2026, 10, 31, 23, 30, tzinfo=UTC), tick=False):
        pay(issued("100"), "100")
    assert BookEntry.objects.get().booked_on == date(2026, 11, 1)


def test_who_took_the_money_is_who_entered_it() -> None:
    from billing.services import record_payment

    desk = StaffFactory()
    record_payment(issued("100"), by=desk, key="k", amount=Decimal(5))
    assert BookEntry.objects.get().entered_by == desk


def test_the_tax_of_what_was_received_is_its_share_of_the_invoices() -> None:
    invoice = taxed(("10", "7.5"), ("1.01", "20"))
    assert (invoice.total, invoice.tax) == (Decimal("11.96"), Decimal("0.95"))
    one, two = (pay(invoice, amount) for amount in ("0.05", "4"))
    rest = pay(invoice, "7.91")
    shares = [BookEntry.objects.get(payment=payment).tax for payment in (one, two, rest)]
    assert shares == [Decimal("0.00"), Decimal("0.32"), Decimal("0.63")]
    credit(invoice, "11.96")
    back = [
        refund(two, "3", key="a"),
        refund(two, "1", key="b"),
        refund(rest, "7.91"),
        refund(one, "0.05", "d"),
    ]
    given = sum(BookEntry.objects.get(refund=each).tax for each in back)
    assert given == sum(shares) == invoice.tax
    settle()


ENTRY = (
    "INSERT INTO books_bookentry (id, created_at, booked_on, kind, category_id, amount, tax, currency, "
    "digits, description, method, payment_id, invoice_id, void_reason, idempotency_key) "
    "SELECT gen_random_uuid(), now(), now()::date, 'income', c.id, p.amount, 0, 'NGN', 2, 'x', 'cash', p.id, "
    "p.invoice_id, '', 'raw' FROM billing_payment p, books_category c WHERE c.system = 'payments'"
)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM books_bookentry",
        "UPDATE books_bookentry SET amount = 1",
        "UPDATE books_bookentry SET booked_on = booked_on - 1",
        "UPDATE books_bookentry SET voided_at = now(), void_reason = 'Not ours'",
        ENTRY,
        ENTRY.replace("gen_random_uuid()", "p.id"),
        # Made up by hand under the category of what is entered by itself.
        ENTRY.replace(", p.id, p.invoice_id", ", NULL, NULL"),
        "DELETE FROM books_category",
        "UPDATE books_category SET retired_at = now()",
        "UPDATE books_category SET kind = 'expense'",
    ],
)
def test_what_was_paid_cannot_be_entered_otherwise(statement: str) -> None:
    pay(issued("100"), "100")
    settle()
    with pytest.raises(IntegrityError):
        run(statement)


def test_the_entry_of_a_payment_says_what_was_paid() -> None:
    """An entry with the payment's key but another amount: only without the one that is there."""
    payment = pay(issued("100"), "100", is_received=False)
    Category.objects.create(kind="income", name="Payments of invoices", system="payments")
    with pytest.raises(IntegrityError, match="not what was paid"):
        run(ENTRY.replace("gen_random_uuid()", "p.id"))
    complete_payment(payment, by=None)
    assert BookEntry.objects.get().pk == payment.pk


def test_the_categories_of_what_is_entered_by_itself_stay() -> None:
    from billing.books.services import add_entry, retire_category, update_category

    pay(issued("100"), "100")
    own = Category.objects.get()
    for refused in (retire_category, lambda each, by: update_category(each, by=by, name="Other")):
        with pytest.raises(Refusal, match="needed"):
            refused(own, by=None)
    facts: dict[str, Any] = {"booked_on": date(2026, 1, 5), "description": "x", "method": "cash"}
    with pytest.raises(Refusal, match="by itself"):
        add_entry(by=None, key="k", category=own, amount=Decimal(1), **facts)
    assert category("income", "Parking").system == ""
