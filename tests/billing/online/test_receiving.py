"""Only what a provider has signed makes money count, and it counts once."""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django_tenants.utils import tenant_context

from billing.models import Invoice, Payment
from billing.online import services
from billing.online.adapters.interface import Event, What
from billing.online.adapters.stripe import Stripe
from billing.online.models import OnlinePayment, PaymentProvider, WebhookEvent
from billing.wallets.models import LedgerEntry, Wallet
from tests.billing.factories import issued, pay
from tests.billing.online.factories import (
    SECRET,
    WEBHOOK,
    charged,
    completed,
    of_paystack,
    of_stripe,
    opened,
    paystack,
    recorded,
    stripe,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider(anonymous: Callable[..., Any], acme: Any) -> Callable[..., Any]:
    """`provider(row, message)`: the provider's server calls; what we answer."""

    def call(row: PaymentProvider, message: dict[str, Any]) -> Any:
        return anonymous(acme).post(f"/webhooks/payments/{row.pk}/", **message)

    return call


def counted(online: OnlinePayment) -> list[Decimal]:
    return [payment.amount for payment in Payment.objects.filter(invoice=online.invoice_id)]


def test_what_stripe_confirms_balances_the_invoice(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"))
    assert provider(online.provider, of_stripe(completed(online))).status_code == 200
    paid = OnlinePayment.objects.get(pk=online.pk)
    assert (paid.status, paid.payment.method, paid.their_payment) == (
        "succeeded",
        "online",
        "pi_3TXpkgDnFqCVvYz41xkQ9Z2a",
    )
    assert Invoice.objects.get(pk=online.invoice_id).status == "balanced"
    assert WebhookEvent.objects.get().outcome == "counted"


def test_what_paystack_confirms_balances_the_invoice(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"), paystack())
    assert provider(online.provider, of_paystack(charged(online))).status_code == 200
    assert Invoice.objects.get(pk=online.invoice_id).status == "balanced"


def test_a_replayed_message_counts_once(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"))
    message = of_stripe(completed(online))
    assert [provider(online.provider, message).status_code for _time in range(3)] == [200, 200, 200]
    # Another message about the same payment.
    again = of_stripe(completed(online, id="evt_2"))
    assert provider(online.provider, again).status_code == 200
    assert counted(online) == [100]
    assert WebhookEvent.objects.count() == 2


def test_a_replayed_message_of_paystack_counts_once(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"), paystack())
    for _time in range(3):
        assert provider(online.provider, of_paystack(charged(online))).status_code == 200
    assert (counted(online), WebhookEvent.objects.count()) == ([100], 1)


def tampered(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "data": message["data"].replace("10000", "10001")}


@pytest.mark.parametrize(
    "spoil",
    [
        tampered,
        lambda message: {**message, "HTTP_STRIPE_SIGNATURE": ""},
        lambda message: {**message, "HTTP_STRIPE_SIGNATURE": "t=,v1="},
        lambda message: {**message, "HTTP_STRIPE_SIGNATURE": f"t={int(time.time())},v0={'0' * 64}"},
        lambda message: {
            **message,
            "HTTP_STRIPE_SIGNATURE": f"t=1,{message['HTTP_STRIPE_SIGNATURE']}",
        },
        lambda message: {**message, "content_type": "multipart/form-data; boundary=x"},
    ],
    ids=["tampered", "unsigned", "empty", "other scheme", "two times", "as a form"],
)
def test_what_stripe_did_not_sign_is_refused(
    provider: Callable[..., Any], spoil: Callable[..., dict[str, Any]]
) -> None:
    online = opened(issued("100"))
    answer = provider(online.provider, spoil(of_stripe(completed(online))))
    assert answer.status_code in (400, 413)
    assert (counted(online), WebhookEvent.objects.count()) == ([], 0)


@pytest.mark.parametrize("seconds", [-301, 360])
def test_a_message_of_another_hour_is_refused(provider: Callable[..., Any], seconds: int) -> None:
    online = opened(issued("100"))
    old = of_stripe(completed(online), at=time.time() + seconds)
    assert provider(online.provider, old).status_code == 400
    assert counted(online) == []


@pytest.mark.parametrize("secret", ["", "whsec_of_another_clinic", SECRET])
def test_a_message_signed_with_another_secret_is_refused(provider: Callable[..., Any], secret: str) -> None:
    online = opened(issued("100"))
    assert provider(online.provider, of_stripe(completed(online), secret)).status_code == 400
    assert counted(online) == []


def test_what_paystack_did_not_sign_is_refused(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"), paystack())
    message = of_paystack(charged(online))
    for spoiled in (tampered(message), {**message, "HTTP_X_PAYSTACK_SIGNATURE": "é"}, of_paystack({}, "")):
        assert provider(online.provider, spoiled).status_code == 400
    assert counted(online) == []


def test_another_clinics_address_knows_nothing_of_it(
    provider: Callable[..., Any], anonymous: Callable[..., Any], beta: Any
) -> None:
    online = opened(issued("100"))
    message = of_stripe(completed(online))
    assert anonymous(beta).post(f"/webhooks/payments/{online.provider_id}/", **message).status_code == 404
    with tenant_context(beta):
        theirs = stripe()
    assert anonymous(beta).post(f"/webhooks/payments/{theirs.pk}/", **message).status_code == 200
    with tenant_context(beta):
        assert WebhookEvent.objects.get().outcome == "nothing"
        assert not Payment.objects.exists()
    assert counted(online) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"data__object__amount_total": 9999},
        {"data__object__amount_total": 10001},
        {"data__object__amount_total": "a lot"},
        {"data__object__currency": "jpy"},
    ],
)
def test_another_sum_than_was_asked_for_is_left_to_people(
    provider: Callable[..., Any], facts: dict[str, Any]
) -> None:
    online = opened(issued("100"))
    assert provider(online.provider, of_stripe(completed(online, **facts))).status_code == 200
    online.refresh_from_db()
    assert (online.status, online.is_unclear, counted(online)) == ("pending", True, [])
    assert WebhookEvent.objects.get().outcome == "unclear"


def test_a_session_that_is_complete_and_not_paid_yet_counts_nothing(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"))
    waiting = completed(online, data__object__payment_status="unpaid")
    assert provider(online.provider, of_stripe(waiting)).status_code == 200
    assert counted(online) == []
    arrived = completed(online, id="evt_2", type="checkout.session.async_payment_succeeded")
    provider(online.provider, of_stripe(arrived))
    assert counted(online) == [100]


@pytest.mark.parametrize(
    ("kind", "session", "status"),
    [
        ("checkout.session.expired", "expired", "expired"),
        ("checkout.session.async_payment_failed", "complete", "failed"),
    ],
)
def test_what_ends_without_money_says_so(
    provider: Callable[..., Any], kind: str, session: str, status: str
) -> None:
    online = opened(issued("100"))
    facts = {"type": kind, "data__object__status": session, "data__object__payment_status": "unpaid"}
    provider(online.provider, of_stripe(completed(online, **facts)))
    online.refresh_from_db()
    assert online.status == status
    # And if the money comes after all, it counts.
    provider(online.provider, of_stripe(completed(online, id="evt_2")))
    assert counted(online) == [100]


def test_what_is_not_owed_any_more_goes_into_the_wallet(provider: Callable[..., Any]) -> None:
    invoice = issued("100")
    online = opened(invoice)
    pay(invoice, "30")
    provider(online.provider, of_stripe(completed(online)))
    online.refresh_from_db()
    entry = LedgerEntry.objects.get()
    assert (online.payment.amount, online.to_wallet) == (70, 30)
    assert (entry.amount, entry.method, entry.about_id) == (30, "online", online.pk)
    assert Invoice.objects.get(pk=invoice.pk).status == "balanced"


def test_money_for_a_balanced_invoice_is_in_the_wallet_whole(provider: Callable[..., Any]) -> None:
    invoice = issued("100")
    online = opened(invoice)
    pay(invoice, "100")
    provider(online.provider, of_stripe(completed(online)))
    online.refresh_from_db()
    assert (online.status, online.payment, online.to_wallet) == ("succeeded", None, 100)
    assert Wallet.objects.get().balance == 100


def test_two_attempts_that_are_both_paid_lose_nothing(provider: Callable[..., Any]) -> None:
    invoice = issued("100")
    one = opened(invoice, key="one")
    two = opened(invoice, paystack(), key="two")
    provider(one.provider, of_stripe(completed(one)))
    provider(two.provider, of_paystack(charged(two)))
    assert (counted(one), Wallet.objects.get().balance) == ([100], 100)


def test_money_that_no_wallet_can_take_is_left_to_people(provider: Callable[..., Any]) -> None:
    invoice = issued("100")
    online = opened(invoice)
    pay(invoice, "100")
    Wallet.objects.create(patient_id=invoice.patient_id, currency="EUR", digits=2)
    assert provider(online.provider, of_stripe(completed(online))).status_code == 200
    online.refresh_from_db()
    assert online.is_unclear


def test_a_reference_that_is_not_ours_is_nobodys_matter(provider: Callable[..., Any]) -> None:
    own = stripe()
    told = recorded("stripe_checkout_session_completed")
    assert provider(own, of_stripe(told)).status_code == 200
    assert WebhookEvent.objects.get().outcome == "nothing"


@pytest.mark.parametrize("body", ["[]", "nothing", "[" * 100_000, '{"type": "refund.updated"}'])
def test_what_is_signed_and_makes_no_sense_is_no_crash(provider: Callable[..., Any], body: str) -> None:
    own = stripe()
    message = of_stripe({})
    stamp = int(time.time())
    digest = hmac.new(WEBHOOK.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    message |= {"data": body, "HTTP_STRIPE_SIGNATURE": f"t={stamp},v1={digest}"}
    assert provider(own, message).status_code == 400
    assert not WebhookEvent.objects.exists()


def test_one_providers_word_is_nothing_for_anothers_payment(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"))
    assert provider(paystack(), of_paystack(charged(online))).status_code == 200
    assert counted(online) == []


def test_a_body_that_is_too_long_is_not_read(provider: Callable[..., Any]) -> None:
    own = stripe()
    assert provider(own, {"data": "x" * 300_000, "content_type": "application/json"}).status_code == 413


def test_the_address_is_only_called_by_post(anonymous: Callable[..., Any], acme: Any) -> None:
    assert anonymous(acme).get(f"/webhooks/payments/{stripe().pk}/").status_code == 405


def test_a_provider_that_was_switched_off_still_tells_what_was_paid(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"))
    services.switch_off_provider(online.provider, by=None)
    provider(online.provider, of_stripe(completed(online)))
    assert counted(online) == [100]


def test_of_a_message_only_the_hash_is_kept(
    provider: Callable[..., Any], audit_trail: Callable[[], list[Any]]
) -> None:
    online = opened(issued("100"))
    provider(online.provider, of_stripe(completed(online)))
    kept = json.dumps([[entry.old, entry.new] for entry in audit_trail()])
    assert "payer@example.com" not in kept


def test_what_was_told_and_paid_is_never_changed(provider: Callable[..., Any]) -> None:
    online = opened(issued("100"))
    provider(online.provider, of_stripe(completed(online)))
    for statement in (
        "UPDATE online_webhookevent SET outcome = 'received'",
        "DELETE FROM online_webhookevent",
        "UPDATE online_onlinepayment SET amount = 1",
        "UPDATE online_onlinepayment SET payment_id = NULL",
        "UPDATE online_onlinepayment SET status = 'pending', succeeded_at = NULL",
        "DELETE FROM online_onlinepayment",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.parametrize(("kept", "says"), [("99", "all of it"), ("100", "entered")])
def test_the_database_lets_nothing_succeed_that_is_not_counted(kept: str, says: str) -> None:
    online = opened(issued("100"))
    facts = {"status": "succeeded", "succeeded_at": timezone.now(), "to_wallet": Decimal(kept)}
    OnlinePayment.objects.filter(pk=online.pk).update(**facts)
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=says):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_lapsed_in_silence_is_asked_about_first(monkeypatch: pytest.MonkeyPatch) -> None:
    invoice = issued("100")
    online = opened(invoice)
    told = Event(What.PAID, reference=online.reference, amount=Decimal(100), currency="NGN")
    monkeypatch.setattr(Stripe, "ask", lambda *_arguments: told)
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        services.ask_provider(online)
    assert counted(online) == [100]


def test_what_nobody_paid_lapses_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    online = opened(issued("100"))
    # An answer about another payment says nothing of this one.
    other = Event(What.PAID, reference="another", amount=Decimal(100), currency="NGN")
    monkeypatch.setattr(Stripe, "ask", lambda *_arguments: other)
    services.ask_provider(online)
    assert OnlinePayment.objects.get().status == "pending"
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        services.ask_provider(OnlinePayment.objects.get())
    assert OnlinePayment.objects.get().status == "expired"
