"""One request to a provider, and its three ways to go wrong told apart, as for text messages."""

import http.client
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from billing.online.sealing import SECRET
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError

# Somebody waits for the answer, but no web process does (jobs.py).
TIMEOUT = 20
LONGEST_ANSWER = 1024 * 1024
BUSY = frozenset({408, 409, 429, 503})
NOT_LET_IN = frozenset({401, 403})


class Call(NamedTuple):
    """A request to one of the two hosts that an adapter names."""

    host: str
    method: str
    path: str
    body: str = ""
    heads: Mapping[str, str] = {}


def answer_to(call: Call, secret_key: str) -> dict[str, Any]:
    """The provider's answer, from JSON; the account is named by its secret key (RFC 6750, `Bearer`).

    Raises NotSentError (nothing was handed over), RefusedError (the provider said no) or UncertainError
    (nobody can know). What is told of an answer is its number and the provider's code, never its text, which
    may repeat a part of the key.
    """
    if not secret_key or not SECRET.fullmatch(secret_key):
        raise RefusedError(_("The secret key of the provider is missing. Ask the clinic."))
    server = http.client.HTTPSConnection(call.host, timeout=TIMEOUT)
    try:
        server.connect()
    except OSError as problem:
        raise NotSentError(_("The payment service could not be reached."), type(problem).__name__) from None
    try:
        heads = {**call.heads, "Authorization": f"Bearer {secret_key}", "Accept": "application/json"}
        server.request(call.method, call.path, call.body.encode() or None, heads)
        answer = server.getresponse()
        told = answer.read(LONGEST_ANSWER)
    except (OSError, http.client.HTTPException) as problem:
        raise UncertainError(
            _("The connection to the payment service broke."), type(problem).__name__
        ) from None
    finally:
        server.close()
    return _read(answer.status, told)


def _read(status: int, told: bytes) -> dict[str, Any]:
    try:
        facts = json.loads(told)
    except (ValueError, RecursionError):
        facts = None
    if 200 <= status < 300 and isinstance(facts, dict):
        return facts
    heard = f"{status} {_code(facts)}".strip()
    if status in NOT_LET_IN:
        raise RefusedError(_("The payment service does not accept the clinic's keys."), heard)
    if status in BUSY:
        raise NotSentError(_("The payment service is busy."), heard)
    if 400 <= status < 500:
        raise RefusedError(_("The payment service refused this payment."), heard)
    raise UncertainError(_("The payment service did not answer as expected."), heard)


def _code(facts: Any) -> str:
    """Stripe's `error.code`, Paystack's `code`: one word."""
    facts = facts if isinstance(facts, dict) else {}
    inner = facts.get("error")
    code = inner.get("code") if isinstance(inner, dict) else facts.get("code")
    return code if isinstance(code, str) and code.replace("_", "").isalnum() and len(code) <= 60 else ""
