"""The steps of a visit, as each person takes them in a browser. Every page on the way is checked."""

import re

from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from playwright.sync_api import Locator, expect

from tests.browser.letters import do_jobs
from tests.browser.visitor import Visitor
from tests.people import PASSWORD

PATIENT = "Chiamaka Nwosu"
BORN = "1988-04-17"
PATIENT_SAID = "A cough that stays"


def press(visitor: Visitor, name: str, within: Locator | None = None) -> None:
    """Press a button; where scripts run and the page asks back, agree."""
    button = (within or visitor.page).get_by_role("button", name=name, exact=True).first
    asks = visitor.javascript and button.locator("xpath=ancestor::form[@data-confirm]").count()
    button.click()
    if asks and visitor.page.locator("#confirm").count():
        visitor.page.get_by_role("dialog").get_by_role("button", name=name, exact=True).click()


def follow(visitor: Visitor, name: str) -> None:
    """Follow a link of the page's own part."""
    visitor.page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def sees(visitor: Visitor, text: str) -> None:
    """Wait for the text, then let the page be checked."""
    expect(visitor.page.get_by_role("main").get_by_text(text).first).to_be_visible()
    visitor.check()


def code_of(secret: str) -> str:
    """What an authenticator app shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def set_up_app(visitor: Visitor) -> str:
    """Set up an authenticator app, as one is asked to; the secret that the app then holds."""
    page = visitor.page
    sees(visitor, "An app on your phone shows a new code")
    follow(visitor, "Set up an app")
    sees(visitor, "Scan this picture")
    secret = str(page.locator("#authenticator_secret").text_content())
    page.get_by_label("Code").fill(code_of(secret))
    press(visitor, "Finish")
    sees(visitor, "Each of these codes lets you in once")
    return secret


def accept_invitation(visitor: Visitor, link: str, *, sets_up_app: bool = False) -> None:
    """Open the letter's link and choose a password; go on to set up an app where the role needs one."""
    visitor.page.goto(link)
    visitor.check()
    visitor.page.get_by_label("Choose a password").fill(PASSWORD)
    visitor.page.get_by_label("The same password again").fill(PASSWORD)
    press(visitor, "Log in")
    if sets_up_app:
        set_up_app(visitor)
        follow(visitor, "I have kept them")
    expect(visitor.page.get_by_label("You and your account")).to_be_visible()
    visitor.check()


def set_hours(doctor: Visitor, host: str, weekday: str) -> None:
    """Open the doctor's day from eight to six."""
    doctor.open(host, "/availability/")
    doctor.check()
    page = doctor.page
    form = page.locator("form", has=page.locator("[name=weekdays]"))
    for day in form.get_by_role("checkbox").all():
        day.uncheck()
    form.get_by_role("checkbox", name=weekday).check()
    form.locator("[name=starts]").fill("08:00")
    form.locator("[name=ends]").fill("18:00")
    form.locator("[name=slot_minutes]").fill("30")
    form.get_by_role("button", name="Add").click()
    sees(doctor, "08:00 – 18:00")


def ask_for_a_visit(patient: Visitor, host: str, email: str) -> None:
    """Without an account: choose a doctor, the first free time, and say who one is."""
    patient.open(host)
    patient.check()
    page = patient.page
    page.get_by_role("link", name="Book ").first.click()
    sees(patient, "Choose a time")
    page.locator("a.time").first.click()
    sees(patient, "No account is needed.")
    given, family = PATIENT.split()
    page.get_by_label("Given name").fill(given)
    page.get_by_label("Family name").fill(family)
    page.get_by_label("Date of birth").fill(BORN)
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Reason for the visit").fill(PATIENT_SAID)
    press(patient, "Send the request")
    sees(patient, "We have your request.")


def receive(desk: Visitor, host: str) -> None:
    """Confirm the request on the day sheet and check the patient in."""
    desk.open(host, "/day/")
    sees(desk, "Requests to answer")
    line = desk.page.get_by_role("main").get_by_role("row").filter(has_text=PATIENT)
    for step in ("Confirm", "Arrived", "Check in"):
        press(desk, step, line.first)
        expect(line.get_by_role("button", name=step, exact=True)).to_have_count(0)
        desk.check()
        if step == "Confirm":
            # As the worker does within seconds: a letter that is true no more is not sent.
            do_jobs()
    expect(line.get_by_text("Checked in")).to_be_visible()


def consult(doctor: Visitor, host: str) -> None:
    """Write the consultation, sign it, prescribe and hand the prescription out."""
    doctor.open(host, "/my-day/")
    doctor.check()
    page = doctor.page
    page.get_by_role("main").get_by_role("link", name=PATIENT).first.click()
    expect(page).to_have_url(re.compile("/appointments/"))
    sees(doctor, PATIENT_SAID)
    press(doctor, "Start the consultation")
    expect(page.get_by_label("Complaints")).to_be_visible()
    sees(doctor, PATIENT_SAID)
    page.get_by_label("Complaints").fill("Dry cough for three weeks")
    page.get_by_label("Diagnosis", exact=True).fill("Acute bronchitis")
    press(doctor, "Save and sign…")
    sees(doctor, "Signed, it stays as it is for ever")
    press(doctor, "Sign")
    sees(doctor, "Signed by")
    press(doctor, "Prescribe")
    page.locator("#id_items-0-medicine").fill("Drosera rotundifolia")
    page.locator("#id_items-0-potency").fill("12C")
    page.locator("#id_items-0-frequency").fill("three times a day")
    doctor.check()
    press(doctor, "Check and hand out…")
    expect(page.get_by_text("Drosera rotundifolia")).to_be_visible()
    doctor.check()
    press(doctor, "Hand out")
    expect(page.get_by_text("Ready to hand out.")).to_be_visible()
    doctor.check()


def invoice(desk: Visitor, host: str, price: str) -> None:
    """Invoice the visit, issue the invoice and take the whole payment."""
    desk.open(host, "/day/")
    desk.page.get_by_role("main").get_by_role("link", name=PATIENT).first.click()
    press(desk, "Write the invoice")
    page = desk.page
    sees(desk, "Total when last saved")
    page.locator("#id_lines-0-description").fill("Consultation")
    page.locator("#id_lines-0-quantity").fill("1")
    page.locator("#id_lines-0-unit_price").fill(price)
    press(desk, "Save and issue…")
    sees(desk, "The invoice gets its number")
    press(desk, "Issue the invoice")
    sees(desk, "is issued.")
    press(desk, "Record payment")
    sees(desk, "The payment is recorded.")


def invite_patient(desk: Visitor, host: str) -> None:
    """Send the patient the letter that opens the portal."""
    desk.open(host, "/patients/")
    desk.check()
    desk.page.get_by_role("main").get_by_role("link", name=PATIENT).first.click()
    expect(desk.page.get_by_role("button", name="Send an invitation")).to_be_visible()
    desk.check()
    press(desk, "Send an invitation")
    sees(desk, "the link works until")


def see_it_all(patient: Visitor, host: str, doctor: str, amount: str) -> None:
    """The portal shows the visit, the prescription and the paid invoice."""
    patient.open(host, "/portal/")
    sees(patient, doctor)
    expect(patient.page.get_by_text("Done")).to_be_visible()
    patient.open(host, "/portal/prescriptions/")
    sees(patient, "Drosera rotundifolia")
    patient.open(host, "/portal/invoices/")
    sees(patient, amount)
    patient.page.get_by_role("main").get_by_role("row").get_by_role("link").first.click()
    sees(patient, "Consultation")
