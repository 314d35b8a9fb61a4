"""Stripe Checkout: the patient pays on a page of Stripe's.

Checkout Sessions: https://docs.stripe.com/api/checkout/sessions
Signatures:        https://docs.stripe.com/webhooks#verify-manually
Currencies:        https://docs.stripe.com/currencies (zero-decimal, three-decimal, special cases)
Refunds:           https://docs.stripe.com/api/refunds
"""

import hashlib
import hmac
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any
from urllib.parse import quote, urlencode

from django.utils import timezone
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

HOST = "api.stripe.com"
VERSION = "2024-06-20"
# Five minutes, as Stripe's own libraries have it: an older message is a replay.
TOLERANCE = 300
# UGX and ISK have no decimals and are counted in hundredths all the same (special cases).
WITHOUT_DECIMALS = frozenset(
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"]
)
WITH_THREE = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
FORM = "application/x-www-form-urlencoded"
SESSIONS = "/v1/checkout/sessions"
REFUND_STATES = {
    "succeeded": What.REFUNDED,
    "failed": What.REFUND_FAILED,
    "canceled": What.REFUND_FAILED,
    "pending": What.OPEN,
    "requires_action": What.OPEN,
}
REFUND_EVENTS = frozenset({"refund.created", "refund.updated", "refund.failed", "charge.refund.updated"})


def places(currency: str) -> int:
    """The decimals Stripe counts the currency in."""
    return 0 if currency in WITHOUT_DECIMALS else 3 if currency in WITH_THREE else 2


class Stripe(Adapter):
    """Stripe's cards and whatever else the account has switched on."""

    signed_in = "Stripe-Signature"

    def chargeable(self, amount: Decimal, currency: str) -> Decimal:
        """Of three decimals the last one must be 0 for Stripe: up to the next hundredth."""
        if places(currency) < 3:
            return amount
        return amount.quantize(Decimal("0.01"), rounding=ROUND_CEILING)

    def start(self, checkout: Checkout) -> Opened:
        """Create a Checkout Session; the same reference twice is the same session."""
        item = "line_items[0]"
        facts = {
            "mode": "payment",
            "client_reference_id": checkout.reference,
            "success_url": checkout.return_url,
            "cancel_url": checkout.return_url,
            "expires_at": int(checkout.expires_at.timestamp()),
            f"{item}[quantity]": 1,
            f"{item}[price_data][currency]": checkout.currency.lower(),
            f"{item}[price_data][unit_amount]": units(checkout.amount, places(checkout.currency)),
            f"{item}[price_data][product_data][name]": checkout.title,
            "metadata[reference]": checkout.reference,
            "payment_intent_data[metadata][reference]": checkout.reference,
        }
        session = self._post(SESSIONS, facts, checkout.reference)
        url, name = word(session.get("url"), 4000), word(session.get("id"))
        if not url.startswith("https://") or not name:
            raise RefusedError(_("The payment service did not answer as expected."))
        return Opened(url, name)

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """A signed event: `t` is when, each `v1` is HMAC-SHA256 of "t.body" with the endpoint's secret."""
        self._verify(headers.get(self.signed_in, ""), body)
        told = said_in(body)
        kind, thing = word(told.get("type"), 100), part(part(told, "data"), "object")
        named: dict[str, Any] = {"id": word(told.get("id")), "kind": kind}
        if kind in REFUND_EVENTS:
            return _refund(thing, **named)
        if kind == "checkout.session.async_payment_failed":
            return Event(What.FAILED, reference=word(thing.get("client_reference_id")), **named)
        if kind.startswith("checkout.session."):
            return _session(thing, **named)
        return Event(What.OTHER, **named)

    def _verify(self, signature: str, body: bytes) -> None:
        pairs = [item.strip().partition("=") for item in signature.split(",")[:20]]
        stamps = [value for name, _sign, value in pairs if name == "t"]
        given = [value for name, _sign, value in pairs if name == "v1"]
        if len(stamps) != 1 or not (stamps[0].isascii() and stamps[0].isdigit()) or len(stamps[0]) > 15:
            raise Unverified("no time")
        secret = self.keys.webhook_secret
        if not secret:
            raise Unverified("no secret")
        own = hmac.new(secret.encode(), stamps[0].encode() + b"." + body, hashlib.sha256).hexdigest()
        if not any(hmac.compare_digest(own.encode(), one.encode()) for one in given):
            raise Unverified("wrong signature")
        if abs(timezone.now().timestamp() - int(stamps[0])) > TOLERANCE:
            raise Unverified("too old")

    def ask(self, reference: str, their_reference: str) -> Event:
        """Retrieve the session."""
        path = f"{SESSIONS}/{quote(their_reference, safe='')}"
        call = Call(HOST, "GET", path, heads={"Stripe-Version": VERSION})
        return _session(answer_to(call, self.keys.secret_key))

    def refund(self, order: GiveBack) -> Event:
        """Create a refund of the session's payment intent."""
        facts = {
            "payment_intent": order.their_payment,
            "amount": units(order.amount, places(order.currency)),
            "metadata[reference]": order.reference,
        }
        return _refund(self._post("/v1/refunds", facts, order.key))

    def _post(self, path: str, facts: dict[str, Any], key: str) -> dict[str, Any]:
        heads = {"Content-Type": FORM, "Stripe-Version": VERSION, "Idempotency-Key": key}
        return answer_to(Call(HOST, "POST", path, urlencode(facts), heads), self.keys.secret_key)


def _session(session: dict[str, Any], **named: Any) -> Event:
    """A Checkout Session: `payment_status` says whether the money is there, `status` whether it may come."""
    currency = word(session.get("currency"), 3).upper()
    what = What.OPEN
    if session.get("payment_status") == "paid":
        what = What.PAID
    elif session.get("status") == "expired":
        what = What.EXPIRED
    return Event(
        what,
        reference=word(session.get("client_reference_id")),
        their_payment=word(session.get("payment_intent")),
        amount=amount_of(session.get("amount_total"), places(currency)),
        currency=currency,
        **named,
    )


def _refund(refund: dict[str, Any], **named: Any) -> Event:
    currency = word(refund.get("currency"), 3).upper()
    return Event(
        REFUND_STATES.get(word(refund.get("status")), What.OTHER),
        # What we gave it: it is known by this where its own number never reached us.
        reference=word(part(refund, "metadata").get("reference")),
        their_refund=word(refund.get("id")),
        amount=amount_of(refund.get("amount"), places(currency)),
        currency=currency,
        **named,
    )
