"""The pages about people in Chromium: useful with JavaScript and without."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from accounts.members import services
from accounts.members.roles import Role
from clinic.notifications.models import OutboxMessage
from tests.accounts.members.factories import StaffFactory, member_in
from tests.browser.visitor import WIDTHS
from tests.people import PASSWORD, PatientFactory

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
    guest.check()
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
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/day/")


def test_signing_a_clinic_up_is_accessible(visitor: Guests) -> None:
    guest = visitor(width="phone")
    guest.open("localhost", "/sign-up/")
    guest.page.get_by_label("Name of the clinic").fill("Lagoon Clinic")
    guest.page.locator("select[name=country]").select_option("IE")
    guest.page.get_by_label("Your given name").fill("Ada")
    guest.page.get_by_label("Your family name").fill("Obi")
    guest.page.get_by_label("Your e-mail").fill("ada@example.com")
    guest.page.get_by_role("button", name="Open the clinic").click()
    guest.page.get_by_role("heading", name="Lagoon Clinic").wait_for()
    guest.check()
    guest.page.set_viewport_size(WIDTHS["desktop"])
    guest.check()
