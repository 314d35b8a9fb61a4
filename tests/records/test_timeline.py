"""The chart's timeline: everything of the patient, in order, by kind and by day, at one price."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.members.services import add_allergy, add_condition, add_emergency_contact
from clinic.db.current import connection
from records import services
from records.chart.timeline import KINDS, timeline
from records.documents.services import add_record
from records.history.kinds import KINDS as HISTORY
from records.observations.services import record_measurements
from tests.records.factories import begun, handed_out, signed
from tests.records.history.factories import told as by_others
from tests.scheduling.factories import AppointmentFactory, DoctorFactory, PatientFactory, in_state

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def a_life() -> tuple[Any, Any]:
    """A doctor and a patient with one of everything."""
    doctor, patient = DoctorFactory(), PatientFactory()
    by = doctor.member
    given = handed_out(signed(doctor=doctor, patient=patient))
    services.add_addendum(given.consultation, by=by, text="X-ray: clear.")
    AppointmentFactory(doctor=doctor, patient=patient, reason="Back pain")
    add_allergy(patient, by=by, substance="Penicillin", reaction="Hives")
    add_condition(patient, by=by, name="Asthma", since=datetime.date(2001, 2, 3))
    record_measurements(patient, by=by, values={"pulse": 72, "systolic": 120, "diastolic": 80})
    day = timezone.localdate() - datetime.timedelta(days=400)
    add_record(
        patient,
        by=by,
        kind="lab_report",
        title="Blood count",
        recorded_on=day,
        data=[{"name": "Hb", "value": "9", "unit": "g/dL"}],
    )
    for name in HISTORY.keys() & KINDS.keys():
        by_others(HISTORY[name].model, patient=patient, recorded_by=by, happened_at=timezone.now())
    return doctor, patient


def kinds(doctor: Any, patient: Any, **asked: Any) -> list[str]:
    return [entry.kind for entry in timeline(patient, doctor.member, **asked)]


def test_one_of_everything_stands_in_the_order_of_time() -> None:
    doctor, patient = a_life()
    entries = list(timeline(patient, doctor.member))
    assert {entry.kind for entry in entries} == set(KINDS)
    assert [entry.at for entry in entries] == sorted((entry.at for entry in entries), reverse=True)
    first, *_others, last_but_one, last = (entry.kind for entry in entries)
    assert (first, last_but_one, last) == ("visit", "record", "condition")
    told_by_kind = {entry.kind: entry for entry in entries}
    assert timezone.localtime(told_by_kind["condition"].at).isoformat().startswith("2001-02-03T00:00:00")
    assert told_by_kind["measurement"].text.startswith("Blood pressure, upper 120 mmHg · ")
    assert "Arnica montana 30C" in told_by_kind["prescription"].title
    assert "Tension headache" in told_by_kind["consultation"].title


def test_nothing_of_another_patient_and_no_offer_or_mistake() -> None:
    doctor, patient = a_life()
    a_life()
    for days, status in enumerate(("pending", "declined", "entered_in_error"), start=9):
        at = timezone.now() + datetime.timedelta(days=days)
        in_state(status, doctor=doctor, patient=patient, starts_at=at)
    assert len(kinds(doctor, patient)) == len(KINDS)


def test_by_kind_and_by_day_of_the_clinics_clock() -> None:
    doctor, patient = a_life()
    for kind in KINDS:
        assert kinds(doctor, patient, kind=kind) == [kind]
    born = datetime.date(2001, 2, 3)
    assert kinds(doctor, patient, since=born, until=born) == ["condition"]
    before = born - datetime.timedelta(days=1)
    assert kinds(doctor, patient, until=before) == []
    assert "condition" not in kinds(doctor, patient, since=born + datetime.timedelta(days=1))


def test_page_by_page_and_beyond_the_last() -> None:
    doctor, patient = DoctorFactory(), PatientFactory()
    for _each in range(5):
        signed(doctor=doctor, patient=patient)
    assert len(timeline(patient, doctor.member, size=2)) == 2
    last = timeline(patient, doctor.member, size=2, page="3")
    assert (len(last), last.paginator.count, last.number) == (1, 5, 3)
    assert len(timeline(patient, doctor.member, size=2, page="-1 OR 1")) == 2
    assert len(timeline(patient, doctor.member, size=2, page="9")) > 0


def test_who_may_not_read_consultations_sees_none_there() -> None:
    _doctor, patient = a_life()
    assert "consultation" not in kinds(begun(patient=patient).patient, patient)


def test_the_chart_shows_problems_contacts_and_what_was_asked_for(client_for: Browser) -> None:
    doctor, patient = a_life()
    add_emergency_contact(
        patient, by=doctor.member, name="Chidi", relationship="Brother", phone="+2348031234567"
    )
    coded = begun(doctor=doctor, patient=patient)
    services.add_diagnosis(coded, by=doctor.member, code="I10")
    services.sign_consultation(coded, by=doctor.member)
    browser, page = client_for(doctor.member), reverse("chart:chart", args=[patient.pk])
    text = browser.get(page).content.decode()
    for told in (
        "Penicillin",
        "Hives",
        "Asthma",
        "I10",
        "Chidi",
        "+234 803 123 4567",
        "Blood count",
        "X-ray",
    ):
        assert told in text
    only = browser.get(page, {"kind": "allergy", "since": "nonsense"}).content.decode()
    assert "Blood count" not in only
    empty = browser.get(page, {"until": "1990-01-01"}).content.decode()
    assert "Nothing of this kind in this time" in empty


def test_a_chart_costs_the_same_however_long_a_life(client_for: Browser) -> None:
    doctor, patient = a_life()
    browser, page = client_for(doctor.member), reverse("chart:chart", args=[patient.pk])
    for number in range(3):
        add_allergy(patient, by=doctor.member, substance=f"Dust {number}")
        handed_out(signed(doctor=doctor, patient=patient))
    browser.get(page)
    with CaptureQueriesContext(connection) as caught:
        browser.get(page, {"show": "all"})
    assert len(caught) <= 10, [query["sql"] for query in caught]
