"""Online payments for the tests, made by the services; what the providers say is in recorded/."""

import hashlib
import hmac
import json
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from accounts.members.models import PatientProfile
from billing import services as billing
from billing.models import Invoice
from billing.online import services
from billing.online.adapters.interface import Opened
from billing.online.models import OnlinePayment, OnlineRefund, PaymentProvider
from billing.online.services.paying import note_opened
from clinic.db.current import connection
from tests.billing.factories import issued

RECORDED = Path(__file__).parent / "recorded"
SECRET, WEBHOOK = "sk_test_51NeverShowThisKey", "whsec_NeverShowThisSecret"
PAYSTACK = "sk_test_paystackNeverShown"


def stripe(*currencies: str) -> PaymentProvider:
    return _provider("stripe", currencies, secret_key=SECRET, webhook_secret=WEBHOOK)


def paystack(*currencies: str) -> PaymentProvider:
    return _provider("paystack", currencies, secret_key=PAYSTACK)


def _provider(kind: str, currencies: tuple[str, ...], **keys: str) -> PaymentProvider:
    known = PaymentProvider.objects.filter(kind=kind).first()
    if known:
        return known
    own = currencies or (connection.tenant.currency,)
    added = services.add_provider(by=None, kind=kind, currencies=own, public_key="pk_test_1", **keys)
    return services.switch_on_provider(added, by=None)


def started(invoice: Invoice, provider: PaymentProvider | None = None, key: str = "") -> OnlinePayment:
    key = key or f"start {invoice.pk}"
    return services.start_online_payment(invoice, by=None, key=key, provider=provider or stripe())


def opened(invoice: Invoice, provider: PaymentProvider | None = None, key: str = "") -> OnlinePayment:
    online = started(invoice, provider, key)
    note_opened(online, Opened(f"https://checkout.example/{online.reference}", f"cs_test_{online.reference}"))
    return OnlinePayment.objects.get(pk=online.pk)


def being_paid(patient: PatientProfile, key: str) -> OnlinePayment:
    return opened(issued("100", patient=patient), key=f"{key} being")


def paid_online(patient: PatientProfile, key: str) -> OnlinePayment:
    online = opened(issued("100", patient=patient), key=f"{key} paid")
    return services.settle_online_payment(online, by=None, their_payment="pi_1")


def given_back(paid: OnlinePayment, key: str, amount: str = "10") -> OnlineRefund:
    part = Decimal(amount)
    billing.credit_invoice(paid.invoice, by=None, key=f"{key} back", amount=part, reason="Not done")
    billing.refund_payment(paid.payment, by=None, key=f"{key} back", amount=part, method="online")
    return OnlineRefund.objects.get(refund__payment=paid.payment)


def recorded(name: str, **facts: Any) -> dict[str, Any]:
    """A recorded object, with what is this test's own put in: `data__object__amount_total=10000`."""
    told = json.loads((RECORDED / f"{name}.json").read_text())
    for path, value in facts.items():
        *parents, last = path.split("__")
        inner = told
        for parent in parents:
            inner = inner[parent]
        inner[last] = value
    return told


def of_stripe(told: dict[str, Any], secret: str = WEBHOOK, at: float | None = None) -> dict[str, Any]:
    """The message as Stripe sends it: the test client's arguments."""
    body = json.dumps(told)
    stamp = int(time.time() if at is None else at)
    digest = hmac.new(secret.encode(), f"{stamp}.{body}".encode(), hashlib.sha256).hexdigest()
    signature = f"t={stamp},v1={digest},v0={'0' * 64}"
    return {"data": body, "content_type": "application/json", "HTTP_STRIPE_SIGNATURE": signature}


def of_paystack(told: dict[str, Any], secret: str = PAYSTACK) -> dict[str, Any]:
    """The message as Paystack sends it."""
    body = json.dumps(told)
    signature = hmac.new(secret.encode(), body.encode(), hashlib.sha512).hexdigest()
    return {"data": body, "content_type": "application/json", "HTTP_X_PAYSTACK_SIGNATURE": signature}


def completed(online: OnlinePayment, **facts: Any) -> dict[str, Any]:
    """Stripe's event for a session that was paid."""
    own = {
        "data__object__id": online.their_reference,
        "data__object__client_reference_id": online.reference,
        "data__object__amount_total": int(online.amount * 100),
        "data__object__currency": online.currency.lower(),
    }
    return recorded("stripe_checkout_session_completed", **{**own, **facts})


def charged(online: OnlinePayment, **facts: Any) -> dict[str, Any]:
    """Paystack's event for a transaction that was paid."""
    own = {
        "data__reference": online.reference,
        "data__amount": int(online.amount * 100),
        "data__currency": online.currency,
    }
    return recorded("paystack_charge_success", **{**own, **facts})
