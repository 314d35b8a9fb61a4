"""The pages about people: bad input stores nothing, lists cost the same at any length."""

import datetime
from typing import Any

import pytest

from accounts.members import services
from accounts.members.models import (
    Allergy,
    Condition,
    DoctorProfile,
    EmergencyContact,
    Member,
    PatientProfile,
)
from accounts.members.roles import Role
from tests.accounts.members.factories import DoctorFactory, StaffFactory, member_in
from tests.people import PatientFactory
from tests.scheduling.factories import AppointmentFactory

pytestmark = pytest.mark.django_db

TOO_LATE = "2999-01-01"
PATIENT = {"given_name": "Ifeoma", "gender": "female"}
DOCTOR = {
    "given_name": "Ifeoma",
    "specialisation": "Surgery",
    "licence_number": "M-1",
    "consultation_fee": "5000",
}


def doctor_of(patient: PatientProfile) -> Member:
    """A doctor who has the patient in care."""
    doctor = member_in(Role.DOCTOR)
    AppointmentFactory(doctor=doctor.doctor, patient=patient)
    return doctor


def is_refused(answer: Any, field: str, sentence: str) -> None:
    """The form is shown again: the sentence beside its field, and what was typed."""
    page = answer.content.decode()
    assert answer.status_code == 200
    assert sentence in page
    assert f'id="error_1_id_{field}"' in page or f'id="id_{field}_error"' in page, f"not beside {field}"
    assert "Ifeoma" in page


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"date_of_birth": TOO_LATE}, "date_of_birth", "cannot lie in the future"),
        ({"date_of_birth": "1845-01-01"}, "date_of_birth", "Check the year"),
        ({"date_of_birth": "yesterday"}, "date_of_birth", "valid date"),
        ({"phone": "12"}, "phone", "valid phone number"),
        ({"email": "ada"}, "email", "valid email"),
        ({"gender": "robot"}, "gender", "valid choice"),
        ({"blood_group": "Z"}, "blood_group", "valid choice"),
        ({"country": "XX"}, "country", "valid choice"),
        ({"family_name": "x" * 101}, "family_name", "at most 100"),
        ({"city": "a\x00b"}, "city", "Null characters"),
    ],
)
def test_a_patient_that_cannot_be(client_for: Any, change: dict, field: str, sentence: str) -> None:
    client = client_for(member_in(Role.RECEPTIONIST))
    is_refused(client.send("/patients/new/", {**PATIENT, **change}), field, sentence)
    assert not PatientProfile.objects.exists()


def test_a_patient_without_a_name(client_for: Any) -> None:
    answer = client_for(member_in(Role.RECEPTIONIST)).send("/patients/new/", {**PATIENT, "given_name": ""})
    assert "required" in answer.content.decode()
    assert not Member.objects.filter(role=Role.PATIENT).exists()


def test_a_phone_number_is_read_as_the_country_writes_it(client_for: Any) -> None:
    client_for(member_in(Role.RECEPTIONIST)).send("/patients/new/", {**PATIENT, "phone": "0803 123 4567"})
    assert PatientProfile.objects.get().member.phone.as_e164 == "+2348031234567"


def test_a_patient_is_corrected(client_for: Any) -> None:
    patient = PatientFactory()
    client = client_for(member_in(Role.RECEPTIONIST))
    url = f"/patients/{patient.pk}/edit/"
    is_refused(client.send(url, {**PATIENT, "date_of_birth": TOO_LATE}), "date_of_birth", "future")
    form = {**PATIENT, "date_of_birth": "1990-01-02", "city": "Ibadan"}
    assert client.send(url, form).status_code == 302
    patient = PatientProfile.objects.with_people().get(pk=patient.pk)
    assert (patient.member.given_name, patient.city) == ("Ifeoma", "Ibadan")
    assert patient.date_of_birth == datetime.date(1990, 1, 2)


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"licence_number": ""}, "licence_number", "required"),
        ({"licence_number": "TAKEN"}, "licence_number", "already has this licence number"),
        ({"consultation_fee": "-1"}, "consultation_fee", "greater than or equal to 0"),
        ({"consultation_fee": "much"}, "consultation_fee", "number"),
        ({"years_of_experience": "81"}, "years_of_experience", "less than or equal to 80"),
        ({"specialisation": ""}, "specialisation", "required"),
    ],
)
def test_a_doctor_that_cannot_be(client_for: Any, change: dict, field: str, sentence: str) -> None:
    DoctorFactory(licence_number="TAKEN")
    client = client_for(member_in(Role.ADMIN))
    is_refused(client.send("/staff/new/?role=doctor", {**DOCTOR, **change}), field, sentence)
    assert DoctorProfile.objects.count() == 1
    assert not Member.objects.filter(given_name="Ifeoma").exists()


