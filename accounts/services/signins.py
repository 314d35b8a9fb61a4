"""Where a log-in is signed in, and how that ends at the next request, everywhere."""

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.clients import client_agent, client_ip
from accounts.models import Signin, User
from clinic.models import Refusal

# Where a session keeps the key of its sign-in.
SIGNIN_SESSION_KEY = "signin"
# How long a use is not worth a statement in a shared row (law 14).
UNNOTED = timedelta(hours=1)


def begin_signin(request: Any, user: User) -> Signin:
    """Note that the session at hand is the user's now."""
    seen = {"address": client_ip(request), "agent": client_agent(request)}
    signin = note_signin(user, organization=request.organization, **seen)
    request.session[SIGNIN_SESSION_KEY] = str(signin.pk)
    return signin


def note_signin(user: User, *, organization: Any, address: str, agent: str) -> Signin:
    """Note that the user signs in, at the clinic or on the platform's site, from this device and address."""
    return Signin.objects.create(
        user_id=user.pk,
        organization=organization,
        epoch=user.session_epoch,
        address=address or None,
        agent=agent.replace("\x00", ""),
        last_used_at=timezone.now(),
    )


def end_this_signin(request: HttpRequest) -> None:
    """Note that the session at hand is left."""
    key = request.session.get(SIGNIN_SESSION_KEY)
    if key:
        Signin.objects.filter(pk=key, ended_at=None).update(ended_at=timezone.now())


def keep_this_signin(request: HttpRequest, user: User) -> None:
    """Let the session at hand go on when all others of the user end."""
    key = request.session.get(SIGNIN_SESSION_KEY)
    if key:
        Signin.objects.of(user).filter(pk=key).update(epoch=user.session_epoch)


def note_use(key: str) -> None:
    """Note that the sign-in is used now; asked for once in an hour."""
    Signin.objects.filter(pk=key).update(last_used_at=timezone.now())


@transaction.atomic
def end_signin(signin: Signin, *, by: User) -> Signin:
    """Sign this one out: its session opens nothing from the next request on."""
    if signin.user_id != by.pk:
        raise Refusal(_("Everybody ends their own sign-ins."))
    if signin.ended_at:
        raise Refusal(_("This sign-in has ended already."))
    signin.ended_at = timezone.now()
    signin.save(update_fields=["ended_at"])
    return signin


@transaction.atomic
def sign_out_everywhere(user: User, *, by: User | None) -> User:
    """End every session of the log-in, in all clinics and on the platform's site, at its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    return user
