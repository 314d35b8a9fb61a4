"""What templates ask about who is signed in."""

from typing import Any

from django import template
from django.http import HttpRequest

from accounts.members.navigation import SUPPORT, UNSEEN, Line, drawn

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
