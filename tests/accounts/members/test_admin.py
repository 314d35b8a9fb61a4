"""A clinic's people in its admin: lists cost the same at any length, services do the work."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.members import services
from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.roles import Role
from clinic.models import Refusal
from tests.accounts.members.factories import DoctorFactory, StaffFactory, a_superuser, member_in
from tests.people import PatientFactory

pytestmark = pytest.mark.django_db

LISTS = [
    "member",
    "patientprofile",
    "doctorprofile",
    "receptionistprofile",
    "adminprofile",
    "agentprofile",
    "caregiverprofile",
    "allergy",
    "condition",
    "emergencycontact",
    "invitation",
]


def everybody(number: int) -> None:
    """One more of everything."""
    patient = PatientFactory(phone="+2348031234567")
    services.add_allergy(patient, by=patient.member, substance="Penicillin")
    services.add_condition(patient, by=patient.member, name="Asthma")
    services.add_emergency_contact(patient, by=patient.member, name="Eze", phone="+2348031234568")
    DoctorFactory()
    for role in (Role.RECEPTIONIST, Role.ADMIN, Role.AGENT, Role.CAREGIVER):
        StaffFactory(role=role, invite=True)


def test_a_list_costs_the_same_at_one_and_at_six(client_for: Any) -> None:
    client = client_for(member_in(Role.ADMIN))
    everybody(0)
    for name in LISTS:
        client.get(f"/admin/members/{name}/")
    few = {name: cost(client, name) for name in LISTS}
    for number in range(1, 6):
        everybody(number)
    assert {name: cost(client, name) for name in LISTS} == few
    for name in LISTS:
        assert client.get(f"/admin/members/{name}/?q=ada").status_code == 200, name


def cost(client: Any, name: str) -> int:
    with CaptureQueriesContext(connection) as counted:
        assert client.get(f"/admin/members/{name}/").status_code == 200, name
    return len(counted)


def test_a_patient_is_registered_and_corrected_with_a_number(client_for: Any) -> None:
    client = client_for(member_in(Role.ADMIN))
    assert client.get("/admin/members/patientprofile/add/").status_code == 200
    form = {"given_name": "Ifeoma", "gender": "female", "date_of_birth": "1980-05-12"}
    assert client.post("/admin/members/patientprofile/add/", form).status_code == 302
    patient = PatientProfile.objects.get()
    assert patient.number.startswith("P-")
    url = f"/admin/members/patientprofile/{patient.pk}/change/"
    assert "Ifeoma" in client.get(url).content.decode()
    client.post(url, {**form, "family_name": "Eze", "city": "Ibadan"})
    patient = PatientProfile.objects.with_people().get()
    assert (patient.member.family_name, patient.city) == ("Eze", "Ibadan")


def test_a_doctor_is_taken_on(client_for: Any) -> None:
    DoctorFactory(licence_number="TAKEN")
    client = client_for(member_in(Role.ADMIN))
    form = {"given_name": "Ifeoma", "specialisation": "GP", "licence_number": "M-2", "consultation_fee": "10"}
    url = "/admin/members/doctorprofile/add/"
    refused = client.post(url, {**form, "licence_number": "TAKEN"})
    assert "already has this licence number" in refused.content.decode()
    assert client.post(url, form).status_code == 302
    doctor = DoctorProfile.objects.get(licence_number="M-2")
    url = f"/admin/members/doctorprofile/{doctor.pk}/change/"
    assert client.get(url).status_code == 200
    assert client.post(url, {**form, "specialisation": "Surgery"}).status_code == 302
    doctor.refresh_from_db()
    assert doctor.specialisation == "Surgery"


def test_a_refusal_of_the_service_stands_beside_its_field_and_what_was_typed_stays(client_for: Any) -> None:
    client = client_for(member_in(Role.ADMIN))
    form = {"given_name": "Ifeoma", "desk": "Front hall", "invite": "on"}
    answer = client.post("/admin/members/receptionistprofile/add/", form)
    assert answer.status_code == 200
    assert "e-mail address first" in str(answer.context["adminform"].form.errors["email"])
    page = answer.content.decode()
    assert 'value="Ifeoma"' in page
    assert 'value="Front hall"' in page
    assert not Member.objects.filter(given_name="Ifeoma").exists()


def test_a_correction_that_is_refused_stores_nothing_and_keeps_what_was_typed(
    client_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def half_done(patient: PatientProfile, **facts: Any) -> None:
        PatientProfile.objects.filter(pk=patient.pk).update(city="Ibadan")
        raise Refusal("Not today.", "nothing on this form")

    monkeypatch.setattr(services, "update_patient", half_done)
    patient = PatientFactory(city="Lagos")
    client = client_for(member_in(Role.ADMIN))
    form = {"given_name": "Ifeoma", "gender": "female", "city": "Ibadan"}
    answer = client.post(f"/admin/members/patientprofile/{patient.pk}/change/", form)
    assert "Not today." in str(answer.context["errors"])
    assert 'value="Ifeoma"' in answer.content.decode()
    patient.refresh_from_db()
    assert patient.city == "Lagos"


def test_states_change_by_the_services_alone(client_for: Any) -> None:
    admin = member_in(Role.ADMIN)
    other = StaffFactory()
    client = client_for(admin)
    url = "/admin/members/member/"
    page = client.get(f"{url}{other.pk}/change/").content.decode()
    assert 'name="status"' not in page
    client.post(url, {"action": "suspend_member", "_selected_action": [str(other.pk)]})
    other.refresh_from_db()
    assert other.status == "suspended"
    own = client.post(url, {"action": "suspend_member", "_selected_action": [str(admin.pk)]}, follow=True)
    assert "their own access" in own.content.decode()


def test_nothing_is_deleted(client_for: Any) -> None:
    patient = PatientFactory()
    client = client_for(member_in(Role.ADMIN))
    for name in ("member", "patientprofile"):
        assert client.post(f"/admin/members/{name}/{patient.pk}/delete/", {"post": "yes"}).status_code == 403
    assert PatientProfile.objects.exists()


def test_the_platforms_admin_closes_logins_and_deletes_none(anonymous: Any) -> None:
    from django.db import connection

    from accounts.models import User
    from tests.people import a_user

    connection.set_schema_to_public()
    root, ada = a_superuser(), a_user("ada@example.com")
    browser = anonymous()
    browser.force_login(root, "allauth.account.auth_backends.AuthenticationBackend")
    url = "/admin/accounts/user/"
    assert "ada@example.com" in browser.get(f"{url}?q=ada").content.decode()
    for action in ("send_reset", "deactivate_user"):
        browser.post(url, {"action": action, "_selected_action": [str(ada.pk)]})
    from clinic.notifications.models import OutboxMessage

    assert OutboxMessage.objects.filter(kind="password_reset_key", recipient=ada.email).exists()
    assert not User.objects.get(pk=ada.pk).is_active
    browser.post(url, {"action": "anonymise_user", "_selected_action": [str(ada.pk), str(root.pk)]})
    assert User.objects.get(pk=ada.pk).anonymised_at
    assert User.objects.get(pk=root.pk).is_active
    assert browser.post(f"{url}{ada.pk}/delete/", {"post": "yes"}).status_code == 403
