"""What we need of a provider, and the words in which it answers us.

Amounts are ours: Decimals in the currency's own units. Each adapter counts in its provider's.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, ClassVar, NamedTuple

from billing.online.sealing import Keys

# As much as a column of money holds.
UNITS = re.compile(r"[0-9]{1,14}")


class Unverified(Exception):
    """A message that is not the provider's, or too old. Says why, and nothing of what the message said."""


class What(Enum):
    """What a provider tells of a payment or a refund."""

    PAID = "paid"
    OPEN = "open"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund failed"
    OTHER = "other"


@dataclass(frozen=True)
class Event:
    """Something a provider told us, with its signature or in answer to our question."""

    what: What
    # Unique for the provider, as `id`, and the provider's word for it, as `kind`; empty in an answer.
    id: str = ""
    kind: str = ""
    # Our name of the payment.
    reference: str = ""
    their_payment: str = ""
    their_refund: str = ""
    amount: Decimal | None = None
    currency: str = ""


@dataclass(frozen=True)
class Checkout:
    """What somebody is to pay. `title` has nothing clinical in it."""

    reference: str
    amount: Decimal
    currency: str
    title: str
    email: str
    return_url: str
    expires_at: datetime


class Opened(NamedTuple):
    """Where it is paid, and what the provider calls it."""

    url: str
    their_reference: str


@dataclass(frozen=True)
class GiveBack:
    """What is to be given back of a payment. `key` names the order: the same key is carried out once."""

    reference: str
    their_payment: str
    amount: Decimal
    currency: str
    key: str


class Adapter(ABC):
    """One provider's interface, with one account's keys."""

    # The header in which the provider signs its messages.
    signed_in: ClassVar[str]
    needs_webhook_secret: ClassVar[bool] = True

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def takes(self, currency: str) -> bool:
        """Whether the provider takes this currency."""
        return True

    def chargeable(self, amount: Decimal, currency: str) -> Decimal:
        """The least that the provider can take which is not less than `amount`."""
        return amount

    @abstractmethod
    def start(self, checkout: Checkout) -> Opened:
        """Open a page for this payment. Raises NotSentError, RefusedError or UncertainError."""

    @abstractmethod
    def read_webhook(self, headers: Mapping[str, str], body: bytes) -> Event:
        """What the message says, once its signature is verified. Raises Unverified."""

    @abstractmethod
    def ask(self, reference: str, their_reference: str) -> Event:
        """How the payment stands. Raises NotSentError, RefusedError or UncertainError."""

    @abstractmethod
    def refund(self, order: GiveBack) -> Event:
        """Give money back: REFUNDED, REFUND_FAILED, or OPEN while it is under way. Raises as `start`."""


def units(amount: Decimal, places: int) -> int:
    """`amount` counted in units of so many places. Raises ValueError for what cannot be counted in them."""
    counted = amount.scaleb(places)
    if counted != counted.to_integral_value():
        raise ValueError("The amount is not a number of units.")
    return int(counted)


def amount_of(counted: Any, places: int) -> Decimal | None:
    """The amount of so many units; None for what is no whole number of them."""
    if isinstance(counted, str) and UNITS.fullmatch(counted):
        counted = int(counted)
    if not isinstance(counted, int) or isinstance(counted, bool):
        return None
    return Decimal(counted).scaleb(-places)


def said_in(body: bytes) -> dict[str, Any]:
    """The object that a verified message is, from JSON. Raises Unverified for everything else."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        raise Unverified("not JSON") from None
    if not isinstance(told, dict):
        raise Unverified("not an object")
    return told


def word(value: Any, longest: int = 255) -> str:
    """A name as a provider wrote it, such that it can be stored; nothing for what is none."""
    text = str(value) if isinstance(value, (str, int)) else ""
    return text.replace("\0", "")[:longest]


def part(value: Any, name: str) -> dict[str, Any]:
    """The object of this name within an object; an empty one for everything else."""
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}
