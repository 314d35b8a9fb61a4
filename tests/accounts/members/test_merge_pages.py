"""The desk's pages about people who have two files."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.merging.pairs import likely_pairs
from accounts.members.models import DistinctPeople, PatientMerge, PatientProfile
from accounts.members.roles import Role
from accounts.members.services import merge_patients, tell_apart
from clinic.models import Refusal
from scheduling.models import Appointment
from scheduling.services import book_appointment
from tests.conftest import ClinicClient
from tests.people import PatientFactory, StaffFactory, with_login
from tests.scheduling.factories import doctor_with_hours, free_times

BORN = date(1990, 4, 17)
PHONE = "+2348031234567"


def pairs() -> list[tuple[Any, Any, int]]:
    return [(pair.one, pair.other, pair.score) for pair in likely_pairs()]


def twice(**facts: Any) -> tuple[PatientProfile, PatientProfile]:
    """Two files of one person."""
    known = {"given_name": "Ngozi", "family_name": "Eze", "date_of_birth": BORN, **facts}
    return PatientFactory(**known), PatientFactory(**known)


@pytest.fixture
def desk(client_for: Callable[..., ClinicClient]) -> ClinicClient:
    return client_for(with_login(StaffFactory(role=Role.RECEPTIONIST)))


@pytest.mark.django_db
def test_the_likeliest_pairs_come_first_and_a_family_is_none() -> None:
    one, other = twice(phone=PHONE)
    PatientFactory(given_name="Emeka", family_name="Eze", date_of_birth=BORN, phone=PHONE)
    third = PatientFactory(given_name="Ngozi", family_name="Ese", date_of_birth=BORN)
    unborn, known = (
        PatientFactory(given_name="Chi", family_name="Ike", date_of_birth=None),
        PatientFactory(given_name="Chi", family_name="Ike"),
    )
    found = pairs()
    assert found[0] == (one.pk, other.pk, 120)
    assert {each[:2] for each in found} == {
        (one.pk, other.pk),
        (one.pk, third.pk),
        (other.pk, third.pk),
        (unborn.pk, known.pk),
    }
    tell_apart(other, by=None, other=one)
    assert (one.pk, other.pk) not in {each[:2] for each in pairs()}


@pytest.mark.django_db
def test_a_crowd_that_shares_a_telephone_is_compared_only_where_names_begin_alike() -> None:
    for number in range(14):
        PatientFactory(given_name=f"{chr(97 + number)}bc", family_name="Co", phone=PHONE, date_of_birth=None)
    twins = [PatientFactory(given_name="Zainab", family_name="Co", phone=PHONE) for _ in range(2)]
    assert [each[:2] for each in pairs()] == [(twins[0].pk, twins[1].pk)]


@pytest.mark.django_db
def test_the_desk_merges_two_files_and_takes_them_apart(desk: ClinicClient) -> None:
    one, other = twice(phone=PHONE)
    page = desk.get(reverse("members:duplicate_list"))
    assert one.number in page.text
    assert "Very likely" in page.text
    compare = reverse("members:merge_patients", args=[one.pk]) + f"?with={other.pk}"
    assert "Both files say the same" in desk.get(compare).text
    refused = desk.send(compare, {"with": other.pk, "number": "P-1"})
    assert refused.status_code == 200
    assert f"Type the number of the file that stays: {one.number}" in refused.text
    answer = desk.send(compare, {"with": other.pk, "number": one.number})
    assert answer.url == reverse("members:patient", args=[one.pk])
    assert other.number in desk.get(answer.url).text
    merge = PatientMerge.objects.get()
    undo = reverse("members:unmerge_patients", args=[merge.pk])
    assert other.number in desk.get(undo).text
    assert desk.send(undo).url == reverse("members:patient", args=[other.pk])
    assert PatientProfile.objects.filter(pk=other.pk).exists()
    assert desk.get(undo).status_code == 404


@pytest.mark.django_db
def test_two_people_are_proposed_no_more(desk: ClinicClient) -> None:
    one, other = twice()
    answer = desk.send(reverse("members:tell_apart", args=[one.pk]), {"with": other.pk})
    assert answer.url == reverse("members:duplicate_list")
    assert DistinctPeople.objects.get().told_by is not None
    assert "No duplicates found" in desk.get(answer.url).text


@pytest.mark.django_db
def test_the_other_file_is_found_by_the_search(desk: ClinicClient) -> None:
    one, other = twice()
    page = desk.get(reverse("members:merge_patients", args=[one.pk]), {"q": "ngozi"})
    assert f"?with={other.pk}" in page.text
    assert f"?with={one.pk}" not in page.text


@pytest.mark.django_db
def test_a_merged_file_leads_to_the_other_for_those_who_look_patients_up(
    desk: ClinicClient, client_for: Callable[..., ClinicClient]
) -> None:
    one, other = twice()
    merge_patients(one, by=None, merged=other, number=one.number)
    for page in ("members:patient", "members:update_patient", "wallets:wallet"):
        answer = desk.get(reverse(page, args=[other.pk]) + "?from=letter")
        assert answer.url == reverse(page, args=[one.pk]) + "?from=letter"
    patient = client_for(with_login(PatientFactory().member))
    assert patient.get(reverse("members:patient", args=[other.pk])).status_code in (403, 404)
    assert desk.get(reverse("members:patient", args=[one.member.pk])).status_code == 200


@pytest.mark.django_db
def test_the_former_number_finds_the_file_and_lists_show_it_once(desk: ClinicClient) -> None:
    one, other = twice()
    merge_patients(one, by=None, merged=other, number=one.number)
    for query in (other.number, other.number.removeprefix("P-"), one.number, "ngozi eze"):
        page = desk.get(reverse("members:patient_list"), {"q": query})
        assert page.text.count(reverse("members:patient", args=[one.pk])) == 1, query
        assert str(other.pk) not in page.text


@pytest.mark.django_db
def test_the_list_takes_two_statements(
    desk: ClinicClient, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _number in range(3):
        twice(phone=PHONE)
    desk.get(reverse("members:duplicate_list"))
    # Session, member, and the page's own two.
    with django_assert_max_num_queries(4):
        desk.get(reverse("members:duplicate_list"))


def test_of_two_merges_at_once_one_is_made(race: Callable[..., list[Any]], in_acme: None) -> None:
    one, other = twice()
    keys = [(one, other), (other, one)]

    def act(number: int) -> Any:
        survivor, merged = keys[number % 2]
        return merge_patients(survivor, by=None, merged=merged, number=survivor.number)

    results = race(4, act)
    made = [each for each in results if isinstance(each, PatientMerge)]
    assert len(made) == 1
    assert all(isinstance(each, PatientMerge | Refusal) for each in results), results
    assert PatientProfile.objects.filter(pk__in=[one.pk, other.pk]).count() == 1


def test_a_visit_booked_while_two_files_are_merged_stands_in_the_file_that_stays_or_is_refused(
    race: Callable[..., list[Any]], in_acme: None
) -> None:
    doctor, (one, other) = doctor_with_hours(), twice()
    starts_at = free_times(doctor)[0].starts_at

    def act(number: int) -> Any:
        if number:
            return merge_patients(one, by=None, merged=other, number=one.number)
        return book_appointment(by=None, doctor=doctor, patient=other, starts_at=starts_at)

    booked, merge = race(2, act)
    assert isinstance(merge, PatientMerge), merge
    assert isinstance(booked, Appointment | Refusal), booked
    standing = list(Appointment.objects.values_list("patient", flat=True))
    assert standing == ([one.pk] if isinstance(booked, Appointment) else [])
    # At a time that is free whoever was first: the taken one is refused before it is asked for whom.
    later = free_times(doctor)[-1].starts_at
    with pytest.raises(Refusal, match="merged into another"):
        book_appointment(by=None, doctor=doctor, patient=other, starts_at=later)
