"""Who is probably registered already is shown before somebody is registered twice."""

import datetime
from typing import Any

import pytest
from django.urls import reverse

from accounts.members import services
from accounts.members.models import PatientProfile
from accounts.members.services.likeness import Doubtful, likely_the_same
from tests.people import PatientFactory, StaffFactory, with_login

pytestmark = pytest.mark.django_db

BORN = datetime.date(1980, 5, 31)
ADA = {"given_name": "Ada", "family_name": "Obi", "date_of_birth": BORN}
PHONE = "+2348031234567"


@pytest.fixture
def ada() -> PatientProfile:
    return PatientFactory(**ADA, phone=PHONE, email="ada@people.example")


@pytest.mark.parametrize(
    ("typed", "reasons"),
    [
        (ADA, "same name, same date of birth"),
        ({"given_name": "obi", "family_name": "ÀDÁ", "date_of_birth": BORN}, "same name, same date of birth"),
        (
            {"given_name": "Ada", "family_name": "Obbi", "date_of_birth": BORN},
            "similar name, same date of birth",
        ),
        ({"given_name": "Ada", "family_name": "Obi"}, "same name"),
        ({"given_name": "Ada", "family_name": "Obie", "phone": PHONE}, "similar name, same phone number"),
        (
            {
                "given_name": "Adda",
                "family_name": "Obi",
                "email": "ADA@people.example",
                "date_of_birth": BORN,
            },
            "similar name, same date of birth, same e-mail address",
        ),
    ],
)
def test_who_is_probably_the_same_is_found_with_the_reasons(
    ada: PatientProfile, typed: dict[str, Any], reasons: str
) -> None:
    (found,) = likely_the_same(typed)
    assert found.patient == ada
    assert ", ".join(map(str, found.reasons)) == reasons


@pytest.mark.parametrize(
    "typed",
    [
        # A namesake of another age, a twin, a child with the mother's phone, somebody born on the same day.
        {"given_name": "Ada", "family_name": "Obi", "date_of_birth": datetime.date(1999, 1, 1)},
        {"given_name": "Chidiebere", "family_name": "Obi", "date_of_birth": BORN, "phone": PHONE},
        {"given_name": "Emeka", "family_name": "Obi", "phone": PHONE, "email": "ada@people.example"},
        # Twins whose mother gave her number and her e-mail for both.
        {
            "given_name": "Emeka",
            "family_name": "Obi",
            "date_of_birth": BORN,
            "phone": PHONE,
            "email": "ada@people.example",
        },
        {"given_name": "Bola", "family_name": "Ade", "date_of_birth": BORN},
    ],
)
def test_relatives_and_namesakes_are_other_people(ada: PatientProfile, typed: dict[str, Any]) -> None:
    assert likely_the_same(typed) == []


def test_the_likeliest_comes_first(ada: PatientProfile) -> None:
    PatientFactory(given_name="Ada", family_name="Obi", date_of_birth=None)
    found = likely_the_same({**ADA, "phone": PHONE})
    assert [likeness.score for likeness in found] == [120, 50]
    assert found[0].patient == ada


def test_nobody_is_registered_in_doubt_unless_one_is_sure(ada: PatientProfile) -> None:
    with pytest.raises(Doubtful):
        services.register_patient(by=None, sure=False, **ADA)
    assert PatientProfile.objects.count() == 1
    assert services.register_patient(by=None, sure=True, **ADA) != ada


@pytest.mark.parametrize("page", ["members:register_patient", "scheduling:register_patient_to_book"])
def test_the_desk_sees_who_it_may_be_and_decides(client_for: Any, ada: PatientProfile, page: str) -> None:
    desk = client_for(with_login(StaffFactory()))
    typed = {
        **ADA,
        "date_of_birth": "1980-05-31",
        "phone": "0803 123 4567",
        "country": "NG",
        "gender": "female",
    }
    shown = desk.send(reverse(page), typed).content.decode()
    assert "Is it one of these?" in shown
    assert ada.number in shown
    assert "same phone number" in shown
    assert 'value="Obi"' in shown
    assert PatientProfile.objects.count() == 1
    assert desk.send(reverse(page), {**typed, "sure": "1"}).status_code == 302
    assert PatientProfile.objects.count() == 2


def test_looking_for_the_same_person_is_one_statement(
    ada: PatientProfile, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        likely_the_same({**ADA, "phone": PHONE, "email": "ada@people.example"})
