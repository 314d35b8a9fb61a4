"""The code on the sheet: a stranger learns whether it is the clinic's and what became of it, nothing more."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import override_settings
from django.urls import reverse
from django_tenants.utils import tenant_context

from accounts.members.models import Member
from clinic.pdf.codes import qr_code, qr_image
from records import services
from records.models import Prescription
from records.models.prescription import first_letter
from records.views.paper import sheet_data
from tests.records.factories import ARNICA, begun, drafted, handed_out
from tests.scheduling.factories import PatientFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def page(prescription: Prescription) -> str:
    return reverse("records:verify_prescription", args=[prescription.token])


def named() -> Prescription:
    """Handed out to somebody with a name that would be known again."""
    patient = PatientFactory(member__given_name="Ngozi Adaeze", member__family_name="Okonkwo")
    return handed_out(begun(patient=patient))


def test_a_stranger_is_told_state_date_initials_doctor_and_clinic_and_nothing_else(
    anonymous: Browser, acme: Any
) -> None:
    prescription = named()
    answer = anonymous(acme).get(page(prescription))
    text = answer.content.decode()
    for told in ("This prescription is ours", "N. A. O.", prescription.doctor.name, acme.name, "in use"):
        assert told in text
    patient = prescription.patient
    for hidden in (
        "Ngozi",
        "Okonkwo",
        patient.number,
        str(patient.pk),
        str(prescription.pk),
        *ARNICA.values(),
    ):
        assert hidden not in text
    assert "noindex" in text
    assert "no-store" in answer["Cache-Control"]


def test_what_became_of_it_is_told_and_never_why(anonymous: Browser, acme: Any) -> None:
    prescription = named()
    by = prescription.doctor.member
    services.stop_prescription(prescription, by=by, reason="Rash on the trunk")
    text = anonymous(acme).get(page(prescription)).content.decode()
    assert "Please give nothing out on it any more" in text
    assert "Rash" not in text
    completed = named()
    services.complete_prescription(completed, by=completed.doctor.member)
    assert "not in use any more" in anonymous(acme).get(page(completed)).content.decode()


def test_a_draft_is_never_valid_nor_is_what_was_discarded(anonymous: Browser, acme: Any) -> None:
    draft = drafted()
    assert sheet_data(draft, acme)["code"] == ""
    assert anonymous(acme).get(page(draft)).status_code == 404
    services.cancel_prescription(draft, by=draft.doctor.member)
    assert anonymous(acme).get(page(draft)).status_code == 404


def test_another_clinic_knows_nothing_of_the_code(anonymous: Browser, beta: Any) -> None:
    prescription = handed_out()
    answer = anonymous(beta).get(page(prescription))
    assert answer.status_code == 404
    assert "We do not know this prescription" in answer.content.decode()
    ours = prescription.token
    with tenant_context(beta):
        assert prescription.token != ours


@pytest.mark.parametrize("broken", ["x", "äö", "A" * 43, "A" * 2000, "%00", "..", "a.b"])
def test_what_the_clinic_did_not_seal_is_unknown_without_asking_the_database(
    broken: str, anonymous: Browser, acme: Any, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        assert not Prescription.objects.by_token(broken).exists()
    assert anonymous(acme).get(f"/verify/{broken}/").status_code == 404


def test_not_a_letter_of_the_code_can_be_changed() -> None:
    prescription = handed_out()
    token = prescription.token
    for place in range(len(token) - 1):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not Prescription.objects.by_token(other).exists(), place
    assert Prescription.objects.by_token(token).get() == prescription


def test_paper_outlives_a_new_secret_of_the_site() -> None:
    prescription = handed_out()
    token = prescription.token
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert Prescription.objects.by_token(token).exists()
    with override_settings(SECRET_KEY="new"):
        assert not Prescription.objects.by_token(token).exists()


def test_the_sheet_carries_the_code_of_its_page(acme: Any) -> None:
    prescription = handed_out()
    assert sheet_data(prescription, acme)["code"] == qr_code(acme.url(page(prescription)))


@pytest.mark.parametrize(
    ("name", "letter"), [("Ada", "A"), ("कृष्णा", "कृ"), ("أحمد", "أ"), ("E\u0301va", "E\u0301")]
)
def test_the_first_letter_comes_with_its_marks(name: str, letter: str) -> None:
    assert first_letter(name) == letter


def test_initials_are_one_letter_of_each_name() -> None:
    patient = PatientFactory.build(member=Member(given_name="Ngozi Adaeze", family_name="Okonkwo"))
    assert Prescription(patient=patient).initials == "N. A. O."


def test_the_page_to_print_carries_the_code_too_and_a_draft_does_not(client_for: Browser, acme: Any) -> None:
    prescription, draft = handed_out(), drafted()
    shown = {}
    for found in (prescription, draft):
        sheet = reverse("records:prescription", args=[found.pk])
        shown[found] = client_for(found.doctor.member).get(sheet).content.decode()
    assert qr_image(acme.url(page(prescription))) in shown[prescription]
    assert "data:image/svg" not in shown[draft]
