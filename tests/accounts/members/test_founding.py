"""Signing a clinic up: its founder is the first administrator, and nobody learns who has a log-in."""

from typing import Any

import pytest

from clinic.db.current import connection
from tenants.models import Organization
from tests.people import a_user

pytestmark = pytest.mark.django_db

FORM = {
    "name": "Lagoon Clinic",
    "country": "IE",
    "given_name": "Ada",
    "family_name": "Obi",
    "email": "Ada@example.com",
}


def clinics() -> int:
    connection.set_schema_to_public()
    return Organization.objects.count()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"label": "xn--evil"}, "small letters"),
        ({"label": "acme"}, "already has this address"),
        ({"label": "admin"}, "reserved"),
        ({"country": ""}, "required"),
        ({"country": "US"}, "Please choose"),
        ({"email": "ada"}, "valid e-mail"),
        ({"time_zone": "Mars/Olympus"}, "valid choice"),
        ({"also_doctor": "on"}, "Needed if you see patients"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field(anonymous: Any, change: dict, sentence: str) -> None:
    before = clinics()
    answer = anonymous().send("/sign-up/", {**FORM, **change})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence.lower() in page.lower().replace("email", "e-mail")
    assert "Obi" in page
    assert clinics() == before


def test_without_a_ready_schema_the_worker_is_asked(anonymous: Any) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    connection.set_schema_to_public()
    browser = anonymous()
    assert browser.send("/sign-up/", FORM)["Location"] == "/sign-up/done/"
    clinic = Organization.objects.get(label="lagoon-clinic")
    assert (clinic.currency, clinic.time_zone, clinic.locale) == ("EUR", "Europe/Dublin", "en_IE")
    jobs = ProcrastinateJob.objects.filter(lock="tenants.provisioning").order_by("id")
    assert [job.task_name for job in jobs][-2:] == ["tenants.finish_provisioning", "members.found_clinic"]
    assert "being set up" in browser.get("/sign-up/done/").content.decode()


def test_a_known_email_is_answered_as_an_unknown_one(anonymous: Any) -> None:
    connection.set_schema_to_public()
    a_user("ada@example.com")
    known = anonymous().send("/sign-up/", FORM)
    unknown = anonymous().send("/sign-up/", {**FORM, "name": "Other Clinic", "email": "new@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


def test_somebody_elses_clinic_is_not_shown(anonymous: Any) -> None:
    assert anonymous().get("/sign-up/done/").status_code == 404
    assert anonymous().get("/my-clinics/").status_code == 302


def test_one_address_does_not_sign_up_clinics_without_end(anonymous: Any) -> None:
    connection.set_schema_to_public()
    browser = anonymous()
    for number in range(10):
        browser.send("/sign-up/", {**FORM, "name": f"Clinic number {number}"})
    before = clinics()
    assert "Wait an hour" in browser.send("/sign-up/", FORM).content.decode()
    assert clinics() == before
