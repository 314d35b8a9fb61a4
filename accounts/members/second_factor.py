"""Nobody who must show a second factor goes anywhere without it.

It is required of some roles everywhere, of more where the clinic says so, and of whoever runs the platform;
and whoever has one shows it, in each session. What is asked here is in the request already; it
costs no query.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.shortcuts import resolve_url

from accounts.members.roles import SECOND_FACTOR
from accounts.second_factor.shown import is_shown
from clinic.access import PUBLIC
from clinic.http import ClinicRequest

SHOW = "mfa_reauthenticate"
SET_UP = "mfa_index"
# What is open to whoever has to show a factor, and to whoever has none yet. Not the same: who knows only the
# password must not be able to add a factor beside the one that is there.
OPEN: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        SHOW: frozenset({SHOW, "mfa_reauthenticate_webauthn", "account_logout"}),
        SET_UP: frozenset(
            {SET_UP, "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate", "account_logout"}
        ),
    }
)


def roles_required(organization: Any) -> frozenset[str]:
    """Who needs a second factor in this clinic."""
    return SECOND_FACTOR | frozenset(organization.second_factor_roles)


def is_required(request: ClinicRequest) -> bool:
    """Whether who asks may be here only with a second factor. A demo lets everybody try without."""
    if settings.DEMO:
        return False
    member: Any = request.member
    is_of_role = member is not None and member.role in roles_required(request.organization)
    return is_of_role or bool(getattr(request.user, "is_superuser", False))


def missing_factor(request: ClinicRequest) -> str:
    """The page where who asks shows a factor, or sets one up; "" when nothing is missing."""
    user: Any = request.user
    if not user.is_authenticated or request.support_session:
        return ""
    if user.has_factor:
        return "" if is_shown(request, user) else SHOW
    return SET_UP if is_required(request) else ""


def hold(
    request: ClinicRequest, missing: str, permission: str | None, to_page: Callable[..., HttpResponse]
) -> HttpResponse | None:
    """Lead to the page where the factor is shown or set up; open that one, and what is open to strangers."""
    match = request.resolver_match
    page = match.view_name if match else ""
    if page in OPEN[missing]:
        step_back(request)
        request.missing_factor = missing
        return None
    if permission == PUBLIC:
        step_back(request)
        request.user = AnonymousUser()
        return None
    return to_page(request, resolve_url(missing))


def step_back(request: ClinicRequest) -> None:
    """Take from the request whom it acts for: until the factor is shown it is nobody of this clinic."""
    user: Any = request.user
    user.member = request.member = request.guardian = None
    request.members, request.dependants = [], []


def may_visit(user: Any) -> bool:
    """Whether who runs the platform may go on with a support session."""
    return bool(user.has_factor) or settings.DEMO
