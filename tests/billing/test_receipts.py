"""Who has paid gets a receipt: for money that has arrived, and only the own."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from billing import services
from billing.models import Payment
from tests.billing.factories import issued, pay
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client_for: Callable[..., Any]) -> Any:
    return client_for(with_login(StaffFactory()))


def test_a_receipt_says_what_came_for_what_and_what_is_open(desk: Any) -> None:
    invoice = issued("100")
    payment = pay(invoice, "40", method="card", reference="slip 4711")
    sheet = f"/payments/{payment.pk}/receipt/"
    assert sheet in desk.get(invoice.get_absolute_url()).content.decode()
    shown = desk.get(sheet).content.decode()
    for words in (payment.receipt_number, invoice.reference, "40.00", "60.00", "Card", "slip 4711"):
        assert words in shown
    assert desk.get(f"{sheet}pdf/").content.startswith(b"%PDF")


def test_a_receipt_says_what_went_into_the_wallet_and_what_was_given_back(desk: Any) -> None:
    payment = pay(issued("100"), "130", rest_to_wallet=True)
    services.credit_invoice(payment.invoice, by=None, key="c", amount=Decimal(20), reason="Not done")
    services.refund_payment(payment, by=None, key="r", amount=Decimal(15), method="cash")
    shown = desk.get(f"/payments/{payment.pk}/receipt/").content.decode()
    for words in ("Into the wallet", "130.00", "Given back since", "\N{MINUS SIGN}NGN 15.00"):
        assert words in shown.replace("\xa0", " ").replace("₦", "NGN "), shown


def test_money_that_has_not_arrived_has_no_receipt(desk: Any) -> None:
    announced = pay(issued("100"), "40", is_received=False)
    assert desk.get(f"/payments/{announced.pk}/receipt/").status_code == 404
    assert "/receipt/" not in desk.get(announced.invoice.get_absolute_url()).content.decode()


def test_a_receipt_is_its_patients_and_no_others(client_for: Callable[..., Any]) -> None:
    payment = pay(issued("100"), "40")
    own = client_for(with_login(payment.invoice.patient.member))
    other = client_for(with_login(PatientFactory().member))
    assert own.get(f"/payments/{payment.pk}/receipt/").status_code == 200
    assert other.get(f"/payments/{payment.pk}/receipt/").status_code == 404
    assert other.get(f"/payments/{payment.pk}/receipt/pdf/").status_code == 404


def test_receipts_are_told_apart_by_their_numbers() -> None:
    invoice = issued("100")
    for number in range(20):
        pay(invoice, "1", key=str(number))
    assert len({payment.receipt_number for payment in Payment.objects.all()}) == 20
