"""Who is asking, as whom, and whether the page is theirs to open."""

import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet, Subquery, Value
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.clients import client_agent, client_ip
from accounts.members import idle
from accounts.members.acting import acting_as, choose, is_sent_as_another, sent_as
from accounts.members.models.guardianship import opened_by
from accounts.members.second_factor import hold, may_visit, missing_factor
from accounts.models import Signin, User
from accounts.second_factor.shown import has_factor
from accounts.services import end_this_signin, note_use
from accounts.services.signins import SIGNIN_SESSION_KEY, UNNOTED
from clinic.access import PUBLIC, SIGNED_IN
from clinic.db.current import connection
from clinic.http import ClinicRequest
from tenants.models import SupportSession

log = structlog.get_logger(__name__)

MEMBER_SESSION_KEY = "member"
SUPPORT_SESSION_KEY = "support_session"
ADMINISTER = "members.administer"
FINISH = "members:finish_registration"

# The pages of others, which cannot carry our markers. What is not named here is refused.
PAGES_OF_OTHERS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "account_login",
                "account_logout",
                "account_inactive",
                "account_signup",
                "account_email_verification_sent",
                "account_confirm_email",
                "account_reset_password",
                "account_reset_password_done",
                "account_reset_password_from_key",
                "account_reset_password_from_key_done",
                "mfa_authenticate",
                "mfa_login_webauthn",
            ),
            PUBLIC,
        ),
        **dict.fromkeys(
            (
                "account_email",
                "account_change_password",
                "account_set_password",
                "account_reauthenticate",
                "mfa_index",
                "mfa_reauthenticate",
                "mfa_activate_totp",
                "mfa_deactivate_totp",
                "mfa_view_recovery_codes",
                "mfa_generate_recovery_codes",
                "mfa_download_recovery_codes",
                "mfa_reauthenticate_webauthn",
                "mfa_list_webauthn",
                "mfa_add_webauthn",
                "mfa_edit_webauthn",
                "mfa_remove_webauthn",
            ),
            SIGNED_IN,
        ),
    }
)


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
    known = with_signin(opened_by(user_id), request).annotate(has_factor=has_factor(user_id))
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
    used = Signin.objects.filter(pk=key, ended_at=None).values("last_used_at")
    return rows.annotate(signin_used_at=Subquery(used))


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
    held = request.session.get(HASH_SESSION_KEY) or ""
    valid = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    if not any(constant_time_compare(held, known) for known in valid):
        return False
    if timezone.now() - found.signin_used_at > UNNOTED:
        note_use(request.session[SIGNIN_SESSION_KEY])
    return True


def _enter_for_support(request: ClinicRequest) -> bool:
    """Let in who runs the platform, for as long as a reasoned support session is open (law 8)."""
    key = request.session.get(SUPPORT_SESSION_KEY)
    if not key:
        return False
    visit = SupportSession.objects.filter(pk=key, organization_id=request.organization.pk).first()
    known = User.objects.annotate(has_factor=has_factor(visit.user_id)) if visit else User.objects.none()
    user = known.filter(pk=visit.user_id).first() if visit and visit.is_running else None
    if user is None or not (user.is_active and user.is_superuser and may_visit(user)):
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


def declared_permission(request: ClinicRequest, view: Callable) -> str | None:
    """What the page asks for: its own marker, or the table of the pages of others."""
    match = request.resolver_match
    if match and match.namespaces[:1] == ["admin"]:
        return ADMINISTER
    declared = getattr(view, "permission", None)
    if declared is None and match and match.view_name:
        return PAGES_OF_OTHERS.get(match.view_name)
    return declared


def gate(request: ClinicRequest, permission: str | None) -> HttpResponse | None:
    """The refusal, or None when the page may be opened."""
    if permission is None:
        log.error("page_without_permission", page=request.resolver_match and request.resolver_match.view_name)
        return forbidden(request)
    if permission == PUBLIC:
        return None
    if not request.user.is_authenticated:
        return to_login(request)
    if _is_registering(request):
        return to_page(request, resolve_url(FINISH))
    if permission == SIGNED_IN and (request.organization is None or request.member):
        return None
    if permission != SIGNED_IN and _may(request, permission):
        return None
    return forbidden(request)


def _may(request: ClinicRequest, permission: str) -> bool:
    if request.support_session and permission != ADMINISTER:
        # A support session is for the clinic's admin, not for its daily work.
        return False
    return request.user.has_perm(permission)


def _is_registering(request: ClinicRequest) -> bool:
    """Whether the member has no role yet and asks for something else than getting one or leaving."""
    member: Any = request.member
    if member is None or member.role:
        return False
    match = request.resolver_match
    return match is None or match.view_name not in (FINISH, "members:switch_role", *PAGES_OF_OTHERS)


def to_login(request: ClinicRequest) -> HttpResponse:
    """To the sign-in page, and back afterwards to the page one was on.

    What an open page asks for by itself is not answered: it covers itself, and keeps what is written in it.
    """
    if request.rest and not idle.is_by_hand(request):
        return HttpResponse(status=204)
    asked = {"next": _page_of(request)}
    if request.method not in idle.SAFE and request.rest:
        asked["unsent"] = "1"
    return to_page(request, f"{resolve_url(settings.LOGIN_URL)}?{urlencode(asked)}")


def _page_of(request: ClinicRequest) -> str:
    """The page that was asked for; of a form or a fragment, the page it is on."""
    if request.method in idle.SAFE and not request.htmx:
        return request.get_full_path()
    page = (request.htmx.current_url if request.htmx else request.headers.get("Referer")) or ""
    site = f"{request.scheme}://{request.get_host()}/"
    return page[len(site) - 1 :] if page.startswith(site) else "/"


def to_page(request: ClinicRequest, url: str) -> HttpResponse:
    """A redirect of the whole page, also from within htmx. What was sent is not done and not remembered."""
    response: HttpResponse = HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)
    response.leaves_nothing = True  # type: ignore[attr-defined]
    return response


def forbidden(request: ClinicRequest) -> HttpResponse:
    """The page that says no."""
    return render(request, "403.html", status=403)
