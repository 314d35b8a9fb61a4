"""What insurances are asked for: never more than is open, not asked of the patient, paid once."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing import services
from billing.models import Claim, Invoice, Payment
from billing.services.claims import offers
from billing.services.payments import payable_amount
from clinic.models import Refusal
from clinic.money import rounded
from tests.billing.factories import draft, issued, pay
from tests.billing.insurance.factories import insured
from tests.billing.test_money import CURRENCIES
from tests.people import PatientFactory


def owed(invoice: Invoice) -> tuple[Decimal, Decimal, Decimal]:
    """What is open on the invoice, what insurances and what the patient are to pay of it."""
    found = Invoice.objects.with_paid().get(pk=invoice.pk)
    assert payable_amount(found) == found.payable
    return found.open, found.claimed, found.payable


def claimed(percent: str = "80", *, total: str = "100", state: str = "draft", **facts: Any) -> Claim:
    """A claim of an invoice of `total`, brought into `state`."""
    policy = insured(percent, **facts)
    claim = services.claim_invoice(issued(total, patient=policy.patient), by=None, policy=policy)
    return brought(claim, state)


def brought(claim: Claim, state: str) -> Claim:
    """The claim, brought into `state` by the services."""
    if state in ("sent", "accepted", "rejected", "paid"):
        services.send_claim(claim, by=None)
    if state in ("accepted", "paid"):
        services.accept_claim(claim, by=None, amount=claim.amount)
    if state == "rejected":
        services.reject_claim(claim, by=None, reason="Not covered")
    if state == "paid":
        services.pay_claim(claim, by=None, key=f"paid {claim.pk}")
    if state == "withdrawn":
        services.withdraw_claim(claim, by=None)
    return Claim.objects.get(pk=claim.pk)


STATES = ("draft", "sent", "accepted", "rejected", "paid", "withdrawn")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "left"),
    [
        ("draft", (100, 80, 20)),
        ("sent", (100, 80, 20)),
        ("accepted", (100, 80, 20)),
        ("rejected", (100, 0, 100)),
        ("paid", (20, 0, 20)),
        ("withdrawn", (100, 0, 100)),
    ],
)
def test_the_patient_owes_what_no_insurance_is_asked_for(state: str, left: tuple[int, int, int]) -> None:
    claim = claimed(state=state)
    assert (claim.status, claim.amount) == (state, Decimal(80))
    assert owed(claim.invoice) == left


@pytest.mark.django_db
def test_what_is_accepted_less_falls_back_to_the_patient() -> None:
    claim = claimed(state="sent")
    with pytest.raises(Refusal, match="why the insurance pays less") as refusal:
        services.accept_claim(claim, by=None, amount=Decimal(50))
    assert refusal.value.field == "reason"
    services.accept_claim(claim, by=None, amount=Decimal(50), reason="Only the visit is covered")
    assert owed(claim.invoice) == (100, 50, 50)
    services.pay_claim(claim, by=None, key="money", reference="HMO 11/26")
    payment = Payment.objects.get()
    assert (payment.method, payment.amount, payment.reference) == ("insurance", 50, "HMO 11/26")
    assert owed(claim.invoice) == (50, 0, 50)


@pytest.mark.django_db
def test_the_last_of_both_parts_balances_the_invoice() -> None:
    claim = claimed(state="accepted")
    pay(claim.invoice, "20")
    open_still = Invoice.objects.with_paid().get(pk=claim.invoice_id)
    assert (open_still.status, open_still.awaits_insurance) == ("issued", True)
    services.pay_claim(claim, by=None, key="money")
    assert Invoice.objects.get(pk=claim.invoice_id).status == "balanced"


@pytest.mark.django_db
def test_an_insurances_payment_counts_once() -> None:
    claim = claimed(state="accepted")
    one, two = (services.pay_claim(claim, by=None, key="double") for _click in range(2))
    assert one.payment_id == two.payment_id
    with pytest.raises(Refusal, match="no longer possible"):
        services.pay_claim(claim, by=None, key="another")
    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_a_second_click_makes_no_second_claim_and_what_was_rejected_may_be_asked_again() -> None:
    claim = claimed()
    again = services.claim_invoice(claim.invoice, by=None, policy=claim.policy)
    assert again.pk == claim.pk
    brought(claim, "rejected")
    assert services.claim_invoice(claim.invoice, by=None, policy=claim.policy).pk != claim.pk


@pytest.mark.django_db
def test_two_insurances_pay_one_after_the_other_and_never_more_than_is_open() -> None:
    first = insured("80", priority=1)
    second = insured("60", patient=first.patient, payer="Second", priority=2)
    invoice = issued("100", patient=first.patient)
    assert [offer.amount for offer in offers(invoice)] == [80, 60], "each if it alone is asked"
    together = [(offer.policy, offer.amount) for offer in offers(invoice, together=True)]
    assert together == [(first, 80), (second, 20)]
    for policy in (first, second):
        services.claim_invoice(invoice, by=None, policy=policy)
    assert owed(invoice) == (100, 100, 0)
    assert offers(invoice) == []


@pytest.mark.django_db
def test_a_policy_is_asked_for_what_the_patient_has_not_paid_yet() -> None:
    policy = insured("80")
    invoice = issued("100", patient=policy.patient)
    pay(invoice, "50")
    assert services.claim_invoice(invoice, by=None, policy=policy).amount == 50


@pytest.mark.django_db
def test_only_issued_invoices_and_valid_policies_of_the_patient_are_claimed() -> None:
    policy, yesterday = insured("80"), timezone.localdate() - timedelta(days=1)
    with pytest.raises(Refusal, match="issued"):
        services.claim_invoice(draft("100", patient=policy.patient), by=None, policy=policy)
    for invoice in (issued("100"), issued("0", patient=policy.patient)):
        with pytest.raises(Refusal):
            services.claim_invoice(invoice, by=None, policy=policy)
    ended = insured("80", valid_until=yesterday)
    with pytest.raises(Refusal, match="does not hold"):
        services.claim_invoice(issued("100", patient=ended.patient), by=None, policy=ended)


@pytest.mark.django_db
def test_the_patient_does_not_pay_what_an_insurance_is_asked_for() -> None:
    claim = claimed()
    with pytest.raises(Refusal, match="insurance is asked for the rest") as refusal:
        pay(claim.invoice, "20.01")
    assert refusal.value.field == "amount"
    with pytest.raises(Refusal, match="insurance"):
        pay(claim.invoice, "21", is_received=False)
    pay(claim.invoice, "100", rest_to_wallet=True)
    assert owed(claim.invoice) == (80, 80, 0)
    assert claim.patient.wallet.balance == 80


@pytest.mark.django_db
def test_what_an_insurance_is_asked_for_is_not_credited_away() -> None:
    claim = claimed()
    with pytest.raises(Refusal, match="insurance is asked"):
        services.credit_invoice(claim.invoice, by=None, key="c", amount=Decimal(21), reason="Not done")
    services.credit_invoice(claim.invoice, by=None, key="d", amount=Decimal(20), reason="Not done")
    assert owed(claim.invoice) == (80, 80, 0)


@pytest.mark.django_db
def test_what_an_insurance_paid_goes_back_to_the_insurance() -> None:
    claim = claimed("100", state="paid")
    services.credit_invoice(claim.invoice, by=None, key="c", amount=Decimal(30), reason="Not done")
    with pytest.raises(Refusal, match="back to the insurance"):
        services.refund_payment(claim.payment, by=None, key="r", amount=Decimal(30), method="wallet")
    back = services.refund_payment(claim.payment, by=None, key="r", amount=Decimal(30), method="insurance")
    assert (back.method, owed(claim.invoice)) == ("insurance", (0, 0, 0))


@pytest.mark.django_db
def test_an_invoice_is_overdue_only_while_the_patient_owes_something() -> None:
    claim = claimed("100")
    late = timezone.localdate() + timedelta(days=30)
    assert not Invoice.objects.overdue(late).exists()
    brought(claim, "rejected")
    assert Invoice.objects.overdue(late).get() == claim.invoice


@pytest.mark.django_db
def test_several_claims_are_sent_together_or_none() -> None:
    waiting, sent = claimed(payer="Second"), claimed(state="sent")
    with pytest.raises(Refusal):
        services.send_claims(by=None, claims=[waiting, sent])
    assert Claim.objects.get(pk=waiting.pk).status == "draft"
    with pytest.raises(Refusal, match="Choose"):
        services.send_claims(by=None, claims=[])
    assert [claim.status for claim in services.send_claims(by=None, claims=[waiting])] == ["sent"]


@pytest.mark.django_db
@pytest.mark.parametrize("currency", CURRENCIES)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_parts_are_in_coins_and_come_to_the_total_whatever_insurances_answer(
    currency: str, data: Any
) -> None:
    digits = CURRENCIES[currency]
    connection.tenant.currency = currency
    percents = data.draw(st.lists(st.decimals("0.01", 100, places=2), min_size=1, max_size=2))
    total = data.draw(st.decimals(1, 99999, places=digits))
    patient = PatientFactory()
    for number, percent in enumerate(percents):
        insured(str(percent), patient=patient, payer=f"Payer {number}", priority=number + 1)
    invoice = issued(str(total), patient=patient)
    for offer in offers(invoice):
        claim = services.claim_invoice(invoice, by=None, policy=offer.policy)
        brought(claim, data.draw(st.sampled_from(STATES)))
        open_still, asked, payable = owed(invoice)
        assert open_still - asked == payable >= 0
        assert all(amount == rounded(amount, digits) for amount in (open_still, asked, payable))
    split = Claim.objects.of(Invoice.objects.with_paid().get(pk=invoice.pk))
    assert sum(one.part for one in split.claims) + split.patient == total
    assert split.patient >= 0


RAW_CLAIM = """
INSERT INTO billing_claim
    (id, created_at, invoice_id, patient_id, policy_id, payer_id, amount, digits, status, reason)
