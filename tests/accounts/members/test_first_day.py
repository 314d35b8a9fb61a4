"""A clinic that is signed up and entered, on a schema that was ready."""

import re
from typing import Any

from django_tenants.utils import tenant_context

from accounts.members.models import Member
from accounts.members.roles import Role
from accounts.models import Affiliation, User
from clinic.db.current import connection
from clinic.notifications.models import OutboxMessage
from tenants.models import Organization
from tests.accounts.members.test_founding import FORM
from tests.conftest import show_factor
from tests.people import PASSWORD, a_user


def test_the_letters_reader_is_the_first_administrator(committed: None, anonymous: Any) -> None:
    from tenants.services import fill_ready_schemas

    connection.set_schema_to_public()
    fill_ready_schemas(1)
    browser = anonymous()
    form = {**FORM, "also_doctor": "on", "specialisation": "Surgery", "licence_number": "M-1"}
    browser.send("/sign-up/", form)
    assert "is ready" in browser.get("/sign-up/done/").content.decode()
    clinic = Organization.objects.get(label="lagoon-clinic")
    with tenant_context(clinic):
        roles = set(Member.objects.values_list("role", flat=True))
        letter = OutboxMessage.objects.get(kind="invitation").body
    assert roles == {Role.ADMIN, Role.DOCTOR}
    path = re.search(r"/invitation/\S+", letter)[0]  # type: ignore[index]
    entrance = anonymous(clinic)
    answer = entrance.send(path, {"password": PASSWORD, "password_again": PASSWORD})
    assert answer["Location"] == "/day/"
    with tenant_context(clinic):
        show_factor(entrance, User.objects.get(email="ada@example.com"))
    assert entrance.get("/staff/").status_code == 200
    assert entrance.get("/admin/").status_code == 200
    connection.set_schema_to_public()
    user = User.objects.get(email="ada@example.com")
    assert Affiliation.objects.filter(user_id=user.pk, organization=clinic).count() == 1


def test_who_is_signed_in_has_access_at_once(committed: None, anonymous: Any) -> None:
    from tenants.services import fill_ready_schemas

    connection.set_schema_to_public()
    fill_ready_schemas(1)
    user = a_user("eve@example.com")
    browser = anonymous()
    browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    form = {key: value for key, value in FORM.items() if key != "email"}
    assert "/progress/" in browser.send("/sign-up/", form)["Location"]
    clinic = Organization.objects.get(label="lagoon-clinic")
    with tenant_context(clinic):
        assert Member.objects.get().user == user
        assert not OutboxMessage.objects.exists()
    page = browser.get("/my-clinics/").content.decode()
    assert "Lagoon Clinic" in page
    assert clinic.url("/") in page
