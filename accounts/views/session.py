"""What a page that stays open asks of its session, and where one arrives who signed in again beside it."""

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.access import public, signed_in, while_closed
from clinic.http import ClinicRequest


@public
@while_closed
@never_cache
@require_safe
def state(request: ClinicRequest) -> HttpResponse:
    """Who is signed in, for how many seconds more, and what the page's forms must carry now."""
    if not request.user.is_authenticated:
        return JsonResponse({"person": "", "left": 0})
    member = request.member.pk if request.member else ""
    left = request.rest.left if request.rest else 0
    return JsonResponse({"person": f"{request.user.pk}:{member}", "left": left, "token": get_token(request)})


@signed_in
@while_closed
@never_cache
@require_safe
def back(request: ClinicRequest) -> HttpResponse:
    """Signed in again: the page one was on goes on in its own window."""
    return render(request, "accounts/back.html")
