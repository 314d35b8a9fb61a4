"""Who hands over more than is open may leave the rest in the wallet, if that was asked for."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from billing.models import Invoice, Payment
from billing.wallets.models import LedgerEntry, Wallet
from clinic.models import Refusal
from tests.billing.factories import issued, pay
from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db


def held(invoice: Invoice) -> Decimal:
    wallet = Wallet.objects.filter(patient=invoice.patient).first()
    return wallet.balance if wallet else Decimal(0)


def test_the_rest_goes_into_the_wallet_and_the_invoice_is_paid() -> None:
    invoice = issued("100")
    payment = pay(invoice, "130", method="card", reference="slip 4711", rest_to_wallet=True)
    paid = Invoice.objects.with_paid().get(pk=invoice.pk)
    assert (payment.amount, paid.status, paid.open, held(invoice)) == (100, "balanced", 0, 30)
    entry = LedgerEntry.objects.get()
    assert (entry.method, entry.reference, entry.about_id) == ("card", "slip 4711", payment.pk)


def test_the_same_key_counts_once_with_its_rest() -> None:
    invoice = issued("100")
    one, two = (pay(invoice, "130", key="twice", rest_to_wallet=True) for _click in range(2))
    assert (one.pk, held(invoice)) == (two.pk, 30)
    with pytest.raises(Refusal, match="already used"):
        pay(invoice, "100", key="twice", rest_to_wallet=True)


def test_what_is_not_more_than_open_leaves_no_rest() -> None:
    invoice = issued("100")
    assert pay(invoice, "60", rest_to_wallet=True).amount == 60
    assert not LedgerEntry.objects.exists()


@pytest.mark.parametrize("facts", [{"method": "wallet"}, {"method": "transfer", "is_received": False}])
def test_only_money_that_is_handed_over_leaves_a_rest(facts: dict[str, Any]) -> None:
    invoice = issued("100")
    with pytest.raises(Refusal, match="more than is still open"):
        pay(invoice, "130", rest_to_wallet=True, **facts)
    assert not Payment.objects.exists()


def test_a_rest_has_the_currencys_places_and_nothing_of_it_is_kept_otherwise() -> None:
    invoice = issued("100")
    with pytest.raises(Refusal, match="decimal places"):
        pay(invoice, "100.001", rest_to_wallet=True)


def test_a_paid_invoice_takes_no_rest() -> None:
    invoice = issued("100")
    pay(invoice, "100")
    with pytest.raises(Refusal, match="Nothing is to be paid"):
        pay(invoice, "30", key="more", rest_to_wallet=True)


def test_a_wallet_in_another_currency_takes_no_rest() -> None:
    invoice = issued("100")
    Wallet.objects.create(patient=invoice.patient, currency="EUR", digits=2)
    with pytest.raises(Refusal, match="another currency"):
        pay(invoice, "130", rest_to_wallet=True)


def test_the_desk_asks_for_it_by_a_tick(client_for: Callable[..., Any]) -> None:
    desk, invoice = client_for(with_login(StaffFactory())), issued("100")
    form = {"amount": "130", "method": "cash", "is_received": "on"}
    refused = desk.send(f"/invoices/{invoice.pk}/payments/", form).content.decode()
    assert "This is more than is still open on the invoice." in refused
    assert "Put the rest into the wallet" in refused
    taken = desk.send(f"/invoices/{invoice.pk}/payments/", {**form, "rest_to_wallet": "on"}, follow=True)
    assert "30.00 went into the patient’s wallet." in taken.content.decode()
    assert held(invoice) == 30
