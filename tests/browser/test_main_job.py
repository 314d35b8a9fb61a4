"""The main job: from the platform's sign-up page to the patient's portal, on real parts."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django_tenants.utils import tenant_context
from playwright.sync_api import expect

from tests.browser import walk
from tests.browser.letters import do_jobs, link_in_letter
from tests.browser.visitor import Visitor
from tests.people import DoctorFactory, StaffFactory, with_login

pytestmark = pytest.mark.browser
Guests = Callable[..., Visitor]
LAGOS = ZoneInfo("Africa/Lagos")


@pytest.fixture(autouse=True)
def at_noon() -> Iterator[datetime.datetime]:
    """It is noon in Lagos, eleven in Dublin, and stays so: a visit asked for now is still one of today."""
    noon = datetime.datetime.now(LAGOS).replace(hour=12, minute=5)
    with time_machine.travel(noon, tick=False):
        yield noon


# Both kinds of clinic, each with scripts and without: one from its signing up, the other as it is.
SIGNED_UP = [
    pytest.param(True, "NG", id="with JavaScript, in Lagos"),
    pytest.param(False, "IE", id="without JavaScript, in Dublin"),
]
RUNNING = [
    pytest.param(True, "beta", id="with JavaScript, in Dublin"),
    pytest.param(False, "acme", id="without JavaScript, in Lagos"),
]


def sign_up(founder: Visitor, email: str, country: str) -> str:
    """Sign the clinic up from the platform's front page; the host at which it was opened."""
    founder.open("localhost")
    founder.check()
    founder.page.get_by_role("link", name="Sign up your clinic").first.click()
    founder.check()
    page = founder.page
    page.get_by_label("Name of the clinic").fill("Harmony Clinic")
    page.get_by_label("Country").select_option(country)
    page.get_by_label("Your given name").fill("Ngozi")
    page.get_by_label("Your family name").fill("Eze")
    page.get_by_label("Your e-mail").fill(email)
    page.get_by_label("I also see patients").check()
    page.get_by_label("Specialisation").fill("Homeopathy")
    page.get_by_label("Licence number").fill("MDCN-1")
    walk.press(founder, "Open the clinic")
    # No schema was ready: the page waits for the worker.
    walk.sees(founder, "Your clinic is being set up")
    do_jobs()
    if not founder.javascript:
        # The page's <noscript> asks again by itself, but Playwright's way of switching scripts off hides it.
        page.reload()
    walk.sees(founder, "Your clinic is ready")
    return "harmony-clinic.localhost"


def register_receptionist(founder: Visitor, host: str, email: str) -> None:
    """Take a receptionist on and send the invitation."""
    founder.open(host, "/staff/")
    founder.check()
    walk.follow(founder, "Add somebody")
    walk.follow(founder, "Receptionist")
    founder.check()
    page = founder.page
    page.get_by_label("Given name").fill("Bola")
    page.get_by_label("Family name").fill("Ade")
    page.get_by_label("E-mail").fill(email)
    walk.press(founder, "Add")
    walk.sees(founder, "Bola Ade")


def go_on_as_doctor(founder: Visitor) -> None:
    """Change to the other role of the same person."""
    founder.page.get_by_label("You and your account").click()
    founder.page.get_by_role("button", name="Go on as Doctor").click()
    expect(founder.page.get_by_role("heading", name="My day")).to_be_visible()
    founder.check()


def visit(
    doctor: Visitor, desk: Visitor, patient: Visitor, host: str, name: str, now: datetime.datetime
) -> None:
    """From the doctor's first opening hours to what the patient finds in the portal."""
    walk.set_hours(doctor, host, f"{now:%A}")
    walk.ask_for_a_visit(patient, host, "chiamaka@people.example")
    walk.receive(desk, host)
    patient.page.goto(link_in_letter("chiamaka@people.example", "Your visit is confirmed"))
    walk.sees(patient, "Checked in")
    walk.consult(doctor, host)
    walk.invoice(desk, host, "18000")
    walk.invite_patient(desk, host)
    walk.accept_invitation(patient, link_in_letter("chiamaka@people.example", "Your access to"))
    walk.see_it_all(patient, host, name, "18,000.00")


@pytest.mark.parametrize(("javascript", "country"), SIGNED_UP)
def test_from_signing_up_a_clinic_to_the_patients_portal(
    javascript: bool, country: str, at_noon: datetime.datetime, visitor: Guests
) -> None:
    founder, desk = visitor(javascript=javascript), visitor(javascript=javascript)
    patient = visitor(width="phone", javascript=javascript)
    host = sign_up(founder, "ngozi@people.example", country)
    access = link_in_letter("ngozi@people.example", "Your access to Harmony Clinic")
    walk.accept_invitation(founder, access, sets_up_app=True)
    register_receptionist(founder, host, "bola@people.example")
    walk.accept_invitation(desk, link_in_letter("bola@people.example", "Your access to Harmony Clinic"))
    go_on_as_doctor(founder)
    visit(founder, desk, patient, host, "Ngozi Eze", at_noon)


@pytest.mark.parametrize(("javascript", "clinic"), RUNNING)
def test_a_visit_in_each_clinic(
    clinic: str,
    javascript: bool,
    at_noon: datetime.datetime,
    signed_in: Guests,
    visitor: Guests,
    request: Any,
) -> None:
    organization = request.getfixturevalue(clinic)
    with tenant_context(organization):
        receptionist, doctor = with_login(StaffFactory()), with_login(DoctorFactory())
    # The same pages as after signing up, where axe has looked at them.
    known = {"javascript": javascript, "axe": False}
    desk = signed_in(receptionist, organization, **known)
    working = signed_in(doctor, organization, **known)
    patient = visitor(width="phone", **known)
    visit(working, desk, patient, organization.host(), doctor.name, at_noon)
