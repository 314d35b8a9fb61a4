"""Which clinic a request is for, and whether that clinic is served."""

import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import DisallowedHost
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import set_urlconf
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.defaults import server_error
from psycopg.errors import InsufficientPrivilege

from clinic.db.current import connection
from clinic.http import ClinicRequest
from clinic.languages import nearest
from tenants import directory, versions
from tenants.models import Organization
from tenants.services import arrival

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What people of a clinic that can only be read may still send: signing in and out, and what keeps that safe.
# It is their own and not the clinic's, unlike signing up. (Our own pages say so themselves: while_closed.)
OWN_SIGN_IN = ("account_", "accounts:", "mfa_", "session:", "signins:")
SIGNING_UP = "account_signup"
# Money that was on its way arrives all the same: a provider that is turned away stops telling of it.
ARRIVING = "online:receive_webhook"

# Opened at a new address to see whether it leads here, and where the proof of it is carried to.
TRIED, ARRIVED = "/domains/here/", "/domains/arrived/"


class TenantMiddleware:
    """Sets the clinic of each request by its host, and puts everything back to `public` afterwards.

    `request.organization` is the clinic, None on the platform's site; `request.tenant` is for django-tenants'
    templates, which want the public schema's stand-in there. A request never changes tenant (law 6).
    """

    def __init__(self, get_response: Callable[[ClinicRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ClinicRequest) -> HttpResponse:
        """Answer the request in its clinic, or say in a plain page why not."""
        leave_clinic()
        try:
            return self._answer(request)
        finally:
            leave_clinic()

    def _answer(self, request: ClinicRequest) -> HttpResponse:
        try:
            host = directory.normalised(request.get_host())
        except DisallowedHost:
            return nobody_lives_here()
        request.organization, request.tenant = None, connection.tenant
        if directory.is_platform(host):
            request.urlconf = settings.PUBLIC_SCHEMA_URLCONF
            set_urlconf(request.urlconf)
            return self.get_response(request)
        organization = directory.clinic_at(host)
        if organization is None:
            return nobody_lives_here()
        if host != organization.host():
            return self._lead_on(request, host, organization)
        return closed_door(organization) or self._enter(request, organization)

    def _lead_on(self, request: ClinicRequest, host: str, organization: Organization) -> HttpResponse:
        """To the host that serves the pages; which one that is, another process may have changed just now."""
        now = directory.looked_up_anew(host)
        if now is not None and now.host() == host:
            return closed_door(now) or self._enter(request, now)
        if request.path == TRIED:
            return HttpResponseRedirect(organization.url(f"{ARRIVED}?by={arrival(host)}"))
        return HttpResponseRedirect(organization.url(request.get_full_path()))

    def _enter(self, request: ClinicRequest, organization: Organization) -> HttpResponse:
        request.organization = request.tenant = organization
        connection.set_tenant(organization)
        timezone.activate(organization.time_zone)
        translation.activate(language_of(organization))
        return self.get_response(request)

    def process_view(
        self, request: ClinicRequest, view: Callable, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """After a trial, and in a suspended clinic, nothing is changed; in the latter staff alone read."""
        organization = request.organization
        if organization is None or organization.is_open or _is_taken(request, view):
            return None
        if request.method in SAFE and (not organization.is_suspended or _works_here(request)):
            return None
        template = "tenants/suspended.html" if organization.is_suspended else "tenants/read_only.html"
        response = render(request, template, {"works_here": _works_here(request)}, status=403)
        if request.htmx and request.method not in SAFE:
            # A fragment has no room for the page: the one that is open says it, as it is stored.
            messages.error(request, _("Nothing can be changed at the moment. What you sent was not stored."))
            response["HX-Refresh"] = "true"
        return response


def _is_taken(request: ClinicRequest, view: Callable) -> bool:
    """Whether what is sent changes nothing of the clinic's, or is money on its way to it."""
    match = request.resolver_match
    name = (match and match.view_name) or ""
    if getattr(view, "while_closed", False) or name == ARRIVING:
        return True
    return name.startswith(OWN_SIGN_IN) and name != SIGNING_UP


def _works_here(request: ClinicRequest) -> bool:
    """Whether staff asks, or support; patients and those who are still registering do not work here."""
    member = request.member
    return bool(request.support_session) or (member is not None and member.works_here)


def leave_clinic() -> None:
    """Put this thread back to the public schema, with nobody acting and no clinic's clock or language."""
    if connection.schema_name != "public":
        connection.set_schema_to_public()
    connection.audit_context = {}
    timezone.deactivate()
    translation.deactivate()


def nobody_lives_here() -> HttpResponse:
    """The answer at an unknown host: nothing of the site, and no statement sent but the lookup."""
    return HttpResponse(
        "There is nothing at this address.\n", status=404, content_type="text/plain; charset=utf-8"
    )


def closed_door(organization: Organization) -> HttpResponse | None:
    """Why the clinic is not served at all, or nothing when it is."""
    if organization.status == Organization.Status.CLOSED:
        return _plain("closed", organization, 410)
    if organization.status == Organization.Status.PROVISIONING:
        return _plain("provisioning", organization, 503)
    if organization.restoring_since:
        return _plain("restoring", organization, 503)
    if not versions.is_supported(organization.schema_version):
        return _plain("maintenance", organization, 503)
    return None


def broken(request: ClinicRequest) -> HttpResponse:
    """The page of an error, unless the clinic is being restored and this process had not heard of it.

    Then the database itself has refused the statement (tenants.backup.swapping).
    """
    error = sys.exc_info()[1]
    if isinstance(getattr(error, "__cause__", None), InsufficientPrivilege):
        leave_clinic()
        organization = directory.looked_up_anew(directory.normalised(request.get_host()))
        door = closed_door(organization) if organization else None
        if door:
            return door
    return server_error(request)


def _plain(reason: str, organization: Organization, status: int) -> HttpResponse:
    with translation.override(language_of(organization)):
        page = render_to_string("tenants/door.html", {"reason": reason, "clinic": organization})
    return HttpResponse(page, status=status, headers={"Retry-After": "30"} if status == 503 else {})


def language_of(organization: Organization) -> str:
    """The language of our pages nearest to the clinic's locale."""
    language = nearest(organization.locale)
    return language if language in settings.PAGE_LANGUAGES else settings.LANGUAGE_CODE
