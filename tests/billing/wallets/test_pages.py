"""The desk's pages of wallets, and the patient's own."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.roles import Role
from billing.wallets.models import LedgerEntry, Wallet
from tests.billing.factories import issued
from tests.billing.wallets.test_ledger import held, holding
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    """The receptionist's browser."""
    return client_for(with_login(StaffFactory()))


def at(name: str, patient: Any) -> str:
    return reverse(f"wallets:{name}", args=[patient.pk])


def test_looking_at_a_wallet_makes_none(desk: Any) -> None:
    patient = PatientFactory()
    assert "Nothing was ever in this wallet" in desk.get(at("wallet", patient)).content.decode()
    assert not Wallet.objects.exists()


def test_the_desk_takes_money_in_and_gives_it_back(desk: Any) -> None:
    patient = PatientFactory()
    facts = {"amount": "250.50", "method": "card", "reference": "Slip 7"}
    answer = desk.send(at("top_up_wallet", patient), facts, follow=True)
    assert "250.50" in answer.content.decode()
    desk.send(at("pay_out_wallet", patient), {"amount": "50.50", "method": "cash"})
    assert held(patient) == Decimal(200)


@pytest.mark.parametrize(
    ("amount", "sentence"), [("900", "not so much"), ("0", "greater than"), ("", "required")]
)
def test_what_is_refused_stands_beside_the_amount_with_what_was_typed(
    desk: Any, amount: str, sentence: str
) -> None:
    patient = holding("10")
    answer = desk.send(
        at("pay_out_wallet", patient), {"amount": amount, "method": "card", "reference": "Note 9"}
    )
    page = answer.content.decode()
    assert sentence in page
    assert "Note 9" in page
    assert held(patient) == Decimal(10)


def test_money_goes_to_another_person_who_is_looked_for(desk: Any) -> None:
    mother, child = holding("80"), PatientFactory(given_name="Chidera")
    found = desk.get(at("transfer_wallet", mother) + "?q=chidera").content.decode()
    assert f"?to={child.pk}" in found
    assert "Chidera" in desk.get(at("transfer_wallet", mother) + f"?to={child.pk}").content.decode()
    sent = {"amount": "30", "to": str(child.pk), "reason": "Mother of the child"}
    page = desk.send(at("transfer_wallet", mother), sent, follow=True).content.decode()
    assert "to Chidera" in page
    assert (held(mother), held(child)) == (Decimal(50), Decimal(30))
    refused = desk.send(at("transfer_wallet", mother), {**sent, "to": ""}).content.decode()
    assert "Choose to whom the money goes." in refused


def test_only_administrators_correct_a_wallet(desk: Any, client_for: Callable[..., Any]) -> None:
    patient = holding("10")
    wrong = {"amount": "-4", "reason": "Typed twice"}
    assert desk.send(at("adjust_wallet", patient), wrong).status_code == 403
    admin = client_for(with_login(StaffFactory(role=Role.ADMIN)))
    assert "Typed twice" in admin.send(at("adjust_wallet", patient), wrong, follow=True).content.decode()
    assert held(patient) == Decimal(6)


def test_an_invoice_is_paid_from_the_wallet_where_there_is_something_in_it(desk: Any) -> None:
    empty, full = issued("60"), issued("60", patient=holding("100"))
    pages = [desk.get(invoice.get_absolute_url()).content.decode() for invoice in (empty, full)]
    assert ["Wallet (" in page for page in pages] == [False, True]
    sent = {"amount": "60", "method": "wallet", "is_received": "on"}
    paid = desk.send(reverse("billing:record_payment", args=[full.pk]), sent, follow=True)
    assert "The payment is recorded." in paid.content.decode()
    assert held(full.patient) == Decimal(40)
    assert LedgerEntry.objects.filter(reference=full.reference).exists()


def test_a_patient_sees_the_own_wallet_alone(client_for: Callable[..., Any]) -> None:
    mine, other = holding("123"), holding("456")
    browser = client_for(with_login(mine.member))
    page = browser.get(reverse("wallets:portal_wallet")).content.decode()
    assert "123.00" in page
    assert "456" not in page
    assert browser.get(at("wallet", other)).status_code == 403
