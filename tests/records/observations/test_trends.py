"""Values as charts: what belongs together, what is computed, and marks that people can read."""

import datetime
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from records.observations.drawing import is_multiple, round_steps, widened
from records.observations.services import record_measurements
from records.observations.trends import panels_of
from tests.scheduling.factories import DoctorFactory, PatientFactory, doctor_of


@given(st.floats(0, 500), st.floats(0, 100), st.sampled_from([0.001, 0.1, 1]))
def test_marks_enclose_the_values_evenly_and_can_be_written(low: float, span: float, finest: float) -> None:
    steps = round_steps(*widened(low, low + span, 1000), 4, finest)
    assert steps[0] <= low + 1e-6
    assert low + span - 1e-6 <= steps[-1]
    assert 2 <= len(steps) <= 8
    apart = {round(after - before, 5) for before, after in pairwise(steps)}
    assert len(apart) == 1
    assert is_multiple(apart.pop(), finest)


def test_what_hardly_changes_is_no_mountain_and_no_percentage_goes_past_a_hundred() -> None:
    assert widened(36.5, 36.7, 45) == pytest.approx((34.765, 38.435))
    assert widened(96, 99, 100) == pytest.approx((90.1, 100))
    assert widened(0, 0, 10) == pytest.approx((-0.5, 0.5))


def values(patient: Any, days_ago: float = 0, **values: Any) -> None:
    """Record values of so many days ago."""
    record_measurements(
        patient,
        by=DoctorFactory().member,
        values={name: Decimal(str(value)) for name, value in values.items()},
        measured_at=timezone.now() - timedelta(days=days_ago),
    )


def panels(patient: Any) -> dict[str, list[str]]:
    """What each chart shows, latest first."""
    found = panels_of(patient.observations.all(), patient.date_of_birth)
    return {str(panel.title): [row.shown for row in panel.rows] for panel in found}


@pytest.mark.django_db
def test_both_blood_pressures_stand_on_one_chart_as_people_say_them() -> None:
    patient = PatientFactory()
    values(patient, 3, systolic=151, diastolic=93)
    values(patient, systolic=132, diastolic=82)
    assert panels(patient) == {"Blood pressure": ["132/82 mmHg", "151/93 mmHg"]}
    (panel,) = panels_of(patient.observations.all(), None)
    assert panel.chart
    assert len(panel.chart.lines) == 2
    assert "132/82 mmHg" in panel.chart.label


@pytest.mark.django_db
def test_the_body_mass_index_of_a_grown_person_takes_the_last_height() -> None:
    patient = PatientFactory(date_of_birth=datetime.date(1984, 3, 9))
    values(patient, 400, height=170)
    values(patient, weight=72.25)
    assert panels(patient)["Body mass index"] == ["25 kg/m²"]


@pytest.mark.django_db
def test_a_growing_childs_body_mass_index_needs_the_height_of_the_day() -> None:
    child = PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=3000))
    values(child, 30, height=128)
    values(child, weight=26)
    assert "Body mass index" not in panels(child)
    values(child, 30.001, weight=25.6)
    assert len(panels(child)["Body mass index"]) == 1


@pytest.mark.django_db
def test_one_value_is_no_trend_and_beside_a_page_the_latest_stands_with_the_one_before(
    client_for: Callable[..., Any],
) -> None:
    patient = PatientFactory()
    values(patient, 30, weight=82)
    browser = client_for(doctor_of(patient).member)
    page = reverse("observations:beside", args=[patient.pk])
    assert '<svg class="trend"' not in browser.get(page).content.decode()
    values(patient, weight=80.5)
    text = browser.get(page).content.decode()
    assert "80.5 kg" in text
    assert "before: 82 kg" in text
    assert '<svg class="trend"' in text


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["measurements", "beside", "growth", "record_measurements"])
def test_a_page_costs_the_same_with_one_value_and_with_many(
    page: str, client_for: Callable[..., Any]
) -> None:
    child = PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=900), gender="male")
    browser = client_for(doctor_of(child).member)
    address = reverse(f"observations:{page}", args=[child.pk])
    values(child, weight=12, height=88, pulse=96)
    costs = []
    for many in (0, 12):
        for number in range(many):
            values(child, number * 60 + 1, weight=12, height=88, systolic=101, diastolic=64)
        browser.get(address)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(address).status_code == 200
        costs.append(len(captured))
    assert costs[0] == costs[1] <= 9
