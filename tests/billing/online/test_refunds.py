"""What came online goes back online: once, and the desk learns of it when it does not."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from billing import services as billing
from billing.online import jobs
from billing.online.adapters.interface import Event, GiveBack, What
from billing.online.adapters.paystack import Paystack
from billing.online.adapters.stripe import Stripe
from billing.online.models import OnlineRefund
from billing.online.services.refunds import end_refund
from clinic.inbox.models import Notification
from clinic.models import Refusal
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError
from tests.billing.factories import issued
from tests.billing.online.factories import (
    given_back,
    of_paystack,
    of_stripe,
    opened,
    paid_online,
    paystack,
    recorded,
)
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db
Given = list[GiveBack]


@pytest.fixture
def stripes(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Given]:
    """`stripes(answer)`: what Stripe says to the next orders; those orders."""

    def answering(answer: Event | Exception) -> Given:
        orders: Given = []

        def refund(_self: Stripe, order: GiveBack) -> Event:
            orders.append(order)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(Stripe, "refund", refund)
        return orders

    return answering


def refund() -> OnlineRefund:
    return given_back(paid_online(PatientFactory(), "one"), "one")


def send() -> None:
    """What the job does every minute."""
    for online in OnlineRefund.objects.to_send():
        jobs.services.send_online_refund(online)


def now(online: OnlineRefund) -> tuple[str, str]:
    fresh = OnlineRefund.objects.get(pk=online.pk)
    return fresh.status, fresh.problem


def test_a_refund_at_the_desk_is_handed_over_once(stripes: Callable[..., Given]) -> None:
    orders = stripes(Event(What.REFUNDED, their_refund="re_1"))
    online = refund()
    send()
    send()
    assert [(order.their_payment, order.amount, order.currency) for order in orders] == [("pi_1", 10, "NGN")]
    assert now(online) == ("succeeded", "")


def test_what_goes_into_the_wallet_is_not_sent_back(stripes: Callable[..., Given]) -> None:
    paid = paid_online(PatientFactory(), "one")
    billing.credit_invoice(paid.invoice, by=None, key="c", amount=Decimal(10), reason="Not done")
    billing.refund_payment(paid.payment, by=None, key="r", amount=Decimal(10), method="wallet")
    assert not OnlineRefund.objects.exists()


def test_no_more_goes_back_than_was_paid() -> None:
    paid = paid_online(PatientFactory(), "one")
    billing.credit_invoice(paid.invoice, by=None, key="c", amount=Decimal(100), reason="Not done")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_refund (id, created_at, payment_id, invoice_id, amount, method, reference, "
            "idempotency_key) VALUES (gen_random_uuid(), now(), %s, %s, 101, 'online', '', 'x')",
            [paid.payment_id, paid.invoice_id],
        )


def test_what_could_not_be_handed_over_is_tried_again(stripes: Callable[..., Given]) -> None:
    first = stripes(NotSentError("The payment service could not be reached."))
    online = refund()
    send()
    assert now(online) == ("asked", "The payment service could not be reached.")
    second = stripes(Event(What.REFUNDED, their_refund="re_1"))
    send()
    assert now(online) == ("succeeded", "")
    assert first[0].key == second[0].key


def test_what_may_have_been_taken_up_is_not_sent_again(stripes: Callable[..., Given]) -> None:
    orders = stripes(UncertainError("The connection to the payment service broke."))
    online = refund()
    send()
    send()
    assert (len(orders), now(online)[0]) == (1, "sent")
    assert "broke" in now(online)[1]


def test_what_was_taken_up_although_no_answer_came_is_known_by_our_reference(
    stripes: Callable[..., Given], anonymous: Callable[..., Any], acme: Any
) -> None:
    stripes(Event(What.REFUNDED, their_refund="re_1"))
    paid = paid_online(PatientFactory(), "one")
    earlier = given_back(paid, "one")
    send()
    stripes(UncertainError("The connection to the payment service broke."))
    billing.credit_invoice(paid.invoice, by=None, key="two", amount=Decimal(10), reason="Not done")
    billing.refund_payment(paid.payment, by=None, key="two", amount=Decimal(10), method="online")
    send()
    online = OnlineRefund.objects.exclude(pk=earlier.pk).get()
    own = {"id": "evt_2", "data__object__id": "re_2", "data__object__status": "succeeded"}
    told = recorded("stripe_refund_failed", type="refund.updated", **own)
    told["data"]["object"]["metadata"] = {"reference": paid.reference}
    address = f"/webhooks/payments/{paid.provider_id}/"
    assert anonymous(acme).post(address, **of_stripe(told)).status_code == 200
    assert now(online) == ("succeeded", "")
    # What comes back is the one of its number, although the other is of the same payment and sum.
    told |= {"id": "evt_3", "type": "refund.failed"}
    told["data"]["object"]["status"] = "failed"
    assert anonymous(acme).post(address, **of_stripe(told)).status_code == 200
    assert (now(earlier)[0], now(online)[0]) == ("succeeded", "failed")


def test_what_is_refused_is_told_to_the_desk_and_can_be_tried_again(
    stripes: Callable[..., Given], client_for: Callable[..., Any]
) -> None:
    member = with_login(StaffFactory())
    first = stripes(RefusedError("The payment service refused this payment."))
    online = refund()
    send()
    assert now(online)[0] == "failed"
    assert Notification.objects.get(kind="online_refund_failed").member_id == member.pk
    desk = client_for(member)
    invoice_id = online.refund.invoice_id
    part = desk.get(f"/invoices/{invoice_id}/online/", HTTP_HX_REQUEST="true").content.decode()
    assert "Could not be sent back" in part
    desk.send(f"/online-refunds/{online.pk}/retry/")
    second = stripes(Event(What.OPEN, their_refund="re_1Nispe2eZvKYlo2Cd31jOCgZ"))
    send()
    assert now(online) == ("sent", "")
    assert first[0].key != second[0].key


def test_a_refund_that_comes_back_later_is_told_to_the_desk(
    stripes: Callable[..., Given], anonymous: Callable[..., Any], acme: Any
) -> None:
    with_login(StaffFactory())
    stripes(Event(What.REFUNDED, their_refund="re_1Nispe2eZvKYlo2Cd31jOCgZ"))
    online = refund()
    send()
    address = f"/webhooks/payments/{online.online_payment.provider_id}/"
    failed = of_stripe(recorded("stripe_refund_failed"))
    assert anonymous(acme).post(address, **failed).status_code == 200
    assert anonymous(acme).post(address, **failed).status_code == 200
    assert now(online)[0] == "failed"
    assert Notification.objects.filter(kind="online_refund_failed").count() == 1


def test_paystack_tells_when_a_refund_is_done(
    monkeypatch: pytest.MonkeyPatch, anonymous: Callable[..., Any], acme: Any
) -> None:
    monkeypatch.setattr(Paystack, "refund", lambda *_arguments: Event(What.OPEN, their_refund="3018284"))
    paid = opened(issued("100"), paystack())
    paid = jobs.services.settle_online_payment(paid, by=None, their_payment="302961")
    online = given_back(paid, "one")
    send()
    assert now(online) == ("sent", "")
    told = recorded("paystack_refund_processed", data__transaction_reference=paid.reference)
    anonymous(acme).post(f"/webhooks/payments/{paid.provider_id}/", **of_paystack(told))
    assert now(online) == ("succeeded", "")


def test_whoever_writes_a_refund_it_is_sent_back() -> None:
    paid = paid_online(PatientFactory(), "one")
    billing.credit_invoice(paid.invoice, by=None, key="c", amount=Decimal(10), reason="Not done")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO billing_refund (id, created_at, payment_id, invoice_id, amount, method, reference, "
            "idempotency_key) VALUES (gen_random_uuid(), now(), %s, %s, 10, 'online', '', 'x')",
            [paid.payment_id, paid.invoice_id],
        )
    assert OnlineRefund.objects.get().online_payment_id == paid.pk


def test_a_sum_that_the_provider_cannot_send_is_refused_at_the_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.db.current.connection.tenant.currency", "KWD")
    paid = opened(issued("10.005"))
    assert paid.amount == Decimal("10.01")
    paid = jobs.services.settle_online_payment(paid, by=None, their_payment="pi_1")
    billing.credit_invoice(paid.invoice, by=None, key="c", amount=Decimal("10.005"), reason="Not done")

    def back(amount: str, method: str) -> None:
        facts = {"amount": Decimal(amount), "method": method}
        billing.refund_payment(paid.payment, by=None, key=f"{amount} {method}", **facts)

    with pytest.raises(Refusal, match="last decimal"):
        back("10.005", "online")
    back("10", "online")
    back("0.005", "wallet")
    assert OnlineRefund.objects.get().refund.amount == 10


def test_a_message_ends_the_refund_of_its_number_before_one_without(stripes: Callable[..., Given]) -> None:
    paid = paid_online(PatientFactory(), "one")
    stripes(UncertainError("The connection to the payment service broke."))
    unknown = given_back(paid, "one")
    send()
    stripes(Event(What.OPEN, their_refund="re_2"))
    billing.credit_invoice(paid.invoice, by=None, key="two", amount=Decimal(10), reason="Not done")
    billing.refund_payment(paid.payment, by=None, key="two", amount=Decimal(10), method="online")
    send()
    known = OnlineRefund.objects.exclude(pk=unknown.pk).get()
    told = Event(What.REFUNDED, reference=paid.reference, amount=Decimal(10), their_refund="re_2")
    assert end_refund(told, paid.provider)
    assert (now(unknown)[0], now(known)[0]) == ("sent", "succeeded")
