"""Finding people by name, whatever the accents and the order of the words."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import fold
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


@pytest.mark.parametrize("typed", ["+234 803 123 4567", "0803 123 4567", "8031234567", "1980-05-31"])
def test_a_patient_is_found_by_phone_and_birth(typed: str) -> None:
    import datetime

    PatientFactory()
    patient = PatientFactory(phone="+2348031234567", date_of_birth=datetime.date(1980, 5, 31))
    assert list(PatientProfile.objects.search(typed)) == [patient]


@pytest.mark.parametrize("typed", ["'", "\\", "a & | !", "<->", ":*", "()", "%", "x'y:*", "\x00"])
def test_nothing_typed_breaks_the_search(typed: str) -> None:
    list(PatientProfile.objects.search(typed))


def test_the_search_uses_its_index() -> None:
    query = Member.objects.named("ada").only("pk").query
    sql, parameters = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sql}", parameters)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "members_member_search" in plan
