"""Payments count once, and never come to more than the invoice."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from billing import services
from billing.models import Invoice, Payment
from clinic.models import Refusal
from tests.billing.factories import draft, issued, pay


@pytest.mark.django_db
def test_the_last_open_amount_balances_the_invoice() -> None:
    invoice = issued("100")
    pay(invoice, "40")
    assert Invoice.objects.get(pk=invoice.pk).status == "issued"
    pay(invoice, "60", method="card", reference="slip 4711")
    paid = Invoice.objects.with_paid().get(pk=invoice.pk)
    assert (paid.status, paid.paid, paid.open) == ("balanced", 100, 0)


@pytest.mark.django_db
def test_more_than_is_open_is_refused_beside_the_amount() -> None:
    invoice = issued("100")
    pay(invoice, "40")
    with pytest.raises(Refusal, match="more than is still open") as refusal:
        pay(invoice, "60.01")
    assert refusal.value.field == "amount"


@pytest.mark.django_db
def test_a_draft_takes_no_payment() -> None:
    with pytest.raises(Refusal):
        pay(draft("100"), "10")


@pytest.mark.django_db
def test_the_amount_has_the_currencys_places() -> None:
    with pytest.raises(Refusal, match="decimal places"):
        pay(issued("100"), "0.001")


@pytest.mark.django_db
def test_the_same_key_counts_once() -> None:
    invoice = issued("100")
    one, two = pay(invoice, "30", key="double"), pay(invoice, "30", key="double")
    assert one.pk == two.pk
    assert Payment.objects.count() == 1
    with pytest.raises(Refusal, match="already used"):
        pay(invoice, "31", key="double")


@pytest.mark.django_db
def test_announced_money_counts_when_it_arrives() -> None:
    invoice = issued("100")
    announced = pay(invoice, "100", method="transfer", is_received=False)
    assert Invoice.objects.with_paid().get(pk=invoice.pk).open == 100
    services.complete_payment(announced, by=None)
    assert Invoice.objects.get(pk=invoice.pk).status == "balanced"
    with pytest.raises(Refusal):
        services.fail_payment(announced, by=None)


@pytest.mark.django_db
def test_money_that_arrives_too_late_is_refused() -> None:
    invoice = issued("100")
    announced = pay(invoice, "100", method="transfer", is_received=False)
    pay(invoice, "50")
    with pytest.raises(Refusal, match="owes less than this by now"):
        services.complete_payment(announced, by=None)
    assert services.fail_payment(announced, by=None).status == "failed"


@pytest.mark.django_db
def test_announced_money_together_is_no_more_than_is_open() -> None:
    invoice = issued("100")
    pay(invoice, "30")
    gone = pay(invoice, "50", is_received=False)
    with pytest.raises(Refusal, match="money on its way") as refusal:
        pay(invoice, "20.01", is_received=False)
    assert refusal.value.field == "amount"
    pay(invoice, "20", is_received=False)
    services.fail_payment(gone, by=None)
    pay(invoice, "50", key="once more", is_received=False)


@pytest.mark.django_db
def test_money_at_the_desk_is_taken_although_more_is_on_its_way() -> None:
    invoice = issued("100")
    announced = pay(invoice, "100", is_received=False)
    pay(invoice, "100", key="cash")
    assert Invoice.objects.get(pk=invoice.pk).status == "balanced"
    assert services.fail_payment(announced, by=None).status == "failed"


ANNOUNCED = """
INSERT INTO billing_payment (id, created_at, invoice_id, amount, method, status, reference, idempotency_key)
SELECT gen_random_uuid(), now(), invoice_id, 41, method, 'pending', '', 'raw'
FROM billing_payment WHERE id = %s
"""


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [ANNOUNCED, "UPDATE billing_payment SET amount = 101 WHERE id = %s"])
def test_the_limit_of_announced_money_holds_against_sql(statement: str) -> None:
    announced = pay(issued("100"), "60", is_received=False)
    with (
        pytest.raises(IntegrityError, match="money on its way"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement, [announced.pk])


ONE_TOO_MANY = """
INSERT INTO billing_payment
    (id, created_at, invoice_id, amount, method, status, reference, received_at, idempotency_key)
SELECT gen_random_uuid(), now(), invoice_id, 70, method, status, '', now(), 'raw'
FROM billing_payment WHERE id = %s
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE billing_payment SET amount = 200 WHERE id = %s",
        "UPDATE billing_payment SET amount = 1 WHERE id = %s",
        "UPDATE billing_payment SET status = 'pending', received_at = NULL WHERE id = %s",
        "DELETE FROM billing_payment WHERE id = %s",
        ONE_TOO_MANY,
    ],
)
def test_a_recorded_payment_and_the_limit_hold_against_sql(statement: str) -> None:
    payment = pay(issued("100"), "40")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [payment.pk])


def test_receptionists_at_the_same_moment_cannot_overpay(race: Callable[..., list[Any]]) -> None:
    invoice = issued("100")
    results = race(8, lambda number: pay(invoice, "30", key=f"desk {number}"))
    assert sum(isinstance(result, Payment) for result in results) == 3
    assert all(isinstance(result, Payment | Refusal) for result in results), results
    assert Invoice.objects.with_paid().get(pk=invoice.pk).paid == Decimal(90)


def test_one_form_sent_eight_times_at_once_counts_once(race: Callable[..., list[Any]]) -> None:
    invoice = issued("100")
    results = race(8, lambda _number: pay(invoice, "10", key="one click"))
    assert len({result.pk for result in results}) == 1
    assert Payment.objects.count() == 1
