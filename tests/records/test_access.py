"""The patient sees who looked, and nobody else's record."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from accounts.members.models import PatientProfile
from tests.records.factories import signed

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def opened(browser: Any, name: str, pk: Any) -> None:
    """Open a page, and let what waits for the commit be written."""
    assert browser.get(reverse(f"records:{name}", args=[pk])).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def shown_to(client_for: Browser, patient: PatientProfile) -> str:
    browser = client_for(patient.member)
    return str(browser.get(reverse("records:portal_access")).content.decode())


def test_a_patient_sees_who_opened_what(client_for: Browser) -> None:
    consultation = signed()
    doctor = client_for(consultation.doctor.member)
    assert "Nobody opened your record yet" in shown_to(client_for, consultation.patient)
    opened(doctor, "chart", consultation.patient_id)
    opened(doctor, "consultation", consultation.pk)
    page = shown_to(client_for, consultation.patient)
    assert page.count(consultation.doctor.name) == 2
    assert "Consultation" in page


def test_a_patient_does_not_see_who_opened_others_records(client_for: Browser) -> None:
    mine, other = signed(), signed()
    opened(client_for(other.doctor.member), "chart", other.patient_id)
    assert "Nobody opened your record yet" in shown_to(client_for, mine.patient)


def test_ones_own_looks_are_no_news(client_for: Browser) -> None:
    patient = signed().patient
    browser = client_for(patient.member)
    assert browser.get(reverse("records:portal_prescriptions")).status_code == 200
    assert "Nobody opened your record yet" in shown_to(client_for, patient)
