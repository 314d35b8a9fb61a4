"""The total is the sum of the rounded lines, in every currency."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import services
from billing.models import Charge, Invoice
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.money import digits_of, rounded
from tests.billing.factories import draft
from tests.people import PatientFactory

CURRENCIES = {"NGN": 2, "EUR": 2, "INR": 2, "SEK": 2, "JPY": 0, "KWD": 3}


@pytest.mark.parametrize(("currency", "digits"), CURRENCIES.items())
def test_the_digits_of_iso_4217(currency: str, digits: int) -> None:
    assert digits_of(currency) == digits


def lines_in(digits: int) -> st.SearchStrategy[list[tuple[Decimal, Decimal]]]:
    quantities = st.decimals(min_value=Decimal("0.001"), max_value=999, places=3)
    prices = st.decimals(min_value=0, max_value=99_999, places=digits)
    return st.lists(st.tuples(quantities, prices), min_size=1, max_size=5)


@pytest.mark.django_db
@pytest.mark.parametrize("currency", CURRENCIES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_total_is_the_sum_of_the_rounded_lines(currency: str, data: Any) -> None:
    lines = data.draw(lines_in(CURRENCIES[currency]))
    connection.tenant.currency = currency
    invoice = services.draft_invoice(by=None, patient=PatientFactory())
    services.update_invoice(
        invoice, by=None, lines=[Charge("Thing", quantity, price) for quantity, price in lines]
    )
    stored = services.issue_invoice(invoice, by=None, due_on=timezone.localdate())
    each = [rounded(quantity * price, CURRENCIES[currency]) for quantity, price in lines]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(round(quantity * unit_price, digits)) FROM billing_invoiceline WHERE invoice_id = %s",
            [invoice.pk],
        )
        by_the_database = cursor.fetchone()[0]
    assert Invoice.objects.get(pk=stored.pk).total == sum(each) == by_the_database


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
