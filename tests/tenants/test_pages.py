"""The platform's pages."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.filebased import EmailBackend

from accounts.models import User
from clinic.db.current import connection
from clinic.notifications.sms import send_sms
from tenants import mails, services
from tenants.models import Organization
from tests.tenants.factories import signed_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(anonymous: Callable) -> Any:
    connection.set_schema_to_public()
    return anonymous()


def test_the_first_page_says_what_it_is_and_leads_on(platform: Any) -> None:
    page = platform.get("/").content.decode()
    assert "/sign-up/" in page
    assert "/clinics/" in page


def test_clinics_are_found_by_name_and_place(platform: Any, acme: Any) -> None:
    Organization.objects.filter(pk=acme.pk).update(address="3 Marina Road, Lagos")
    for words in ("acme", "ACME family", "lagos", "marina acme"):
        page = platform.get("/clinics/", {"q": words}).content.decode()
        assert "Acme Family Clinic" in page
        assert "Beta Health" not in page
        assert acme.url() in page


@pytest.mark.parametrize("words", ["nothing like it", "%", "'", "\x00", "a" * 101])
def test_odd_words_find_nothing_and_break_nothing(words: str, platform: Any) -> None:
    response = platform.get("/clinics/", {"q": words})
    assert response.status_code == 200


def test_only_clinics_that_take_bookings_are_listed(platform: Any, acme: Any) -> None:
    services.suspend_organization(acme, by=None)
    page = platform.get("/clinics/").content.decode()
    assert "Acme Family Clinic" not in page
    assert "Beta Health" in page


def test_the_list_costs_the_same_for_one_clinic_and_twenty(
    platform: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        platform.get("/clinics/", {"q": "Acme"})
    with django_assert_num_queries(2):
        platform.get("/clinics/")


def test_the_founder_alone_sees_the_progress(platform: Any, anonymous: Callable) -> None:
    founder, other = (User.objects.create_user(f"{name}@x.example", "a long password") for name in "ab")
    clinic = signed_up(by=founder)
    path = f"/clinics/{clinic.pk}/progress/"
    assert platform.get(path).status_code == 302
    for user, code in ((founder, 200), (other, 404)):
        browser = anonymous()
        browser.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
        response = browser.get(path)
        assert response.status_code == code
    assert not clinic.is_open


def test_the_progress_leads_to_the_clinic_when_it_is_there(
    platform: Any, acme: Any, anonymous: Callable
) -> None:
    founder = User.objects.create_user("a@x.example", "a long password")
    Organization.objects.filter(pk=acme.pk).update(founder_id=founder.pk)
    browser = anonymous()
    browser.force_login(founder, "allauth.account.auth_backends.AuthenticationBackend")
    path = f"/clinics/{acme.pk}/progress/"
    assert acme.url("/accounts/login/") in browser.get(path).content.decode()
    assert browser.get(path, HTTP_HX_REQUEST="true")["HX-Redirect"] == acme.url("/accounts/login/")


def test_delivered_mails_are_read_newest_first(tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_FILE_PATH, settings.SMS_URL = str(tmp_path), f"file:{tmp_path}"
    for number in range(3):
        letter = EmailMessage(f"Nº {number}", f"http://acme.localhost:8000/x/{number}/", to=["ada@x.example"])
        letter.attach("paper.pdf", b"%PDF", "application/pdf")
        EmailBackend(file_path=str(tmp_path)).send_messages([letter, letter])
    found = mails.delivered()
    assert len(found) == 6
    assert {mail.subject for mail in found} == {"Nº 0", "Nº 1", "Nº 2"}
    assert mails.read(found[0].key) == found[0]
    assert "http://acme.localhost:8000/x/" in found[0].text
    assert found[0].files == ("paper.pdf",)


@pytest.mark.parametrize("key", ["../../etc/passwd", "x", "20260101-000000-1-0", "20260101-000000-1"])
def test_a_mail_that_is_not_there_is_nothing(key: str, tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_FILE_PATH = str(tmp_path)
    assert mails.read(key) is None


def test_text_messages_are_read_among_the_mails(tmp_path: Path, settings: Any) -> None:
    settings.EMAIL_FILE_PATH, settings.SMS_URL = str(tmp_path), f"file:{tmp_path}"
    send_sms("+2348031234567", "Your visit is booked", "0193a1b2-0000-7000-8000-000000000001")
    (found,) = mails.delivered()
    assert (found.to, found.text.strip(), found.subject) == ("+2348031234567", "Your visit is booked", "")
    assert mails.read(found.key) == found
    assert mails.read("sms-0193a1b2-0000-7000-8000-000000000002") is None


def test_mails_are_shown_in_a_demo_only(platform: Any) -> None:
    assert platform.get("/demo/mails/").status_code == 404
