"""Where one is signed in, and how that is ended."""

from typing import Any, cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import services
from accounts.devices import device_icon, device_name
from accounts.models import Signin, User
from accounts.services.signins import SIGNIN_SESSION_KEY
from accounts.views.login import where_it_can_be_done
from clinic.access import signed_in
from clinic.http import ClinicRequest
from clinic.models import Refusal
from tenants.models import absolute_url

# More are not read, and hardly anybody has more at a time.
SHOWN = 50
# Of those that have ended.
SHOWN_ENDED = 10


@require_safe
@signed_in
def signin_list(request: ClinicRequest) -> HttpResponse:
    """One's sign-ins: in a clinic those in it, on the platform's site all of them."""
    user = cast(User, request.user)
    known = Signin.objects.select_related("organization")
    context: dict[str, Any] = {
        "running": [_line(request, signin) for signin in known.running(user)[:SHOWN]],
        "ended": [_line(request, signin) for signin in known.over(user)[:SHOWN_ENDED]],
        "platform_list": absolute_url(settings.PLATFORM_DOMAIN, request.path),
    }
    return render(request, "accounts/signin_list.html", context)


def _line(request: ClinicRequest, signin: Signin) -> dict[str, Any]:
    here = request.session.get(SIGNIN_SESSION_KEY) == str(signin.pk)
    device, icon = device_name(signin.agent), device_icon(signin.agent)
    return {"signin": signin, "device": device, "icon": icon, "is_this_one": here}


@require_POST
@signed_in
def end_signin(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Sign one of them out."""
    signin = get_object_or_404(Signin.objects.of(cast(User, request.user)), pk=pk)
    try:
        services.end_signin(signin, by=cast(User, request.user))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("Signed out there."))
    return redirect("signins:signin_list")


@signed_in
@where_it_can_be_done
@reauthentication_required
def sign_out_everywhere(request: ClinicRequest) -> HttpResponse:
    """Sign out of everything, here too, after showing once more who one is."""
    if request.method == "POST":
        user = cast(User, request.user)
        services.sign_out_everywhere(user, by=user)
        get_adapter().logout(request)
        messages.success(request, _("You are signed out everywhere."))
        return redirect("account_login")
    return render(request, "accounts/sign_out_everywhere.html")
