"""The code on a sheet of paper: which record it was made for, under the clinic's seal."""

import uuid
from collections.abc import Iterator

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode

from clinic.db.current import connection

LENGTH = 16


def sealed(key: uuid.UUID, purpose: str) -> str:
    """What stands on the paper: the key and 128 bits (HMAC-SHA-256, cut) that only this clinic can make.

    Short, so that the code stays coarse enough for an old telephone. Nothing is stored.
    """
    return urlsafe_base64_encode(key.bytes + next(_seals(key.bytes, purpose)))


def unsealed(token: str, purpose: str) -> uuid.UUID | None:
    """The key that `token` was made for by this clinic, or None. A former secret of the site still counts."""
    try:
        content = urlsafe_base64_decode(token)
    except ValueError:
        return None
    key, seal = content[:LENGTH], content[LENGTH:]
    if any(constant_time_compare(seal, known) for known in _seals(key, purpose)):
        return uuid.UUID(bytes=key)
    return None


def _seals(key: bytes, purpose: str) -> Iterator[bytes]:
    """The seals of the key, the present secret's first."""
    salt = f"records.{purpose}.{connection.schema_name}"
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield salted_hmac(salt, key, secret=secret, algorithm="sha256").digest()[:LENGTH]
