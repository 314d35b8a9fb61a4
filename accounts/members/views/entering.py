"""Into the clinic as whoever is signed in on the platform's site (accounts.services.handing_over)."""

from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from accounts.members.adapter import first_page, member_of
from accounts.models import HandOver, User
from accounts.second_factor.shown import adopt
from accounts.services import end_this_signin, hash_of, make_secret, redeem_hand_over
from clinic.access import public, while_closed
from clinic.http import ClinicRequest, is_prefetched
from tenants.models import absolute_url

COOKIE = "__Host-entrance" if settings.IS_SECURE else "entrance"
# In seconds: long enough to sign in on the platform on the way.
KEPT = 900
LONGEST_PAGE = 1000
SEVERAL_SESSION_KEY = "several_clinics"


@require_GET
@never_cache
@while_closed
@public
def enter(request: ClinicRequest) -> HttpResponse:
    """To the platform, which knows who one is. What begins in this browser ends in it."""
    secret = make_secret()
    path = reverse(
        "accounts:hand_over", args=[request.organization.pk], urlconf=settings.PUBLIC_SCHEMA_URLCONF
    )
    asked = urlencode({"browser": hash_of(secret)})
    response = redirect(absolute_url(settings.PLATFORM_DOMAIN, f"{path}?{asked}"))
    page = request.GET.get("next", "")[:LONGEST_PAGE]
    value = f"{secret}:{page}"
    response.set_cookie(COOKIE, value, KEPT, secure=settings.IS_SECURE, httponly=True, samesite="Lax")
    return response


@require_GET
@never_cache
@while_closed
@public
def take_over(request: ClinicRequest, token: str) -> HttpResponse:
    """Back from the platform: signed in here as well, if still one of the clinic's people."""
    secret, _, page = request.COOKIES.get(COOKIE, "").partition(":")
    if is_prefetched(request):
        return HttpResponse(status=503)
    found = redeem_hand_over(token, organization=request.organization, secret=secret)
    member = member_of(found[0]) if found else None
    if found is None or member is None:
        return render(request, "members/not_entered.html", {"was_known": found is not None}, status=410)
    _begin(request, *found)
    is_ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    response = redirect(page if page and is_ours else first_page(member))
    response.delete_cookie(COOKIE, samesite="Lax")
    return response


def _begin(request: ClinicRequest, user: User, handed: HandOver) -> None:
    """A session of the user, as safe as the one on the platform's site; one's own goes on as it is."""
    if request.user.is_authenticated and request.user.pk == user.pk and not request.support_session:
        return
    end_this_signin(request)
    request.session.flush()
    get_adapter().login(request, user)
    adopt(request, user, handed.shown)
    request.session[SEVERAL_SESSION_KEY] = handed.is_one_of_several
