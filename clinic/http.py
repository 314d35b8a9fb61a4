"""A request as the views get it."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class ClinicRequest(HttpRequest):
    """What TenantMiddleware and MemberMiddleware have found out about a request; for annotations only.

    The rooms' own types (Organization, Member, SupportSession) are not named: this room knows no domain.
    """

    # The clinic whose host was asked, None on the platform's site; `tenant` is what django-tenants calls it.
    organization: Any
    tenant: Any
    # Who asks: the member of this clinic, every member the same person is here, or a superuser's visit.
    member: Any
    members: list[Any]
    support_session: Any
    htmx: HtmxDetails