def test_an_invitation_without_an_address_stores_nothing(client_for: Any) -> None:
    client = client_for(member_in(Role.ADMIN))
    is_refused(
        client.send("/staff/new/?role=doctor", {**DOCTOR, "invite": "on"}), "email", "e-mail address first"
    )
    assert not Member.objects.filter(given_name="Ifeoma").exists()


@pytest.mark.parametrize("role", ["doctor", "receptionist", "admin", "caregiver", "agent"])
def test_staff_of_every_role_are_registered_and_corrected(client_for: Any, role: str) -> None:
    client = client_for(member_in(Role.ADMIN))
    answer = client.send(f"/staff/new/?role={role}", {**DOCTOR, "email": "i@example.com", "invite": "on"})
    member = Member.objects.get(given_name="Ifeoma")
    assert answer["Location"] == f"/staff/{member.pk}/"
    assert member.role == role
    assert member.invitations.count() == 1
    assert client.get(f"/staff/{member.pk}/").status_code == 200
    assert client.send(f"/staff/{member.pk}/edit/", {**DOCTOR, "family_name": "Eze"}).status_code == 302
    member.refresh_from_db()
    assert member.family_name == "Eze"


def test_a_second_role_is_added(client_for: Any) -> None:
    admin = member_in(Role.ADMIN)
    client = client_for(admin)
    url = f"/staff/{admin.pk}/roles/new/"
    assert client.get(f"{url}?role=receptionist").status_code == 200
    assert client.send(f"{url}?role=receptionist", {}).status_code == 302
    answer = client.send(f"{url}?role=receptionist", {})
    assert "already has this role" in answer.content.decode()
    assert client.get(f"{url}?role=patient").status_code == 404


@pytest.mark.parametrize(
    ("part", "good", "bad", "field", "sentence"),
    [
        ("contacts", {"name": "Ifeoma", "phone": "+2348031234567"}, {"phone": "1"}, "phone", "valid phone"),
        (
            "allergies",
            {"substance": "Ifeoma", "severity": "mild"},
            {"severity": "huge"},
            "severity",
            "valid choice",
        ),
        ("conditions", {"name": "Ifeoma"}, {"since": TOO_LATE}, "since", "future"),
    ],
)
def test_what_belongs_to_a_patient(
    client_for: Any, part: str, good: dict, bad: dict, field: str, sentence: str
) -> None:
    patient = PatientFactory()
    client = client_for(doctor_of(patient))
    url = f"/patients/{patient.pk}/{part}/new/"
    assert client.get(url).status_code == 200
    is_refused(client.send(url, {**good, **bad}), field, sentence)
    assert client.send(url, good)["Location"] == f"/patients/{patient.pk}/"
    again = client.send(url, good)
    assert "already" in again.content.decode()
    model = {"contacts": EmergencyContact, "allergies": Allergy, "conditions": Condition}[part]
    assert model.objects.count() == 1
    assert "Ifeoma" in client.get(f"/patients/{patient.pk}/").content.decode()
    assert client.send(f"/{part}/{model.objects.get().pk}/remove/").status_code == 302
    assert not model.objects.exists()


def test_a_condition_ends(client_for: Any) -> None:
    patient = PatientFactory()
    doctor = doctor_of(patient)
    condition = services.add_condition(patient, by=doctor, name="Asthma")
    assert client_for(doctor).send(f"/conditions/{condition.pk}/resolve/").status_code == 302
    condition.refresh_from_db()
    assert not condition.is_active


def test_reception_sees_the_person_and_nothing_clinical(client_for: Any) -> None:
    patient = PatientFactory(blood_group="AB-")
    services.add_allergy(patient, by=patient.member, substance="Penicillin")
    page = client_for(member_in(Role.RECEPTIONIST)).get(f"/patients/{patient.pk}/").content.decode()
    assert patient.number in page
    assert "Penicillin" not in page
    assert "AB−" not in page


