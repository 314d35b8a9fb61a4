"""Law 3: a session is worth something only in the clinic where it began."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django_tenants.utils import schema_context, tenant_context

from tests.people import StaffFactory, with_login

pytestmark = pytest.mark.django_db
STAFF_PAGE = "/patients/"


def test_the_cookie_of_one_clinic_opens_no_other(
    acme: Any, beta: Any, client_for: Callable, anonymous: Callable
) -> None:
    member = with_login(StaffFactory())
    here = client_for(member)
    assert here.get(STAFF_PAGE).status_code == 200
    for elsewhere in (anonymous(beta), anonymous()):
        elsewhere.cookies[settings.SESSION_COOKIE_NAME] = here.cookies[settings.SESSION_COOKIE_NAME].value
        assert not elsewhere.get("/").wsgi_request.user.is_authenticated


@pytest.mark.parametrize("where", ["beta", "public"])
def test_a_session_copied_into_another_schema_is_worth_nothing(
    where: str, acme: Any, beta: Any, client_for: Callable, anonymous: Callable
) -> None:
    """The user is the same, and even a member of both: what counts is where the session began."""
    member = with_login(StaffFactory())
    with tenant_context(beta):
        there = StaffFactory()
        there.user = member.user
        there.save(update_fields=["user"])
    here = client_for(member)
    assert here.get(STAFF_PAGE).status_code == 200
    stored = Session.objects.get()
    with schema_context(beta.schema_name if where == "beta" else "public"):
        Session.objects.bulk_create([stored])
    browser = anonymous(beta if where == "beta" else None)
    browser.cookies[settings.SESSION_COOKIE_NAME] = stored.session_key
    response = browser.get(STAFF_PAGE if where == "beta" else "/")
    assert not response.wsgi_request.user.is_authenticated


def test_the_cookie_is_the_hosts_own() -> None:
    assert settings.SESSION_COOKIE_DOMAIN is None
    assert settings.CSRF_COOKIE_DOMAIN is None
