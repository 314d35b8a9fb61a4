"""Secrets that have to be read again, so that a hash will not do: encrypted with the installation's key."""

import re
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.fernet import InvalidToken, MultiFernet
from django.utils.translation import gettext as _

from clinic.models import Refusal
from clinic.safes import safe_for

# What a header may carry. Anything else would make the program that sends it complain, with the secret in
# the complaint, and that would be logged.
SECRET = re.compile(r"[!-~]{0,300}")


@dataclass(frozen=True)
class Keys:
    """An account's secrets in the clear, for as long as they are used; they print as nothing."""

    secret_key: str = field(default="", repr=False)
    webhook_secret: str = field(default="", repr=False)


def sealed(provider_id: UUID, secret: str) -> str:
    """`secret` encrypted for one provider: what is copied to another one's row does not open there."""
    return _safe(provider_id).encrypt(secret.encode()).decode()


def unsealed(provider_id: UUID, secret_key: str, webhook_secret: str) -> Keys:
    """The secrets that were sealed. Raises Refusal when they were sealed with another key."""
    safe = _safe(provider_id)
    try:
        return Keys(*(safe.decrypt(text.encode()).decode() for text in (secret_key, webhook_secret)))
    except InvalidToken:
        raise Refusal(_("The secrets of this provider cannot be read any more. Enter them again.")) from None


def _safe(provider_id: UUID) -> MultiFernet:
    return safe_for("billing.online.secrets", str(provider_id))
