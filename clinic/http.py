"""A request as the views get it, and what most buttons come to."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from clinic.models import Refusal

# The hidden field of that.
SENT_AS = "sent_as"
# With a file that is handed over: nothing in it is run by a browser, or kept on the way.
HANDED_OVER: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
    }
)


class ClinicRequest(HttpRequest):
    """What TenantMiddleware and MemberMiddleware have found out about a request; for annotations only.

    The rooms' own types (Organization, Member, SupportSession) are not named: this room knows no domain.
    """

    # The clinic whose host was asked, None on the platform's site; `tenant` is what django-tenants calls it.
    organization: Any
    tenant: Any
    # Who asks: the member of this clinic (a child, while its guardian acts), every member the same person is
    # here, or a superuser's visit.
    member: Any
    members: list[Any]
    # The own member of whoever acts for `member`, and all for whom the same person may act today.
    guardian: Any
    dependants: list[Any]
    # What the forms of a page say of whom it was drawn for; "" where that can only be one.
    sent_as: str
    support_session: Any
    # The name of the page where a second factor is to be shown or set up before anything else opens, if any.
    missing_factor: str
    # How long the session may be left alone, and how much of it is over; None when nobody is signed in.
    rest: Any
    # Whether the page is about a patient outside the care of the doctor who asks (records/chart/gate.py).
    outside_care: bool
    htmx: HtmxDetails


def is_prefetched(request: HttpRequest) -> bool:
    """Whether a browser asks ahead of its person, who may never come: nothing is done for it that counts."""
    return "Sec-Purpose" in request.headers or request.headers.get("Purpose") == "prefetch"


def carry_out(
    request: ClinicRequest, service: Callable[..., Any], subject: Any, said: str = "", **arguments: Any
) -> Any:
    """Run a service that a button alone asked for, and say what came of it as a message.

    What the service returned, or None when it refused; `said` is the sentence for success.
    """
    try:
        result = service(subject, **{"by": request.member, **arguments})
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return None
    if said:
        messages.success(request, said)
    return result
