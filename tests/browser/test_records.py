"""A doctor writes, signs and prescribes in Chromium."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError
from django.urls import reverse

from records import services
from records.models import Consultation, Prescription
from records.services.safety import Answer, check_prescription
from scheduling.models import Appointment
from tests.browser.walk import press
from tests.records.factories import AllergyFactory, AppointmentFactory, begun, signed

pytestmark = pytest.mark.browser
Guests = Callable[..., Any]
# Milliseconds after which a page keeps what is being typed (static/js/records.js).
PAUSE = 2000


@pytest.fixture
def signed_in(signed_in: Guests, acme: Any) -> Guests:
    """As everywhere, and able to open a page of records by its name, and to pause without anybody waiting."""

    def arrive(member: Any, *, pauses: bool = False, **options: Any) -> Any:
        # A clock once taken over stays so.
        guest = signed_in(member, fresh=pauses, **options)
        if pauses:
            guest.page.clock.install()
            guest.pause = lambda: guest.page.clock.fast_forward(PAUSE)
        guest.at = lambda name, *arguments: guest.open(
            acme.host(), reverse(f"records:{name}", args=arguments)
        )
        return guest

    return arrive


def test_a_consultation_from_the_keyboard(signed_in: Guests) -> None:
    visit = AppointmentFactory(reason="Cough")
    AllergyFactory(patient=visit.patient, substance="Penicillin")
    consultation = services.start_consultation(visit, by=visit.doctor.member)
    doctor = signed_in(visit.doctor.member)
    page = doctor.page
    doctor.at("consultation", consultation.pk)
    assert page.locator("#allergies").get_by_text("Penicillin").is_visible()
    page.get_by_label("Complaints").fill("Cough for a week")
    page.keyboard.press("Control+s")
    page.get_by_text("Saved.").wait_for()
    assert page.get_by_label("Complaints").input_value() == "Cough for a week"
    page.get_by_label("Diagnosis", exact=True).fill("Acute bronchitis")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("Signed by").wait_for()
    page.get_by_label("Addendum").fill("X-ray: clear.")
    page.get_by_role("button", name="Add").click()
    page.get_by_text("The addendum is stored.").wait_for()
    doctor.check()
    visit.refresh_from_db()
    assert visit.status == Appointment.Status.FULFILLED
    assert Consultation.objects.get(pk=consultation.pk).addenda.count() == 1


def test_what_is_typed_survives_a_killed_browser_and_a_second_window(signed_in: Guests) -> None:
    visit = AppointmentFactory()
    consultation = services.start_consultation(visit, by=visit.doctor.member)
    killed, first, second = (signed_in(visit.doctor.member, axe=False, pauses=True) for _window in range(3))
    killed.at("consultation", consultation.pk)
    killed.page.get_by_label("Complaints").fill("Cough for a week")
    killed.pause()
    killed.page.get_by_text("Saved at").wait_for()
    killed.page.context.close()
    for window in (first, second):
        window.at("consultation", consultation.pk)
        assert window.page.get_by_label("Complaints").input_value() == "Cough for a week"
    first.page.get_by_label("Plan").fill("Rest")
    first.pause()
    first.page.get_by_text("Saved at").wait_for()
    second.page.get_by_label("Plan").fill("Run")
    second.pause()
    second.page.get_by_text("changed in another window").first.wait_for()
    second.problems.clear()  # The browser reports the refusal of what was to be kept.
    second.page.get_by_role("button", name="Save", exact=True).click()
    second.page.get_by_text("Two versions").wait_for()
    second.page.get_by_role("button", name="Keep both, one after the other").click()
    assert second.page.get_by_label("Plan").input_value() == "Rest\nRun"
    second.axe = True
    second.check()
    second.pause()
    second.page.get_by_text("Saved at").wait_for()
    assert Consultation.objects.get(pk=consultation.pk).plan.split() == ["Rest", "Run"]


def test_what_is_signed_is_not_changed_by_page_or_sql(signed_in: Guests) -> None:
    """By the admin neither: tests/records/test_admin.py."""
    consultation = begun()
    doctor = signed_in(consultation.doctor.member, axe=False, pauses=True)
    page = doctor.page
    doctor.at("consultation", consultation.pk)
    services.sign_consultation(consultation, by=consultation.doctor.member)
    page.get_by_label("Plan").fill("Run")
    doctor.pause()
    page.get_by_text("does not change any more").wait_for()
    doctor.problems.clear()  # The browser reports the refusal of what was to be kept.
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").or_(page.locator(".alert")).get_by_text("does not change any more").wait_for()
    assert page.get_by_label("Plan").input_value() == "Run"
    with pytest.raises(IntegrityError, match="addendum"):
        Consultation.objects.filter(pk=consultation.pk).update(plan="Run")
    doctor.at("consultation", consultation.pk)
    page.get_by_text("Signed by").wait_for()
    assert page.get_by_label("Plan").count() == 0
    assert Consultation.objects.get(pk=consultation.pk).plan == ""


def test_diagnoses_are_chosen_while_typing_and_templates_inserted(signed_in: Guests) -> None:
    visit = AppointmentFactory()
    services.add_text_template(by=None, name="Asthma", complaints="Cough at night", plan="Inhaler")
    consultation = services.start_consultation(visit, by=visit.doctor.member)
    doctor = signed_in(visit.doctor.member)
    page = doctor.page
    doctor.at("consultation", consultation.pk)
    page.get_by_label("Complaints").fill("Wheeze")
    for typed, choice in (("j45", "J45.0"), ("hypert ess", "I10")):
        page.get_by_label("Find a diagnosis").fill(typed)
        page.get_by_role("option", name=choice).wait_for()
        doctor.check()
        if typed == "j45":
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.locator("#diagnoses li", has_text=choice).wait_for()
        assert page.evaluate("document.activeElement.id") == "find-diagnosis"
    page.get_by_role("button", name="Make “Essential (primary) hypertension” the main diagnosis").click()
    page.locator("#diagnoses li", has_text="main diagnosis").filter(has_text="I10").wait_for()
    page.get_by_role("button", name="Insert").click()
    assert page.get_by_label("Complaints").input_value() == "Wheeze\nCough at night"
    page.get_by_label("Plan").fill("Inhaler twice a day")
    page.get_by_role("button", name="Take it out again").click()
    assert page.get_by_label("Complaints").input_value() == "Wheeze"
    assert page.get_by_label("Plan").input_value() == "Inhaler twice a day"
    page.keyboard.press("Control+s")
    page.get_by_text("Saved.").wait_for()
    found = Consultation.objects.get(pk=consultation.pk)
    assert [diagnosis.code for diagnosis in found.diagnoses.all()] == ["I10", "J45.0"]
    assert (found.complaints, found.plan) == ("Wheeze", "Inhaler twice a day")


def test_a_draft_keeps_itself_and_takes_a_favourite_besides(signed_in: Guests, acme: Any) -> None:
    consultation = signed()
    by = consultation.doctor.member
    draft = services.prescribe(consultation, by=by)
    services.add_favourite(by=by, lines=[{"medicine": "Bryonia"}])
    doctor = signed_in(by, pauses=True)
    page = doctor.page
    doctor.at("save_prescription", draft.pk)
    for revision, (row, medicine) in enumerate([("0", "Arnica montana"), ("1", "Rhus tox")], start=1):
        page.locator(f"#id_items-{row}-medicine").fill(medicine)
        doctor.pause()
        page.locator(f"#kept [data-revision='{revision}']").wait_for()
    assert [str(item) for item in draft.items.all()] == ["Arnica montana", "Rhus tox"]
    page.locator("#id_items-2-medicine").fill("Ledum")
    page.get_by_role("button", name="Bryonia").click()
    page.get_by_text("Put on the sheet: Bryonia").wait_for()
    doctor.check()
    kept = [item.medicine for item in draft.items.all()]
    assert kept == ["Arnica montana", "Rhus tox", "Ledum", "Bryonia"]
    # Remedies without a potency are said to be unchecked, which the doctor has seen.
    seen = {found.key: Answer("Known", is_acknowledged=True) for found in check_prescription(draft).findings}
    services.activate_prescription(draft, by=by, overrides=seen)
    doctor.open(acme.host(), reverse("records:verify_prescription", args=[draft.token]))
    page.get_by_text("This prescription is ours").wait_for()
    doctor.check()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_prescription_grows_row_by_row(javascript: bool, signed_in: Guests) -> None:
    consultation = signed()
    doctor = signed_in(consultation.doctor.member, javascript=javascript)
    page = doctor.page
    doctor.at("consultation", consultation.pk)
    page.get_by_role("button", name="Prescribe").click()
    page.locator("#id_items-0-medicine").fill("Arnica montana")
    page.locator("#id_items-0-potency").fill("30C")
    page.get_by_role("button", name="Add a medicine").click()
    page.locator("#id_items-3-medicine").fill("Rhus tox")
    page.locator("#id_items-3-potency").fill("D6")
    assert page.locator("#id_items-0-medicine").input_value() == "Arnica montana"
    page.get_by_role("button", name="Check and hand out").click()
    press(doctor, "Hand out")
    page.get_by_text("Ready to hand out.").wait_for()
    prescription = Prescription.objects.get(consultation=consultation)
    assert [item.medicine for item in prescription.items.all()] == ["Arnica montana", "Rhus tox"]
    assert prescription.activated_at
