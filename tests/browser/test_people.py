"""The pages about people in Chromium: accessible at both widths, and useful without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts.members import services
from accounts.members.roles import Role
from clinic.notifications.models import OutboxMessage
from tests.accounts.members.factories import DoctorFactory, StaffFactory, member_in
from tests.people import PASSWORD, PatientFactory, a_user

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]


def a_full_record() -> Any:
    """A patient of whom everything is known, invited to the portal."""
    patient = PatientFactory(
        given_name="Olúwaṣeun",
        family_name="Adébáyọ̀-Okonkwo",
        phone="+2348031234567",
        email="olu@example.com",
        gender="female",
        blood_group="AB-",
        address_line="12 Marina Road",
        city="Lagos",
        notes="Comes with her son.",
    )
    services.add_allergy(
        patient, by=patient.member, substance="Penicillin", severity="severe", reaction="Rash"
    )
    services.add_condition(patient, by=patient.member, name="Asthma")
    services.add_emergency_contact(
        patient, by=patient.member, name="Tunde", relationship="son", phone="+2348031234568"
    )
    services.invite_member(patient.member, by=None)
    return patient


def test_every_page_of_the_desk_is_accessible(signed_in: Guests, acme: Any, width: str) -> None:
    admin, patient = member_in(Role.ADMIN), a_full_record()
    doctor = DoctorFactory(invite=True, bio="Twenty years of family medicine.")
    for number in range(30):
        PatientFactory(given_name=f"Ada {number}")
    guest = signed_in(admin, width=width)
    for path in (
        "/patients/",
        "/patients/?page=2",
        "/patients/?q=zzzz",
        "/patients/new/",
        f"/patients/{patient.pk}/",
        f"/patients/{patient.pk}/edit/",
        f"/patients/{patient.pk}/contacts/new/",
        "/staff/",
        "/staff/new/?role=doctor",
        "/staff/new/?role=receptionist",
        f"/staff/{doctor.pk}/",
        f"/staff/{admin.pk}/",
        f"/staff/{doctor.pk}/edit/",
        f"/staff/{admin.pk}/roles/new/?role=doctor",
        "/me/",
        "/me/edit/",
    ):
        guest.open(acme.host(), path)
        guest.check()


def test_the_doctors_and_the_patients_pages_are_accessible(signed_in: Guests, acme: Any, width: str) -> None:
    patient = a_full_record()
    doctor = signed_in(member_in(Role.DOCTOR), width=width)
    for path in (f"/patients/{patient.pk}/", f"/patients/{patient.pk}/allergies/new/"):
        doctor.open(acme.host(), path)
        doctor.check()
    guest = signed_in(member_in(Role.PATIENT), width=width)
    for path in ("/me/", "/me/edit/"):
        guest.open(acme.host(), path)
        guest.check()
    newcomer = signed_in(services.start_registration(user=a_user("ada@example.com")), width=width)
    newcomer.open(acme.host(), "/welcome/")
    newcomer.check()


def test_patients_are_found_while_one_types(signed_in: Guests, acme: Any) -> None:
    patient = a_full_record()
    PatientFactory(given_name="Bola")
    guest = signed_in(member_in(Role.RECEPTIONIST))
    guest.open(acme.host(), "/patients/")
    guest.page.locator("main input[name=q]").press_sequentially("adebayo olu")
    guest.page.get_by_role("link", name=patient.member.name).wait_for()
    guest.page.get_by_role("link", name=re.compile("Bola")).wait_for(state="detached")
    guest.check()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_patient_is_registered_found_and_written_up(signed_in: Guests, acme: Any, javascript: bool) -> None:
    guest = signed_in(member_in(Role.DOCTOR), javascript=javascript)
    page = guest.page
    guest.open(acme.host(), "/patients/")
    page.get_by_role("link", name="Register a patient").first.click()
    page.get_by_label("Given name").fill("Ifeoma")
    page.get_by_label("Date of birth").fill("2999-01-01")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("cannot lie in the future").wait_for()
    assert page.get_by_label("Given name").input_value() == "Ifeoma"
    page.get_by_label("Date of birth").fill("1980-05-12")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("heading", name="Ifeoma").wait_for()
    page.get_by_role("link", name="Add an allergy").click()
    page.get_by_label("Substance").fill("Penicillin")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Penicillin").wait_for()
    guest.check()
    guest.open(acme.host(), "/patients/?q=ifeoma")
    page.get_by_role("link", name="Ifeoma").click()
    page.get_by_role("heading", name="Ifeoma").wait_for()


@pytest.mark.parametrize("javascript", [True, False])
def test_who_is_invited_gets_in(visitor: Guests, acme: Any, javascript: bool) -> None:
    StaffFactory(email="bola@example.com", invite=True)
    path = re.search(r"/invitation/\S+", OutboxMessage.objects.get(kind="invitation").body)[0]  # type: ignore[index]
    guest = visitor(javascript=javascript)
    page = guest.page
    guest.open(acme.host(), path)
    guest.check()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/day/")
    guest.open(acme.host(), "/accounts/logout/")
    page.locator("main").get_by_role("button", name="Sign out").click()
    guest.open(acme.host(), "/accounts/login/")
    page.locator("input[name=login]").fill("bola@example.com")
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/day/")


def test_signing_a_clinic_up_is_accessible(visitor: Guests, width: str) -> None:
    guest = visitor(width=width)
    guest.open("localhost", "/sign-up/")
    guest.check()
    guest.page.get_by_label("Name of the clinic").fill("Lagoon Clinic")
    guest.page.locator("select[name=country]").select_option("IE")
    guest.page.get_by_label("Your given name").fill("Ada")
    guest.page.get_by_label("Your family name").fill("Obi")
    guest.page.get_by_label("Your e-mail").fill("ada@example.com")
    guest.page.get_by_role("button", name="Open the clinic").click()
    guest.page.get_by_role("heading", name="Lagoon Clinic").wait_for()
    guest.check()
