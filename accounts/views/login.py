"""Pages about one's own log-in: allauth's, on the site where they can be carried out."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account import views
from django.conf import settings
from django.http import HttpResponse, HttpResponseRedirect

from tenants.models import absolute_url


def where_it_can_be_done(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead who runs the platform from a clinic's site to the platform's: no clinic may touch their log-in."""

    @wraps(view)
    def led(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.organization and getattr(request.user, "is_superuser", False):
            return HttpResponseRedirect(absolute_url(settings.PLATFORM_DOMAIN, request.path))
        return view(request, *args, **kwargs)

    return led


email = where_it_can_be_done(views.email)
change_password = where_it_can_be_done(views.password_change)
set_password = where_it_can_be_done(views.password_set)
