"""Who is asking, and as whom."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Subquery, Value
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.clients import client_agent, client_ip
from accounts.members import idle
from accounts.members.acting import acting_as, choose, is_sent_as_another, sent_as
from accounts.members.gate import declared_permission, gate, to_page
from accounts.members.models.guardianship import opened_by
from accounts.members.second_factor import hold, may_visit, missing_factor
from accounts.models import Signin, User
from accounts.second_factor.shown import has_factor
from accounts.services import end_this_signin, note_use
from accounts.services.signins import SIGNIN_SESSION_KEY, UNNOTED
from clinic.db.current import connection
from clinic.db.prepared import Prepared
from clinic.http import ClinicRequest
from tenants.models import SupportSession
from tenants.services.support import SUPPORT_LOGIN_KEY, SUPPORT_SESSION_KEY

log = structlog.get_logger(__name__)

MEMBER_SESSION_KEY = "member"


class MemberMiddleware:
    """Sets `request.member` and `request.user` from one query and refuses what the member may not open."""

    def __init__(self, get_response: Callable[[ClinicRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        """Find out who asks; say so to the audit trail while the request lasts."""
        request.member = None
        request.members = []
        request.guardian = None
        request.dependants = []
        request.sent_as = ""
        request.support_session = None
        request.rest = None
        if request.organization is None:
            enter_platform(request)
            return self.get_response(request)
        enter(request)
        connection.audit_context = audit_context(request)
        try:
            return self.get_response(request)
        finally:
            connection.audit_context = {}

    def process_view(
        self, request: ClinicRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Closed by default: the page's declaration decides, and a page without one is refused."""
        permission = declared_permission(request, view)
        if missing := missing_factor(request):
            return hold(request, missing, permission, to_page)
        if is_sent_as_another(request):
            return render(request, "members/sent_as_another.html", status=409)
        return gate(request, permission)


def enter(request: ClinicRequest) -> None:
    """Prime the request with the user and the member of its session, or with nobody."""
    request.user = AnonymousUser()
    if _enter_for_support(request):
        return
    user_id = _user_id(request)
    if user_id is None:
        return
    known = _known(request, user_id)
    admitted = [member for member in known if member.is_admitted]
    own = [member for member in admitted if member.user_id == user_id]
    owner = own[0].user if own else None
    if owner is None or not _session_is_of(request, owner, own[0]):
        _show_out(request)
        return
    request.members = own
    if not idle.may_go_on(request):
        request.members = []
        return
    request.dependants = [member for member in admitted if member.acting and member.user_id != user_id]
    choose(request, request.session.get(MEMBER_SESSION_KEY))
    request.sent_as = sent_as(request)
    owner.member = request.member
    owner.has_factor = own[0].has_factor
    request.user = owner


def enter_platform(request: ClinicRequest) -> None:
    """Prime a request to the platform's site with the user of its session, or with nobody."""
    request.user = AnonymousUser()
    user_id = _user_id(request)
    if user_id is None:
        return
    known = User.objects.filter(pk=user_id).annotate(has_factor=has_factor(user_id))
    user = with_signin(known, request).first()
    if user is None or not _session_is_of(request, user, user):
        _show_out(request)
        return
    if not idle.may_go_on(request):
        return
    request.user = user


def with_signin(rows: QuerySet, request: ClinicRequest) -> QuerySet:
    """The rows of who asks, each with when this sign-in was used last: None when it was ended elsewhere."""
    key = request.session.get(SIGNIN_SESSION_KEY)
    if not key:
        return rows.annotate(signin_used_at=Value(timezone.now()))
    return rows.annotate(signin_used_at=_used(key))


def _used(key: Any) -> Subquery:
    return Subquery(Signin.objects.filter(pk=key, ended_at=None).values("last_used_at"))


def _opened(user_id: Any, today: Any, signin_used_at: Any) -> QuerySet:
    known = {"has_factor": has_factor(user_id), "signin_used_at": signin_used_at}
    return opened_by(user_id, today).annotate(**known)


# With a note of the sign-in, and for sessions without one: the query of `enter`, compiled once.
MARKS = {"user_id": uuid.UUID(int=1), "today": datetime.date.min}
SIGNED_IN_MEMBERS = Prepared(
    lambda user_id, today, signin_id: _opened(user_id, today, _used(signin_id)),
    **MARKS,
    signin_id=uuid.UUID(int=2),
)
MEMBERS = Prepared(
    lambda user_id, today, now: _opened(user_id, today, Value(now)),
    **MARKS,
    now=datetime.datetime.min.replace(tzinfo=datetime.UTC),
)


def _known(request: ClinicRequest, user_id: uuid.UUID) -> list[Any]:
    """The members as whom the log-in may act, each with when this sign-in was used last (`with_signin`)."""
    asked = {"user_id": user_id, "today": timezone.localdate()}
    key = request.session.get(SIGNIN_SESSION_KEY)
    if key:
        return SIGNED_IN_MEMBERS.rows(**asked, signin_id=uuid.UUID(str(key)))
    return MEMBERS.rows(**asked, now=timezone.now())


def _user_id(request: ClinicRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.session[SESSION_KEY])
    except (KeyError, ValueError):
        return None


def _session_is_of(request: ClinicRequest, user: User, found: Any) -> bool:
    """Whether the session is an open log-in's, begun with its password and epoch, and was not ended since.

    `found` is the row that came with `signin_used_at`.
    """
    if not user.is_active or found.signin_used_at is None:
        return False
    if request.session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return False
    if not _holds_login(request, HASH_SESSION_KEY, user):
        return False
    if timezone.now() - found.signin_used_at > UNNOTED:
        note_use(request.session[SIGNIN_SESSION_KEY])
    return True


def _holds_login(request: ClinicRequest, key: str, user: User) -> bool:
    """Whether the session holds the password and the epoch that the log-in has now."""
    held = request.session.get(key) or ""
    valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(held, known) for known in valid)


def _enter_for_support(request: ClinicRequest) -> bool:
    """Let in who runs the platform, for as long as a reasoned support session is open (law 8)."""
    key = request.session.get(SUPPORT_SESSION_KEY)
    if not key:
        return False
    visit = SupportSession.objects.filter(pk=key, organization_id=request.organization.pk).first()
    known = User.objects.annotate(has_factor=has_factor(visit.user_id)) if visit else User.objects.none()
    runs_platform = known.filter(is_active=True, is_superuser=True)
    user = runs_platform.filter(pk=visit.user_id).first() if visit and visit.is_running else None
    if user is None or not (_holds_login(request, SUPPORT_LOGIN_KEY, user) and may_visit(user)):
        del request.session[SUPPORT_SESSION_KEY]
        return False
    request.support_session = visit
    if not idle.may_go_on(request):
        request.support_session = None
        request.session.flush()
        return False
    user.support_session = visit
    request.user = user
    return True


def _show_out(request: ClinicRequest) -> None:
    end_this_signin(request)
    request.session.flush()
    messages.warning(request, _("You have been signed out, or your access to this clinic has ended."))


def audit_context(request: ClinicRequest) -> dict[str, str]:
    """Who acts, from where: what the audit trail writes beside each change."""
    context = {"ip": client_ip(request), "agent": client_agent(request)}
    if request.support_session:
        session = request.support_session
        context |= {
            "actor_id": str(session.user_id),
            "actor": f"{request.user.get_username()} (support)",
            "reason": session.reason,
        }
    elif request.member:
        context |= {"actor_id": str((request.guardian or request.member).pk), "actor": acting_as(request)}
    return context
