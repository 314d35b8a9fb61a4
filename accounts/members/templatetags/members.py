"""What templates ask about who is signed in."""

from typing import Any

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from accounts.members.navigation import SUPPORT, UNSEEN, Line, drawn
from tenants.models import absolute_url

register = template.Library()


@register.simple_tag
def menu(request: HttpRequest) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The menu of whoever asks, on the page that is shown: the first items and the rest."""
    asking: Any = request
    found = asking.resolver_match
    return drawn(_menu_of(asking), found.view_name if found else "")


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
