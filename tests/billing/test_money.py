"""The total is the sum of the rounded lines, in every currency."""

import math
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import services
from billing.models import Charge, Invoice, InvoiceLine
from billing.models.lines import taxes_of
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.money import digits_of
from tests.billing.factories import draft
from tests.people import PatientFactory

CURRENCIES = {"NGN": 2, "EUR": 2, "INR": 2, "SEK": 2, "JPY": 0, "KWD": 3}


@pytest.mark.parametrize(("currency", "digits"), CURRENCIES.items())
def test_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


def charges_in(digits: int) -> st.SearchStrategy[list[Charge]]:
    charge = st.builds(
        Charge,
        st.just("Thing"),
        st.decimals(min_value=Decimal("0.001"), max_value=999, places=3),
        st.decimals(min_value=0, max_value=99_999, places=digits),
        st.one_of(st.just(Decimal(0)), st.decimals(min_value=0, max_value=100, places=2)),
        st.just("VAT"),
        st.one_of(st.sampled_from([0, 5, 7.5, 20]), st.decimals(min_value=0, max_value=100, places=3)).map(
            lambda percent: Decimal(str(percent))
        ),
    )
    return st.lists(charge, min_size=1, max_size=5)


def in_coins(exact: Fraction, digits: int) -> Decimal:
    """The fraction in the currency's coins, halves up: reckoned without a single rounded step before."""
    return Decimal(math.floor(exact * 10**digits + Fraction(1, 2))).scaleb(-digits)


def of(charge: Charge, digits: int, *, tax_inclusive: bool) -> tuple[Decimal, Decimal]:
    """Tax and amount of a line, by fractions."""
    share = 1 - Fraction(charge.discount_percent) / 100
    charged = in_coins(Fraction(charge.quantity) * Fraction(charge.unit_price) * share, digits)
    percent = Fraction(charge.tax_percent)
    tax = in_coins(Fraction(charged) * percent / (100 + percent if tax_inclusive else 100), digits)
    return tax, charged if tax_inclusive else charged + tax


@pytest.mark.django_db
@pytest.mark.parametrize("currency", CURRENCIES)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), tax_inclusive=st.booleans())
def test_the_total_is_the_sum_of_the_rounded_lines(currency: str, data: Any, tax_inclusive: bool) -> None:
    digits = CURRENCIES[currency]
    lines = data.draw(charges_in(digits))
    connection.tenant.currency = currency
    services.update_billing_policy(by=None, tax_inclusive=tax_inclusive)
    invoice = services.draft_invoice(by=None, patient=PatientFactory())
    services.update_invoice(invoice, by=None, lines=lines)
    issued = services.issue_invoice(invoice, by=None, due_on=timezone.localdate())
    stored = Invoice.objects.get(pk=issued.pk)
    each = [of(line, digits, tax_inclusive=tax_inclusive) for line in lines]
    assert [(line.tax, line.amount) for line in stored.lines.all()] == each
    assert (stored.tax, stored.total) == tuple(map(sum, zip(*each, strict=True)))
    assert [line.net + line.tax for line in stored.lines.all()] == [amount for _tax, amount in each]
    assert sum(tax.amount for tax in taxes_of(stored.lines.all())) == stored.total


@pytest.mark.django_db
@pytest.mark.parametrize(("quantity", "price", "amount"), [("0.5", "0.01", "0.01"), ("2.5", "0.05", "0.13")])
def test_a_half_is_rounded_up_as_by_the_database(quantity: str, price: str, amount: str) -> None:
    line = Charge("Thing", Decimal(quantity), Decimal(price))
    invoice = services.update_invoice(draft(), by=None, lines=[line])
    assert invoice.total == Decimal(amount)


@pytest.mark.django_db
def test_a_price_finer_than_the_currency_is_refused() -> None:
    with pytest.raises(Refusal, match="decimal places"):
        draft("0.001")


@pytest.fixture(params=[True, False], ids=["tax in the prices", "tax on top"])
def line(request: pytest.FixtureRequest, db: None) -> InvoiceLine:
    """A line not stored yet: 1 × 100, less 10 %, with a tax of 20 %."""
    services.update_billing_policy(by=None, tax_inclusive=request.param)
    terms = {"digits": 2, "tax_inclusive": request.param}
    return InvoiceLine(invoice=draft(), position=1, **terms).write(THING)


THING = Charge("Thing", Decimal(1), Decimal(100), Decimal(10), "VAT", Decimal(20))


def test_a_line_that_adds_up_is_stored(line: InvoiceLine) -> None:
    line.save(force_insert=True)
    stored = (line.discount, line.tax, line.amount)
    assert stored == ((10, 15, 90) if line.tax_inclusive else (10, 18, 108))
    assert InvoiceLine.objects.get().net == line.amount - line.tax


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        ({"discount_percent": Decimal(-10)}, "discount_percent"),
        ({"tax_percent": Decimal(-20)}, "tax_percent"),
        ({"tax_name": ""}, "tax_percent"),
        ({"unit_price": Decimal("100.001")}, "price"),
        ({"quantity": Decimal(-1)}, "quantity"),
    ],
)
def test_what_no_line_may_say_is_refused_by_the_database(
    wrong: dict[str, Any], constraint: str, line: InvoiceLine
) -> None:
    line.write(replace(THING, **wrong))
    with pytest.raises(IntegrityError, match=f'"billing_line_{constraint}"'), transaction.atomic():
        line.save(force_insert=True)


COIN = Decimal("0.01")


@pytest.mark.parametrize("sum_", ["discount", "amount", "tax"])
@pytest.mark.parametrize("off", [COIN, -COIN])
def test_a_line_that_does_not_add_up_is_refused_by_the_database(
    off: Decimal, sum_: str, line: InvoiceLine
) -> None:
    setattr(line, sum_, getattr(line, sum_) + off)
    if sum_ == "tax" and not line.tax_inclusive:
        line.amount += off  # or the amount would be refused for it
    with pytest.raises(IntegrityError, match=f'"billing_line_{sum_}"'), transaction.atomic():
        line.save(force_insert=True)


@pytest.mark.django_db
def test_more_than_a_column_of_money_holds_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refusal, match="more than an invoice can hold"):
        draft("99999999999", "99999999999")