def test_opening_a_patients_health_is_in_the_trail(client_for: Any, audit_trail: Any) -> None:
    patient = PatientFactory()
    client_for(doctor_of(patient)).get(f"/patients/{patient.pk}/")
    assert [entry.patient_id for entry in audit_trail() if entry.action == "read"] == [patient.pk]


def test_a_patient_sees_and_corrects_only_their_own(client_for: Any) -> None:
    mine, other = member_in(Role.PATIENT), PatientFactory()
    services.add_allergy(mine.patient, by=mine, substance="Penicillin")
    client = client_for(mine)
    assert "Penicillin" in client.get("/me/").content.decode()
    assert client.get(f"/patients/{other.pk}/").status_code == 403
    form = {"phone": "0803 123 4567", "city": "Ibadan", "given_name": "Somebody else"}
    assert client.send("/me/edit/", form)["Location"] == "/me/"
    patient = PatientProfile.objects.with_people().get(pk=mine.pk)
    assert (patient.city, patient.member.phone.as_e164) == ("Ibadan", "+2348031234567")
    assert patient.member.given_name == mine.given_name
    assert "valid phone" in client.send("/me/edit/", {"phone": "1"}).content.decode()


def test_staff_correct_their_own(client_for: Any) -> None:
    member = member_in(Role.RECEPTIONIST)
    client = client_for(member)
    assert client.get("/me/edit/").status_code == 200
    assert client.send("/me/edit/", {"email": "new@example.com", "phone": ""}).status_code == 302
    member.refresh_from_db()
    assert member.email == "new@example.com"


def test_a_member_of_the_other_clinic_is_not_found(client_for: Any, beta: Any) -> None:
    from django_tenants.utils import tenant_context

    with tenant_context(beta):
        patient, staff = PatientFactory(), StaffFactory()
    client = client_for(member_in(Role.ADMIN))
    assert client.get(f"/patients/{patient.pk}/").status_code == 404
    assert client.get(f"/staff/{staff.pk}/").status_code == 404
    assert client.send(f"/people/{staff.pk}/status/", {"status": "inactive"}).status_code == 404


def test_a_list_costs_the_same_at_one_and_at_twenty(client_for: Any, django_assert_num_queries: Any) -> None:
    urls = ["/patients/", "/patients/?q=ada", "/staff/", "/staff/?q=bola&role=doctor"]
    client = client_for(member_in(Role.ADMIN))
    PatientFactory(phone="+2348031234567")
    DoctorFactory()
    client.get(urls[0])
    for url in urls:
        with django_assert_num_queries(4, info=url):  # the session, the member, how many, which
            client.get(url)
    for _number in range(19):
        PatientFactory(phone="+2348031234567")
        DoctorFactory()
    for url in urls:
        with django_assert_num_queries(4, info=url):
            client.get(url)


def test_the_live_search_answers_with_the_rows_alone(client_for: Any) -> None:
    PatientFactory(given_name="Ifeoma")
    client = client_for(member_in(Role.RECEPTIONIST))
    page = client.get("/patients/?q=ife", headers={"HX-Request": "true"}).content.decode()
    assert "Ifeoma" in page
    assert "<html" not in page
    assert "Nobody found" in client.get("/patients/?q=zzz").content.decode()


def test_public_booking_finds_the_same_patient_again_and_nobody_elses() -> None:
    facts = {"given_name": "Olú", "family_name": "Adé", "date_of_birth": datetime.date(1980, 5, 12)}
    first = services.find_or_register_patient(**facts, email="olu@example.com", phone="+2348031234567")
    names = {**facts, "given_name": "olu", "family_name": "ADE"}
    assert services.find_or_register_patient(**names, email="OLU@example.com") == first
    assert services.find_or_register_patient(**names, phone="+2348031234567") == first
    assert services.find_or_register_patient(**facts, email="other@example.com") != first
    other_day = {**facts, "date_of_birth": datetime.date(1981, 5, 12)}
    assert services.find_or_register_patient(**other_day, email="olu@example.com") != first
    child = {**facts, "given_name": "Tolu"}
    assert services.find_or_register_patient(**child, email="olu@example.com") != first