SELECT gen_random_uuid(), now(), invoice_id, patient_id, policy_id, payer_id, {amount}, digits, 'draft', ''
FROM billing_claim WHERE id = %s
"""
RAW_PAYMENT = """
INSERT INTO billing_payment
    (id, created_at, invoice_id, amount, method, status, reference, received_at, idempotency_key)
SELECT gen_random_uuid(), now(), invoice_id, {amount}, '{method}', 'completed', '', now(), 'raw'
FROM billing_claim WHERE id = %s
"""
OF_ANOTHER_PATIENT = """
UPDATE billing_claim
SET patient_id = (SELECT member_id FROM members_patientprofile WHERE member_id <> patient_id LIMIT 1)
WHERE id = %s
"""
ACCEPTED_MORE = """
UPDATE billing_claim SET status = 'accepted', accepted_amount = 81, decided_at = now() WHERE id = %s
"""
PAID_WITHOUT_MONEY = """
UPDATE billing_claim SET status = 'paid', payment_id = (SELECT id FROM billing_payment LIMIT 1) WHERE id = %s
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "statement"),
    [
        # Asked twice, and more than is open beside what is asked for.
        ("draft", RAW_CLAIM.format(amount=10)),
        ("withdrawn", RAW_CLAIM.format(amount="100.01")),
        ("withdrawn", RAW_CLAIM.format(amount="0.001")),
        ("draft", RAW_PAYMENT.format(amount=21, method="cash")),
        ("sent", RAW_PAYMENT.format(amount=10, method="insurance")),
        ("draft", "UPDATE billing_claim SET amount = 81 WHERE id = %s"),
        ("draft", OF_ANOTHER_PATIENT),
        ("draft", "UPDATE billing_claim SET status = 'accepted' WHERE id = %s"),
        ("sent", "UPDATE billing_claim SET sent_at = now() + interval '1 day' WHERE id = %s"),
        ("sent", ACCEPTED_MORE),
        ("sent", "UPDATE billing_claim SET status = 'rejected', decided_at = now() WHERE id = %s"),
        ("accepted", "UPDATE billing_claim SET accepted_amount = 10, reason = 'Less' WHERE id = %s"),
        ("accepted", PAID_WITHOUT_MONEY),
        ("rejected", "UPDATE billing_claim SET reason = 'Another' WHERE id = %s"),
        ("paid", "UPDATE billing_claim SET reason = 'Another' WHERE id = %s"),
        ("withdrawn", "DELETE FROM billing_claim WHERE id = %s"),
    ],
)
def test_a_claim_stays_as_it_was_made_and_answered_against_sql(state: str, statement: str) -> None:
    claim, _other = claimed(state=state), PatientFactory()
    if statement == PAID_WITHOUT_MONEY:
        pay(claim.invoice, "20")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        at_commit(cursor, statement, claim.pk)


def at_commit(cursor: Any, statement: str, key: Any) -> None:
    """Execute the statement, and let the database look at what it looks at when a transaction ends."""
    cursor.execute(statement, [key])
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_one_click_on_eight_desks_makes_one_claim_and_one_payment(race: Callable[..., list[Any]]) -> None:
    policy = insured("80")
    invoice = issued("100", patient=policy.patient)
    made = race(8, lambda _number: services.claim_invoice(invoice, by=None, policy=policy))
    assert len({claim.pk for claim in made}) == 1
    brought(made[0], "accepted")
    paid = race(8, lambda number: services.pay_claim(made[0], by=None, key=f"desk {number}"))
    assert sum(isinstance(result, Claim) for result in paid) == 1
    assert all(isinstance(result, Claim | Refusal) for result in paid), paid
    assert owed(invoice) == (20, 0, 20)
