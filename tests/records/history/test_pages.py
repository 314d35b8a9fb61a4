"""The pages of what was done elsewhere: entered, read with who told it, withdrawn, seen in the chart."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from records.history.kinds import KINDS
from records.history.models import Immunization, PastMedication, PastProcedure
from tests.conftest import ClinicClient
from tests.people import DoctorFactory, PatientFactory, with_login
from tests.records.factories import begun
from tests.records.history.factories import taken, told

pytestmark = pytest.mark.django_db
Browser = Callable[..., ClinicClient]


@pytest.fixture
def visit() -> Any:
    """A patient in the care of a doctor."""
    return begun()


def page(browser: ClinicClient, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def test_a_doctor_enters_a_vaccination_from_the_card(visit: Any, client_for: Browser) -> None:
    browser = client_for(visit.doctor.member)
    address = reverse("history:add_immunization", args=[visit.patient.pk])
    typed = {"title": "MMR", "on": "1999-06-07", "exactly": "year", "dose": "2", "source": "The card"}
    browser.send(address, typed)
    dose = Immunization.objects.get()
    assert (dose.title, dose.when, dose.dose, dose.recorded_by) == ("MMR", "1999", "2", visit.doctor.member)
    shown = page(browser, reverse("history:history", args=[visit.patient.pk]))
    assert "MMR" in shown
    assert "The card" in shown


def test_what_is_refused_stands_beside_its_field_with_what_was_typed(visit: Any, client_for: Browser) -> None:
    browser = client_for(visit.doctor.member)
    address = reverse("history:add_past_procedure", args=[visit.patient.pk])
    typed = {"title": "Appendectomy", "on": "2999-01-01", "exactly": "day", "source": "The mother"}
    answer = browser.send(address, typed).content.decode()
    assert "cannot lie in the future" in answer
    assert "Appendectomy" in answer
    assert not PastProcedure.objects.exists()


@pytest.mark.parametrize("name", KINDS)
def test_an_entry_tells_who_told_it_and_is_withdrawn(name: str, visit: Any, client_for: Browser) -> None:
    kind, browser = KINDS[name], client_for(visit.doctor.member)
    entry = told(kind.model, patient=visit.patient, title="Canary")
    shown = page(browser, reverse(kind.page, args=[entry.pk]))
    assert "Norwood Hospital" in shown
    assert "1 Jan 2020" in shown
    assert "as it was told" not in shown
    browser.send(reverse(f"history:withdraw_{name}", args=[entry.pk]), {"reason": "Another patient's"})
    entry.refresh_from_db()
    assert not entry.counts
    assert "Entered in error" in page(browser, reverse(kind.page, args=[entry.pk]))
    assert "Canary" not in page(browser, reverse("chart:chart", args=[visit.patient.pk]))


def test_a_doctor_who_does_not_care_for_the_patient_opens_nothing_of_the_history(
    visit: Any, client_for: Browser
) -> None:
    browser, patient = client_for(with_login(DoctorFactory())), visit.patient
    medicine = taken(patient, "Canary 5 MG")
    of_patient = ("history", "add_immunization", "add_past_procedure")
    of_entry = ("past_medication", "withdraw_past_medication", "stop_past_medication")
    for names, key in ((of_patient, patient.pk), (of_entry, medicine.pk)):
        for name in names:
            answer = browser.get(reverse(f"history:{name}", args=[key]))
            assert answer["Location"].startswith(reverse("chart:break_glass", args=[patient.pk])), name
            assert b"Canary" not in answer.content


@pytest.mark.parametrize(
    "name", ["immunization", "past_procedure", "past_medication", "past_encounter", "diagnostic_report"]
)
def test_the_chart_shows_it_as_told_by_others(name: str, visit: Any, client_for: Browser) -> None:
    told(KINDS[name].model, patient=visit.patient, title="Canary", precision="year")
    shown = page(client_for(visit.doctor.member), reverse("chart:chart", args=[visit.patient.pk]))
    assert "Canary" in shown
    assert "Norwood Hospital" in shown
    assert "Only the year is known" in shown


def test_a_medicine_by_others_stands_in_sight_until_it_is_no_longer_taken(
    visit: Any, client_for: Browser
) -> None:
    browser, entry = client_for(visit.doctor.member), taken(visit.patient, "Canary 5 MG")
    chart = reverse("chart:chart", args=[visit.patient.pk])
    assert "Medicines by others" in page(browser, chart)
    browser.send(reverse("history:stop_past_medication", args=[entry.pk]), {"reason": "Ended in May"})
    assert not PastMedication.objects.get().is_current
    assert "Medicines by others" not in page(browser, chart)


def test_patients_see_their_own_vaccinations_and_nobody_elses(client_for: Browser) -> None:
    patient = PatientFactory()
    told(Immunization, patient=patient, title="My dose")
    told(Immunization, title="Not mine")
    shown = page(client_for(with_login(patient.member)), reverse("history:portal_immunizations"))
    assert "My dose" in shown
    assert "Not mine" not in shown


def test_the_list_is_read_with_few_statements(
    visit: Any, client_for: Browser, django_assert_max_num_queries: Any
) -> None:
    browser = client_for(visit.doctor.member)
    for number in range(3):
        told(Immunization, patient=visit.patient, title=f"Dose {number}")
    address = reverse("history:history", args=[visit.patient.pk])
    page(browser, address)
    # Session, member, the care; then the patient with the counts, the entries, the trail and its savepoint.
    with django_assert_max_num_queries(9):
        page(browser, address)
