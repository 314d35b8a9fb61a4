"""The list of models beside an admin's pages: remembered, and never what somebody else was shown."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin import AdminSite
from django.template.loader import render_to_string
from django.utils import translation
from django_tenants.utils import schema_context

from accounts.members.models import PatientProfile
from accounts.members.roles import Role
from clinic.admin import ClinicSite, clinic_site
from clinic.admin_models import AppList
from tests.people import StaffFactory, with_login
from tests.tenants.factories import superuser

PATIENTS = "/admin/members/patientprofile/"
PLACES = ("/admin/", "/admin/members/", PATIENTS, f"{PATIENTS}?q=Ada", "/admin/members/member/")


@pytest.fixture
def admin(db: None, client_for: Callable[..., Any]) -> Any:
    """An administrator's browser."""
    return client_for(with_login(StaffFactory(role=Role.ADMIN)))


def drawn_anew(monkeypatch: pytest.MonkeyPatch, ask: Callable[[], Any]) -> Any:
    """What the browser is shown when nothing is remembered."""
    with monkeypatch.context() as forgetful:
        forgetful.setattr(ClinicSite, "get_app_list", lambda *asked: AppList(AdminSite.get_app_list(*asked)))
        return ask()


def listed(answer: Any) -> str:
    """The page without what differs each time: the keys against forgery, and the policy's."""
    page = answer.content.decode()
    start = page.index('<div class="app-')
    return page[start : page.index("</nav>" if "nav-sidebar" in page else "<footer", start)]


def test_each_page_has_the_list_that_django_makes_anew(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for path in (*PLACES, *PLACES):
        found = listed(admin.get(path))
        assert found == listed(drawn_anew(monkeypatch, lambda path=path: admin.get(path))), path
        assert found.count('aria-current="page"') == path.split("?")[0].count("/") // 4


def test_whose_rights_are_others_sees_another_list(admin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    link = f'href="{PATIENTS}add/"'
    may_add = link in listed(admin.get("/admin/members/member/"))
    monkeypatch.setattr(type(clinic_site.get_model_admin(PatientProfile)), "may_add", not may_add)
    assert (link in listed(admin.get("/admin/members/member/"))) is not may_add
    monkeypatch.setattr(ClinicSite, "has_permission", lambda *_asked: False)
    assert clinic_site.get_app_list(admin.get("/").wsgi_request) == []


def test_the_platforms_list_is_another(admin: Any, anonymous: Callable[..., Any]) -> None:
    platform = anonymous()
    with schema_context("public"):
        platform.force_login(superuser())
    assert "/admin/tenants/organization/" in platform.get("/admin/").content.decode()
    assert "/admin/tenants/organization/" not in admin.get("/admin/").content.decode()


def test_each_language_has_a_list_of_its_own(admin: Any) -> None:
    request = admin.get("/admin/").wsgi_request
    with translation.override("de"):
        german = clinic_site.get_app_list(request)
    assert german is not clinic_site.get_app_list(request)


def test_a_place_is_one_of_the_list() -> None:
    """Addresses that somebody made up are not remembered."""
    models = AppList([])
    assert models.drawn("/admin/nothing/", False) is models.drawn("/admin/else/", False)
    assert models.drawn("/admin/nothing/", False) == render_to_string("admin/apps.html", {"app_list": []})
