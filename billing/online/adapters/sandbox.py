"""A provider of our own for trying things out: a page to click through instead of a bank, no real money.

Its messages are signed like any other's (HMAC-SHA256 of the body) and come in by the same door. Where the
installation is no demo it opens nothing and believes nothing.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.links import token_of
from billing.online.adapters.interface import (
    Adapter,
    Checkout,
    Event,
    GiveBack,
    Opened,
    Unverified,
    What,
    amount_of,
    said_in,
    units,
    word,
)
from clinic.db.current import connection
from clinic.notifications.outcomes import RefusedError

PLACES = 3
CHOICES = {"pay": What.PAID, "decline": What.FAILED}
TOLD = {what.value for what in CHOICES.values()}


class Sandbox(Adapter):
    """Pay, decline or leave: a person decides."""

    signed_in = "X-Sandbox-Signature"

    def start(self, checkout: Checkout) -> Opened:
        """The local page."""
        _only_for_trials()
        token = token_of("sandbox", UUID(checkout.reference))
        path = reverse("online:sandbox_checkout", args=[token], urlconf="clinic.urls")
        return Opened(connection.tenant.url(path), f"sandbox_{checkout.reference}")

    def message(self, choice: str, checkout: Checkout) -> tuple[dict[str, str], bytes]:
        """What the provider sends when a person has chosen: headers and body."""
        told = {
            "id": f"{choice}:{checkout.reference}",
            "what": CHOICES[choice].value,
            "reference": checkout.reference,
            "amount": units(checkout.amount, PLACES),
            "currency": checkout.currency,
        }
        body = json.dumps(told).encode()
        return {self.signed_in: self._signature(body)}, body

    def _signature(self, body: bytes) -> str:
        return hmac.new(self.keys.webhook_secret.encode(), body, hashlib.sha256).hexdigest()

    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """A signed message of the page's."""
        given = headers.get(self.signed_in, "")
        is_known = settings.PAYMENTS_SANDBOX and self.keys.webhook_secret
        if not is_known or not hmac.compare_digest(self._signature(body).encode(), given.encode()):
            raise Unverified("wrong signature")
        told = said_in(body)
        kind, reference = word(told.get("what"), 100), word(told.get("reference"))
        return Event(
            What(kind) if kind in TOLD else What.OTHER,
            id=word(told.get("id")),
            kind=kind,
            reference=reference,
            their_payment=f"trial-{reference[-8:]}",
            amount=amount_of(told.get("amount"), PLACES),
            currency=word(told.get("currency"), 3),
        )

    def ask(self, reference: str, their_reference: str) -> Event:
        """Nobody has decided yet: whoever decides, tells."""
        return Event(What.OPEN, reference=reference)

    def refund(self, order: GiveBack) -> Event:
        """Given back at once."""
        _only_for_trials()
        return Event(What.REFUNDED, their_refund=f"trial-{order.key[-8:]}")


def _only_for_trials() -> None:
    if not settings.PAYMENTS_SANDBOX:
        raise RefusedError(_("The trial provider is for trials only."))
