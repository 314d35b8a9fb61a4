"""Paystack: the patient pays on a page of Paystack's, by card, bank or transfer.

Initialize, verify: https://paystack.com/docs/api/transaction/
Signatures, events: https://paystack.com/docs/payments/webhooks/
Refunds:            https://paystack.com/docs/payments/refunds/
Amounts:            in the hundredth part of the currency (kobo), https://paystack.com/docs/api/#supported-currency
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from billing.online.adapters.https import Call, answer_to
from billing.online.adapters.interface import (
    Adapter,
    Checkout,
    Event,
    GiveBack,
    Opened,
    Unverified,
    What,
    amount_of,
    part,
    said_in,
    units,
    word,
)
from clinic.notifications.outcomes import RefusedError

HOST = "api.paystack.co"
PLACES = 2
CURRENCIES = frozenset({"NGN", "GHS", "KES", "ZAR", "USD", "XOF"})
STATES = {
    "success": What.PAID,
    "failed": What.FAILED,
    "reversed": What.FAILED,
}
REFUND_STATES = {
    "processed": What.REFUNDED,
    "failed": What.REFUND_FAILED,
    "pending": What.OPEN,
    "processing": What.OPEN,
    "needs-attention": What.OPEN,
}


class Paystack(Adapter):
    """Paystack's transactions. It signs with the secret key itself, and its messages carry no time."""

    signed_in = "X-Paystack-Signature"
    needs_webhook_secret = False

    def takes(self, currency: str) -> bool:
        """Those that Paystack settles."""
        return currency in CURRENCIES

    def start(self, checkout: Checkout) -> Opened:
        """Initialize a transaction."""
        facts = {
            "email": checkout.email,
            "amount": str(units(checkout.amount, PLACES)),
            "currency": checkout.currency,
            "reference": checkout.reference,
            "callback_url": checkout.return_url,
            "metadata": {"cancel_action": checkout.return_url},
        }
        data = part(self._post("/transaction/initialize", facts), "data")
        url = word(data.get("authorization_url"), 4000)
        if not url.startswith("https://") or data.get("reference") != checkout.reference:
            raise RefusedError(_("The payment service did not answer as expected."))
        return Opened(url, word(data.get("access_code")))

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """A signed event: HMAC-SHA512 of the body with the secret key. What it is about has its number."""
        given, secret = headers.get(self.signed_in, ""), self.keys.secret_key
        own = hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()
        if not secret or not hmac.compare_digest(own.encode(), given.encode()):
            raise Unverified("wrong signature")
        told = said_in(body)
        kind, data = word(told.get("event"), 100), part(told, "data")
        if kind.startswith("refund."):
            number = word(data.get("refund_reference")) or word(data.get("id"))
            name = f"{number}:{word(data.get('transaction_reference'))}"
            return _refund(data, id=f"{kind}:{name}"[:255], kind=kind)
        number = word(data.get("id")) or word(data.get("reference"))
        named: dict[str, Any] = {"id": f"{kind}:{number}"[:255], "kind": kind}
        return _transaction(data, **named) if kind.startswith("charge.") else Event(What.OTHER, **named)

    def ask(self, reference: str, their_reference: str) -> Event:
        """Verify the transaction; one that nobody has begun to pay is not there yet."""
        call = Call(HOST, "GET", f"/transaction/verify/{quote(reference, safe='')}")
        return _transaction(part(answer_to(call, self.keys.secret_key), "data"))

    def refund(self, order: GiveBack) -> Event:
        """Create a refund of the transaction."""
        facts = {
            "transaction": order.reference,
            "amount": units(order.amount, PLACES),
            "currency": order.currency,
            "merchant_note": order.key,
        }
        return _refund(part(self._post("/refund", facts), "data"))

    def _post(self, path: str, facts: dict[str, Any]) -> dict[str, Any]:
        heads = {"Content-Type": "application/json"}
        answer = answer_to(Call(HOST, "POST", path, json.dumps(facts), heads), self.keys.secret_key)
        if answer.get("status") is not True:
            raise RefusedError(_("The payment service refused this payment."))
        return answer


def _transaction(data: dict[str, Any], **named: Any) -> Event:
    return Event(
        STATES.get(word(data.get("status")), What.OPEN),
        reference=word(data.get("reference")),
        their_payment=word(data.get("id")),
        amount=amount_of(data.get("amount"), PLACES),
        currency=word(data.get("currency"), 3).upper(),
        **named,
    )


def _refund(data: dict[str, Any], **named: Any) -> Event:
    about = data.get("transaction_reference") or part(data, "transaction").get("reference")
    return Event(
        REFUND_STATES.get(word(data.get("status")), What.OTHER),
        reference=word(about),
        their_refund=word(data.get("id")),
        amount=amount_of(data.get("amount"), PLACES),
        currency=word(data.get("currency"), 3).upper(),
        **named,
    )
