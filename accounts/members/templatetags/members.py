"""What templates ask about who is signed in."""

from typing import Any

from django import template
from django.http import HttpRequest

from accounts.members.navigation import SUPPORT, Line, drawn

register = template.Library()


@register.simple_tag
def menu(request: HttpRequest) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """The menu of whoever asks, on the page that is shown: the first items and the rest."""
    asking: Any = request
    found = asking.resolver_match
    role = SUPPORT if asking.support_session else asking.member.role
    return drawn(role, found.view_name if found else "")
