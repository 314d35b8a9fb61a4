"""Where rooms of money meet: one invoice is insured, credited, paid online and in cash, and given back."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.members.models import PatientProfile
from billing import services
from billing.books.agreement import disagreements
from billing.cash.models.takings import of_day
from billing.insurance.models import Policy
from billing.models import Invoice, Payment
from billing.models.statements import statements_of
from billing.online.services import settle_online_payment
from billing.services import record_payment
from billing.wallets.models import Wallet
from billing.wallets.services import top_up_wallet, transfer_wallet
from clinic.db.current import connection
from clinic.models import Refusal
from tests.billing.factories import issued, pay
from tests.billing.insurance.factories import insured
from tests.billing.online.factories import opened
from tests.billing.test_credits import credit, refund
from tests.billing.test_letters import delivered, papers
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db


def holds(patient: PatientProfile) -> Decimal:
    return Wallet.objects.get(patient=patient).balance


@pytest.fixture
def policy() -> Policy:
    return insured("60", patient=PatientFactory(email="ada@people.example"))


@pytest.fixture
def met(policy: Policy) -> Invoice:
    """Of 100, while all are being paid online, 60 are claimed and 30 paid in cash; then the 100 arrive."""
    invoice = issued("100", patient=policy.patient)
    online = opened(invoice)
    claim = services.send_claim(services.claim_invoice(invoice, by=None, policy=policy), by=None)
    pay(invoice, "30")
    settle_online_payment(online, by=None, their_payment="pi_1")
    services.accept_claim(claim, by=None, amount=Decimal(50), reason="less")
    return Invoice.objects.with_paid().get(pk=invoice.pk)


def test_all_rooms_tell_the_same_of_an_invoice_that_went_through_all_of_them(met: Invoice) -> None:
    assert (met.open, met.payable, holds(met.patient)) == (60, 10, 90)
    services.pay_claim(met.claims.get(), by=None, key="claim")
    record_payment(met, by=None, key="wallet", amount=Decimal(10), method="wallet")
    credit(met, "20")
    paid = {payment.method: payment for payment in Payment.objects.all()}
    for number, (method, way) in enumerate(
        [("insurance", "insurance"), ("online", "wallet"), ("online", "online"), ("cash", "cash")]
    ):
        refund(paid[method], "5", method=way, key=str(number))
    with pytest.raises(Refusal):
        refund(paid["cash"], "0.01", key="one more")
    today = timezone.localdate()
    [said] = statements_of(met.patient, today, today)
    assert said.closing == 0
    took = of_day(today, met.currency).total
    assert (took.invoiced, took.received) == (80, 80 + holds(met.patient))
    assert list(disagreements()) == []


def test_a_wallet_pays_nothing_in_another_currency(acme: Any) -> None:
    patient, other = PatientFactory(), PatientFactory()
    top_up_wallet(patient, by=None, key="top", amount=Decimal(500), method="cash")
    own, connection.tenant.currency = connection.tenant.currency, "EUR"
    try:
        invoice = issued("100", patient=patient)
        with pytest.raises(Refusal, match="another currency"):
            record_payment(invoice, by=None, key="wallet", amount=Decimal(10), method="wallet")
        paid = pay(invoice, "100")
        credit(invoice, "20")
        with pytest.raises(Refusal, match="another currency"):
            refund(paid, "5", method="wallet")
        with pytest.raises(Refusal, match="different currencies"):
            transfer_wallet(patient, by=None, key="transfer", amount=Decimal(5), to=other)
    finally:
        connection.tenant.currency = own


def test_a_receipt_names_who_paid_and_what_went_into_the_wallet(
    met: Invoice, client_for: Callable[..., Any]
) -> None:
    desk = client_for(with_login(StaffFactory()))

    def receipt(method: str) -> str:
        page: str = desk.get(f"/payments/{met.payments.get(method=method).pk}/receipt/").content.decode()
        return page

    online = receipt("online")
    for words in ("Into the wallet", "90.00", "100.00", "Of it the patient still pays"):
        assert words in online
    services.pay_claim(met.claims.get(), by=None, key="claim")
    assert "<dt>Received from</dt><dd>Hygeia</dd>" in receipt("insurance")
    assert f"<dt>Received from</dt><dd>{met.patient.member.name}</dd>" in receipt("cash")


def test_a_statement_does_not_ask_the_patient_for_what_an_insurance_is_asked(
    met: Invoice, client_for: Callable[..., Any]
) -> None:
    today = timezone.localdate()
    [said] = statements_of(met.patient, today, today)
    assert (said.closing, said.insured, said.owed) == (60, 50, 10)
    own = client_for(with_login(met.patient.member)).get("/portal/statement/").content.decode()
    assert "insurances are asked for" in own
    services.email_statement(met.patient, by=None, key="sent", first=today, last=today)
    letter = delivered()
    assert "Still to be paid by you: ₦10.00" in letter.body
    assert papers(letter)[0][1].startswith(b"%PDF")
    yesterday = today - timedelta(days=1)
    assert statements_of(met.patient, yesterday, yesterday)[0].insured == 0


def test_nothing_is_offered_online_that_only_an_insurance_is_asked_for(
    client_for: Callable[..., Any],
) -> None:
    policy = insured("100")
    opened(issued("7", patient=policy.patient))
    invoice = issued("100", patient=policy.patient)
    own, page = client_for(with_login(policy.patient.member)), f"/invoices/{invoice.pk}/online/"
    assert "Pay online" in own.get(page).content.decode()
    services.claim_invoice(invoice, by=None, policy=policy)
    assert "Pay online" not in own.get(page).content.decode()


def test_no_more_is_proposed_to_be_given_back_than_is_left_of_the_payment(
    client_for: Callable[..., Any],
) -> None:
    invoice = issued("100")
    first = pay(invoice, "50")
    pay(invoice, "50", key="second")
    credit(invoice, "80")
    refund(first, "30")
    desk = client_for(with_login(StaffFactory()))
    assert 'value="20.00"' in desk.get(f"/payments/{first.pk}/refund/").content.decode()
