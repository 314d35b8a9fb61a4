"""What templates ask about who is signed in."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from accounts.members.navigation import SUPPORT, UNSEEN, drawn
from tenants.models import absolute_url

register = template.Library()


@register.simple_tag
def menu(request: HttpRequest) -> SafeString:
    """The menu of whoever asks, on the page that is shown."""
    asking: Any = request
    found = asking.resolver_match
    return _as_html(_menu_of(asking), found.view_name if found else "", get_language())


@lru_cache(maxsize=1024)
def _as_html(menu: str, page: str, _language: str | None) -> SafeString:
    """One of the MENUS as it is drawn on a page: the same for everybody who has it."""
    return render_to_string("nav/menu.html", {"lists": drawn(menu, page)})


def _menu_of(asking: Any) -> str:
    if asking.support_session:
        return SUPPORT
    if asking.guardian and not asking.member.acting["verified"]:
        return UNSEEN
    role: str = asking.member.role
    return role


@register.simple_tag
def my_clinics_url() -> str:
    """Where one goes from one of one's clinics to another: the platform's site."""
    path = reverse("accounts:my_clinics", urlconf=settings.PUBLIC_SCHEMA_URLCONF)
    return absolute_url(settings.PLATFORM_DOMAIN, path)
