"""How a page says who may open it.

The markers only write the declaration on the view; MemberMiddleware enforces it, and refuses every page
that declares nothing. Who may do what is one table: `accounts.members.roles`.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse

View = TypeVar("View", bound=Callable[..., HttpResponse])

PUBLIC = "public"
SIGNED_IN = "signed_in"


def asking(request: HttpRequest) -> Any:
    """The member who asks, or None; for Django's own hooks, whose requests have no type of ours."""
    return getattr(request, "member", None)


def public(view: View) -> View:
    """Anyone may open this page."""
    view.permission = PUBLIC  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Anyone who is signed in may open this page."""
    view.permission = SIGNED_IN  # type: ignore[attr-defined]
    return view


def while_closed(view: View) -> View:
    """What is sent here is taken even where a clinic can only be read: it changes nothing of the clinic's.

    For what concerns the own sign-in, and the way back: choosing a plan (tenants.middleware).
    """
    view.while_closed = True  # type: ignore[attr-defined]
    return view


def requires(permission: str) -> Callable[[View], View]:
    """Only members whose role the role table names for `permission` ("app.verb") may open this page."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark
