"""Every form counts once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import PatientProfile
from accounts.members.roles import Role
from clinic.idempotency.jobs import forget_old_forms
from clinic.idempotency.models import SentForm
from tests.conftest import ClinicClient
from tests.people import StaffFactory, with_login

FORM = {
    "given_name": "Ada",
    "family_name": "Obi",
    "date_of_birth": "1984-03-09",
    "gender": "female",
    "idempotency_key": "one key",
}


@pytest.fixture
def desk(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role=Role.RECEPTIONIST)))


@pytest.fixture
def page(acme: Any) -> str:
    return reverse("members:register_patient", "clinic.urls")


def test_the_same_form_sent_twice_is_done_once_and_leads_to_the_same_page(
    desk: ClinicClient, page: str
) -> None:
    first, second = desk.post(page, FORM), desk.post(page, FORM)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert PatientProfile.objects.count() == 1


def test_the_same_key_with_another_content_is_refused(desk: ClinicClient, page: str) -> None:
    desk.post(page, FORM)
    assert desk.post(page, {**FORM, "given_name": "Bola"}).status_code == 409
    assert PatientProfile.objects.count() == 1


def test_the_same_key_from_another_person_is_refused(
    desk: ClinicClient, page: str, client_for: Callable[..., ClinicClient]
) -> None:
    desk.post(page, FORM)
    other = client_for(with_login(StaffFactory(role=Role.RECEPTIONIST)))
    assert other.post(page, FORM).status_code == 409


def test_a_form_without_a_key_is_refused(desk: ClinicClient, page: str) -> None:
    answer = desk.post(page, {"given_name": "Ada", "family_name": "Obi"})
    assert answer.status_code == 400
    assert not PatientProfile.objects.exists()


@pytest.mark.parametrize("key", ["a\x00b", "k" * 65, "\U0001f511"])
def test_a_key_that_no_page_of_ours_wrote_is_refused(desk: ClinicClient, page: str, key: str) -> None:
    assert desk.post(page, {**FORM, "idempotency_key": key}).status_code == 400
    assert not PatientProfile.objects.exists()


def test_a_form_in_another_encoding_is_refused_in_our_words(desk: ClinicClient, page: str) -> None:
    desk.get(page)
    desk.handler.enforce_csrf_checks = True
    kind = "application/x-www-form-urlencoded; charset=utf-7"
    answer = desk.generic("POST", page, "given_name=Ada", content_type=kind)
    assert answer.status_code == 400
    assert b"could not be read" in answer.content


def test_a_form_with_errors_does_not_use_its_key_up(desk: ClinicClient, page: str) -> None:
    wrong = desk.post(page, {**FORM, "given_name": ""})
    assert wrong.status_code == 200
    assert not SentForm.objects.exists()
    assert desk.post(page, FORM).status_code == 302


def test_a_form_that_is_not_answered_by_a_redirect_leaves_nothing_behind(
    desk: ClinicClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from accounts.members.views import patients

    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("after the service")

    desk.raise_request_exception = False
    monkeypatch.setattr(patients, "redirect", crash)
    assert desk.post(page, FORM).status_code == 500
    assert not PatientProfile.objects.exists()
    assert not SentForm.objects.exists()


def test_old_keys_are_forgotten(desk: ClinicClient, page: str) -> None:
    desk.post(page, FORM)
    desk.post(page, {**FORM, "idempotency_key": "another", "given_name": "Bola"})
    SentForm.objects.filter(pk=SentForm.objects.first().pk).update(
        created_at=timezone.now() - timedelta(days=31)
    )
    forget_old_forms.func.__wrapped__()
    assert SentForm.objects.count() == 1
