"""Every report comes to what the ledger says, whatever was paid, credited or given back, in each currency."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db.models import Sum
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import services
from billing.books.agreement import disagreements
from billing.books.models import BookEntry, BooksPolicy, FiscalYear
from billing.books.reports import Period, Report, Row, by_category, by_doctor, by_month, by_service
from billing.books.services import void_entry
from billing.cash.agreement import QUESTIONS as OF_CASH
from billing.models import Invoice, Payment, Refund
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.money import digits_of
from records.services import start_walk_in
from tests.billing.books.factories import category, entered, taxed
from tests.billing.factories import issued, pay
from tests.billing.test_credits import credit, refund
from tests.billing.test_money import CURRENCIES
from tests.people import DoctorFactory, PatientFactory

pytestmark = pytest.mark.django_db


def this_year(currency: str = "NGN") -> Period:
    year = BooksPolicy.objects.current().year_of(timezone.localdate())
    return Period(year.first, year.last, currency)


def reports(currency: str = "NGN") -> list[Report]:
    period = this_year(currency)
    year = BooksPolicy.objects.current().year_of(timezone.localdate())
    return [by_month(year, currency), by_category(period), by_doctor(period), by_service(period)]


def rows_of(report: Report) -> dict[str, tuple[Decimal, Decimal, Decimal]]:
    return {row.label: (row.received, row.given_back, row.expenses) for row in report.rows}


def test_income_is_reckoned_without_its_tax_which_stands_apart() -> None:
    pay(taxed(("100", "7.5")), "107.50")
    months, categories, _doctors, services = reports()
    assert (months.total.turnover, months.total.tax, months.total.result) == (100, Decimal("7.5"), 100)
    assert (categories.total.received, categories.total.tax) == (100, Decimal("7.5"))
    assert rows_of(services) == {"Thing 0": (100, 0, 0)}


def test_a_payment_is_divided_among_the_lines_and_what_is_left_over_goes_to_the_largest() -> None:
    """Of 10 each of three gets 3.33; the first of them takes the coin that is left."""
    pay(taxed(("10", "0"), ("10", "0"), ("10", "0")), "10")
    found = {row.label: row.received for row in by_service(this_year()).rows}
    assert found == {"Thing 0": Decimal("3.34"), "Thing 1": Decimal("3.33"), "Thing 2": Decimal("3.33")}


def test_who_was_consulted_earned_it_and_the_service_is_the_line_without_the_name() -> None:
    doctor = DoctorFactory(given_name="Amina", family_name="Bello")
    consultation = start_walk_in(PatientFactory(), by=doctor)
    invoice = services.draft_invoice(by=None, consultation=consultation)
    services.issue_invoice(invoice, by=None, due_on=timezone.localdate())
    pay(Invoice.objects.get(), "18000")
    pay(issued("50"), "50")
    entered("70", category=category("income", "Parking"))
    doctors, by_line = reports()[2:]
    assert rows_of(doctors) == {
        "Amina Bello": (18000, 0, 0),
        "Without a doctor": (50, 0, 0),
        "Entered by hand": (70, 0, 0),
    }
    assert rows_of(by_line) == {
        "Consultation": (18000, 0, 0),
        "Thing 50": (50, 0, 0),
        "Entered by hand": (70, 0, 0),
    }


def test_what_is_given_back_lowers_the_turnover_and_is_no_expense() -> None:
    invoice = issued("100")
    payment = pay(invoice, "100")
    credit(invoice, "30")
    refund(payment, "30")
    entered("25")
    for report in reports()[:2]:
        assert (report.total.turnover, report.total.expenses, report.total.result) == (70, 25, 45)


def test_void_entries_and_other_years_do_not_count() -> None:
    void_entry(entered("10"), by=None, reason="Twice")
    entered("20", on=date(2001, 5, 5))
    assert all(report.total == Row("Total") for report in reports())


def test_months_are_those_of_the_fiscal_year() -> None:
    entered("10", on=date(2026, 3, 31))
    entered("20", on=date(2026, 4, 1))
    found = by_month(FiscalYear(date(2025, 4, 1)), "NGN")
    assert [row.label for row in found.rows][::11] == ["April 2025", "March 2026"]
    assert (found.rows[-1].expenses, found.total.expenses) == (10, 10)


PERCENTS = st.sampled_from(["0", "5", "7.5", "19", "100"])
STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "pay", "credit", "refund", "hand"]), st.integers(1, 100)), max_size=8
)


@pytest.mark.parametrize("currency", CURRENCIES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_the_reports_come_to_what_the_ledger_says(currency: str, data: Any) -> None:
    connection.tenant.currency, digits = currency, digits_of(currency)
    prices = st.decimals(min_value=Decimal(1).scaleb(-digits), max_value=9_999, places=digits)
    lines = data.draw(st.lists(st.tuples(prices.map(str), PERCENTS), min_size=1, max_size=4))
    invoice = taxed(*lines)
    for number, (what, share) in enumerate(data.draw(STEPS)):
        amount = str(max(round(invoice.total * share / 100, digits), Decimal(1).scaleb(-digits)))
        with suppress(Refusal):
            step(invoice, what, amount, key=f"{invoice.pk.hex} {number}")
    assert_agreed(currency)


def step(invoice: Invoice, what: str, amount: str, key: str) -> None:
    if what == "pay":
        pay(invoice, amount, key=key)
    elif what == "credit":
        credit(invoice, amount, key=key)
    elif what == "refund":
        for payment in Payment.objects.filter(invoice=invoice):
            refund(payment, amount, key=f"{key} {payment.amount}"[-64:])
    else:
        entered(amount, key=key, category=category("income", "Parking"))


def total(rows: Any) -> Decimal:
    return rows.aggregate(sum=Sum("amount", default=Decimal(0)))["sum"]


def assert_agreed(currency: str) -> None:
    """Every report's total of two years is that of the entries: what was paid, given back and entered."""
    year = BooksPolicy.objects.current().year_of(timezone.localdate())
    period = Period(year.shifted(-1).first, year.last, currency)
    months = [by_month(each, currency).total for each in (year.shifted(-1), year)]
    whole = [by_category(period).total, Row("")]
    for month in months:
        whole[1].take(month)
    found = [*whole, by_doctor(period).total, by_service(period).total]
    entries = BookEntry.objects.counting().filter(currency=currency)
    tax = sum(entry.tax if entry.kind == "income" else -entry.tax for entry in entries)
    paid = total(Payment.objects.completed().filter(invoice__currency=currency))
    back = total(Refund.objects.filter(invoice__currency=currency))
    hand = total(entries.filter(invoice=None, kind="income"))
    spent = total(entries.filter(invoice=None, kind="expense"))
    assert [each.turnover for each in found] == [paid - back + hand - tax] * 4
    assert [each.received for each in found] == [found[0].received] * 4
    assert [(each.tax, each.expenses) for each in whole] == [(tax, spent)] * 2
    assert [*disagreements(), *disagreements(questions=OF_CASH)] == []
