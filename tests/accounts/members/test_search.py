"""Finding people by name, whatever the accents and the order of the words."""

import datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import fold
from accounts.members.models.search import typed_date
from clinic.db.current import connection
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F), min_size=1, max_size=40)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200, deadline=None)
@given(given_name=NAMES, family_name=NAMES)
def test_the_database_folds_as_we_do(given_name: str, family_name: str) -> None:
    query = Member._meta.get_field("search").expression.__class__
    stored = Member.objects.annotate(folded=query("given_name", "family_name"))
    member = Member.objects.create(given_name=given_name, family_name=family_name)
    assert stored.get(pk=member.pk).folded == fold(f"{given_name} {family_name}")
    assert Member.objects.get(pk=member.pk).search == fold(f"{given_name} {family_name}")


@pytest.mark.parametrize(
    "typed",
    ["Adébáyò", "adebayo", "ADE olu", "Olúwaseun Adé", "oluwaseun", "o'neil", "neil adebayo", "P-{number}"],
)
def test_a_patient_is_found(typed: str) -> None:
    PatientFactory(given_name="Somebody", family_name="Else")
    patient = PatientFactory(given_name="Olúwaṣeun O’Neil", family_name="Adébáyọ̀")
    found = PatientProfile.objects.search(typed.format(number=patient.number[2:]))
    assert list(found) == [patient]


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "+234 803 123 4567",
            "0803 123 4567",
            "8031234567",
            "00234 803 123",
            "0803 123",
            "+234 803",
            "4567",
        ),
        *("1980-05-31", "31/5/1980", "31.05.1980", "ada 1980-05-31", "31/5/1980 4567 obi"),
    ],
)
def test_a_patient_is_found_by_phone_and_birth(typed: str) -> None:
    PatientFactory(phone="+2347091112222")
    born = datetime.date(1980, 5, 31)
    patient = PatientFactory(given_name="Ada", family_name="Obi", phone="+2348031234567", date_of_birth=born)
    PatientFactory(given_name="Ada", family_name="Obi", date_of_birth=datetime.date(1981, 5, 31))
    assert list(PatientProfile.objects.search(typed)) == [patient]


def test_a_few_digits_are_a_patients_number() -> None:
    first, _other = PatientFactory(phone="+2348031234500"), PatientFactory(phone="+2348031234501")
    assert list(PatientProfile.objects.search(str(int(first.number[2:])))) == [first]


def test_in_america_the_month_comes_first(acme: Any) -> None:
    acme.country = "US"
    connection.set_tenant(acme)
    assert typed_date("5/31/1980") == datetime.date(1980, 5, 31)
    assert typed_date("31/5/1980") is None


@pytest.mark.parametrize("typed", ["'", "\\", "a & | !", "<->", ":*", "()", "%", "x'y:*", "\x00"])
def test_nothing_typed_breaks_the_search(typed: str) -> None:
    list(PatientProfile.objects.search(typed))


@pytest.mark.parametrize(
    ("typed", "indexes"),
    [
        ("ada", ["members_member_search"]),
        ("0803123", ["members_phone_begins", "members_phone_ends"]),
        ("1980-05-31", ["date_of_birth"]),
    ],
)
def test_each_search_uses_its_index(typed: str, indexes: list[str]) -> None:
    sql, parameters = PatientProfile.objects.search(typed).only("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert all(index in plan for index in indexes), plan


def test_the_list_of_patients_is_read_in_the_order_of_an_index() -> None:
    sql, parameters = PatientProfile.objects.with_people().by_name()[:25].query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "members_member_by_name" in plan
    assert "Sort" not in plan
