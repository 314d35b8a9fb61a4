"""What a page asks of whoever opens it, and where one is led who may not."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

import structlog
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django_htmx.http import HttpResponseClientRedirect

from accounts.members import idle
from clinic.access import PUBLIC, SIGNED_IN
from clinic.http import ClinicRequest

log = structlog.get_logger(__name__)

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
