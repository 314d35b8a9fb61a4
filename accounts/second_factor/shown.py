"""Whether a log-in has a second factor, and whether a session has shown it.

A factor is an authenticator app (TOTP, RFC 6238) or a passkey (W3C Web Authentication). Recovery codes stand
in for a lost one; they are none by themselves.
"""

from typing import Any

from allauth.account.internal.flows.login import (
    _AUTHENTICATION_METHODS_USER_SESSION_KEY as OWNER_SESSION_KEY,
)
from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.account.internal.userkit import user_id_to_str
from django.apps import apps
from django.db.models import Exists
from django.http import HttpRequest

FACTORS = ("totp", "webauthn")
METHOD = "mfa"


def has_factor(user_id: Any) -> Exists:
    """SQL: whether this log-in has a second factor; for the query that finds who asks."""
    return Exists(apps.get_model("mfa", "Authenticator").objects.filter(user_id=user_id, type__in=FACTORS))


def is_shown(request: HttpRequest, user: Any) -> bool:
    """Whether this session was begun, or went on, with the user's second factor or a recovery code."""
    return any(record.get("method") == METHOD for record in get_authentication_records(request, user))


def note_shown(request: HttpRequest, user: Any, kind: str) -> None:
    """Note in the session that the user has just shown a factor of this kind ("totp", "webauthn")."""
    record_authentication(request, user, METHOD, type=kind)


def adopt(request: HttpRequest, user: Any, records: list[dict[str, Any]]) -> None:
    """Take over what the user has shown in another session of the same browser, at the time it was shown."""
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = records
    request.session[OWNER_SESSION_KEY] = user_id_to_str(user)
