"""From the platform's site into a clinic without signing in again: once, in a minute, in one browser.

The clinic gives the browser a secret (a cookie of its own host) and sends it to the platform with the
secret's hash; the platform, which knows who is signed in, sends it back with a token. Only both together
enter: an address that somebody sends to somebody else opens nothing, as with `state` in OAuth 2.0 (RFC 6749,
section 10.12).
"""

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Affiliation, HandOver, User

OPEN_FOR = timedelta(minutes=1)
# Of allauth's records of how somebody signed in: what they name beside that is not a clinic's to know.
KEPT = ("method", "type", "at")


def make_secret() -> str:
    """What a browser holds while it goes to the platform and back."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> str:
    """What is stored and sent in a secret's place."""
    return hashlib.sha256(secret.encode()).hexdigest()


def hand_over(user: User, *, organization: Any, browser_hash: str, shown: list[dict[str, Any]]) -> str:
    """Open the clinic for a minute to the browser whose secret has this hash; the token that enters."""
    token = make_secret()
    HandOver.objects.create(
        user_id=user.pk,
        organization=organization,
        token_hash=hash_of(token),
        browser_hash=browser_hash,
        login_hash=hash_of(user.get_session_auth_hash()),
        shown=[{name: record[name] for name in KEPT if name in record} for record in shown],
        is_one_of_several=Affiliation.objects.filter(user_id=user.pk).count() > 1,
        expires_at=timezone.now() + OPEN_FOR,
    )
    return token


def redeem_hand_over(token: str, *, organization: Any, secret: str) -> tuple[User, HandOver] | None:
    """Who enters the clinic with this token and this browser's secret, once; None when nobody does.

    One statement uses it up: of several that come at the same moment one finds it unused.
    """
    mine = HandOver.objects.filter(organization=organization, token_hash=hash_of(token))
    now = timezone.now()
    waiting = mine.filter(browser_hash=hash_of(secret), used_at=None, expires_at__gt=now)
    if not waiting.update(used_at=now):
        return None
    handed = mine.get()
    user = User.objects.filter(pk=handed.user_id, is_active=True).first()
    if user is None or hash_of(user.get_session_auth_hash()) != handed.login_hash:
        return None
    return user, handed
