"""Addresses that only those know to whom they were given: nothing about them is stored.

A token is the key of a row and a signature over it with the installation's secret, the clinic and the purpose
(DESIGN section 5, law 11): that of an invoice opens no other page, and nothing in another clinic.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from clinic.db.current import connection

# The key's 16 bytes and SHA-256's 32, in base64 (RFC 4648, section 5), which has then no filling.
TOKEN = re.compile(r"[A-Za-z0-9_-]{64}")
PAY = "pay"
Taker = TypeVar("Taker", bound=Callable[[Any], bool])


def token_of(purpose: str, key: UUID) -> str:
    """The token that opens the row `key` for this purpose in the clinic we are in."""
    return urlsafe_base64_encode(key.bytes + _signature(purpose, key, settings.SECRET_KEY))


def read_token(purpose: str, token: str) -> UUID | None:
    """The key that a token of this purpose was made for; None for everything else."""
    if not TOKEN.fullmatch(token):
        return None
    data = urlsafe_base64_decode(token)
    key, signature = UUID(bytes=data[:16]), data[16:].hex()
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    made = (_signature(purpose, key, secret).hex() for secret in secrets)
    return key if any(constant_time_compare(signature, own) for own in made) else None


def _signature(purpose: str, key: UUID, secret: str) -> bytes:
    salt = f"billing.{purpose}.{connection.schema_name}"
    return salted_hmac(salt, str(key), secret=secret, algorithm="sha256").digest()


# Asked before a letter says that an invoice can be paid online: a higher room knows.
_takers: list[Callable[[Any], bool]] = []


def takes_online(question: Taker) -> Taker:
    """The function says whether an invoice can be paid online now."""
    _takers.append(question)
    return question


def pay_link(invoice: Any) -> str:
    """`pay_url`, where the invoice can be paid online; else nothing."""
    return pay_url(invoice) if any(takes(invoice) for takes in _takers) else ""


def pay_url(invoice: Any) -> str:
    """The whole address at which whoever holds it may pay the invoice: for letters to the patient."""
    path = reverse("online:pay_invoice", args=[token_of(PAY, invoice.pk)], urlconf="clinic.urls")
    return connection.tenant.url(path)
