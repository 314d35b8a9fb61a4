"""The patient sees who looked, and nobody else's record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from accounts.members.models import PatientProfile
from tests.records.factories import signed

Browser = Callable[..., Any]
NOBODY = "Nobody opened your record yet"


def shown_to(client_for: Browser, patient: PatientProfile) -> str:
    browser = client_for(patient.member)
    return str(browser.get(reverse("chart:portal_access")).content.decode())


# The trail is written when the request commits.
def test_a_patient_sees_who_opened_what_and_nobody_elses_record(committed: None, client_for: Browser) -> None:
    consultation, other = signed(), signed()
    doctor = client_for(consultation.doctor.member)
    assert NOBODY in shown_to(client_for, consultation.patient)
    for name, pk in (("chart:chart", consultation.patient_id), ("records:consultation", consultation.pk)):
        assert doctor.get(reverse(name, args=[pk])).status_code == 200
    page = shown_to(client_for, consultation.patient)
    assert page.count(f"{consultation.doctor.name} (doctor)") == 2
    assert "Consultation" in page
    assert NOBODY in shown_to(client_for, other.patient)


@pytest.mark.django_db
def test_ones_own_looks_are_no_news(client_for: Browser) -> None:
    patient = signed().patient
    browser = client_for(patient.member)
    assert browser.get(reverse("records:portal_prescriptions")).status_code == 200
    assert NOBODY in shown_to(client_for, patient)
