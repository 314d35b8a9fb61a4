"""Measurements: who records them, what is refused beside its field and by the database, what stays."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import PatientProfile
from accounts.members.roles import Role
from clinic.models import Refusal, relayed
from records.observations.kinds import BY_NAME, KINDS, Kind
from records.observations.models import Observation
from records.observations.services import enter_measurement_in_error, record_measurements
from records.services import sign_consultation
from tests.people import StaffFactory, with_login
from tests.records.factories import begun
from tests.scheduling.factories import DoctorFactory, PatientFactory, doctor_of

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]

RAW = (
    "INSERT INTO observations_observation (id, created_at, patient_id, consultation_id, code, value, unit, "
    "measured_at, recorded_by_id, entered_in_error_reason) "
    "VALUES (gen_random_uuid(), now(), %s, %s, %s, %s, %s, %s, %s, '')"
)


def refused(statement: str, *parameters: Any) -> str:
    """What the database says against a statement; fails when it is let through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError as error:
        return str(error)
    pytest.fail(f"The database let this through: {statement}")


def raw(patient: PatientProfile, kind: Kind, value: Any, **other: Any) -> tuple[Any, ...]:
    """The parameters of RAW: a value of this kind, now, unless something else is said."""
    facts = {"consultation": None, "unit": kind.unit, "at": timezone.now(), **other}
    doctor = DoctorFactory()
    return patient.pk, facts["consultation"], kind.code, value, facts["unit"], facts["at"], doctor.pk


def measured(patient: PatientProfile | None = None, **values: Any) -> Observation:
    """The first of the values, recorded by a doctor."""
    return record_measurements(
        patient or PatientFactory(),
        by=DoctorFactory().member,
        values={name: Decimal(str(value)) for name, value in (values or {"pulse": 72}).items()},
    )[0]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_is_not_possible_is_refused_by_the_database(kind: Kind) -> None:
    patient, step = PatientFactory(), Decimal(10) ** -3
    for value in (kind.least - step, kind.most + step):
        assert f"observation_{kind.name}" in refused(RAW, *raw(patient, kind, value))
    assert f"observation_{kind.name}" in refused(RAW, *raw(patient, kind, kind.least, unit="furlong"))
    with connection.cursor() as cursor:
        cursor.execute(RAW, raw(patient, kind, kind.least))
        cursor.execute(RAW, raw(patient, kind, kind.most, at=timezone.now() - timedelta(hours=1)))


def test_every_impossible_value_is_refused_beside_its_field_and_kept_as_typed(client_for: Browser) -> None:
    patient = PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=400))
    page = reverse("observations:record_measurements", args=[patient.pk])
    own_unit = [kind for kind in KINDS if not kind.others]
    typed = {kind.name: str(int(kind.most) + 1) for kind in own_unit}
    browser = client_for(doctor_of(patient).member)
    answer = browser.send(page, {**typed, "measured_at": now()})
    errors = answer.context["form"].errors
    assert set(errors) == set(typed)
    for kind in own_unit:
        assert errors[kind.name] == [str(kind.sentence)]
    assert f'value="{typed["weight"]}"' in answer.content.decode()
    assert not Observation.objects.exists()


def test_the_databases_own_refusal_is_the_same_sentence() -> None:
    facts = {"code": "59408-5", "value": 101, "unit": "%", "measured_at": timezone.now()}
    with pytest.raises(Refusal) as refusal, relayed(Observation):
        Observation.objects.create(patient=PatientFactory(), **facts)
    assert str(refusal.value.message) == "Oxygen saturation: only 30 to 100 % is possible. Check the number."


def now() -> str:
    """The present minute as a browser sends it."""
    return f"{timezone.localtime():%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"temperature": "98.6", "temperature_unit": "Cel"}, "temperature"),
        ({"glucose": "9000", "glucose_unit": "mg/dL"}, "glucose"),
        ({"systolic": "80", "diastolic": "120"}, "diastolic"),
        ({"pulse": "72", "measured_at": "2999-01-01T10:00"}, "measured_at"),
        ({"pulse": "72", "measured_at": "1980-01-01T10:00"}, "measured_at"),
        ({"pulse": "72.5"}, "pulse"),
        ({}, "__all__"),
    ],
)
def test_what_does_not_fit_is_refused_beside_its_field(
    client_for: Browser, typed: dict[str, str], field: str
) -> None:
    patient = PatientFactory(date_of_birth=date(1984, 3, 9))
    browser = client_for(doctor_of(patient).member)
    page = reverse("observations:record_measurements", args=[patient.pk])
    answer = browser.send(page, {"measured_at": now(), **typed})
    assert list(answer.context["form"].errors) == [field]


def test_degrees_fahrenheit_and_milligrams_are_stored_in_the_units_of_the_kind(client_for: Browser) -> None:
    patient = PatientFactory()
    typed = {
        "temperature": "98.6",
        "temperature_unit": "[degF]",
        "glucose": "100",
        "glucose_unit": "mg/dL",
        "measured_at": now(),
    }
    browser = client_for(doctor_of(patient).member)
    page = reverse("observations:record_measurements", args=[patient.pk])
    assert browser.send(page, typed).status_code == 302
    assert browser.get(page).context["form"].initial["temperature_unit"] == "[degF]"
    stored = {each.kind.name: (each.value, each.unit) for each in Observation.objects.all()}
    assert stored == {"temperature": (Decimal("37.0"), "Cel"), "glucose": (Decimal("5.6"), "mmol/L")}


def test_reception_measures_and_reads_nothing(client_for: Browser) -> None:
    patient = PatientFactory()
    measured(patient, systolic=187, diastolic=101)
    browser = client_for(with_login(StaffFactory(role=Role.RECEPTIONIST)))
    page = reverse("observations:record_measurements", args=[patient.pk])
    assert "187" not in browser.get(page).content.decode()
    sent = browser.send(page, {"weight": "81.5", "measured_at": now()})
    assert sent["Location"] == reverse("members:patient", args=[patient.pk])
    assert Observation.objects.filter(patient=patient, value="81.5").exists()
    assert "187" not in browser.get(sent["Location"]).content.decode()
    for name in ("measurements", "beside"):
        assert browser.get(reverse(f"observations:{name}", args=[patient.pk])).status_code == 403


def test_from_a_consultation_it_belongs_to_that_and_leads_back(client_for: Browser) -> None:
    consultation = begun()
    browser = client_for(consultation.doctor.member)
    saved = browser.send(
        reverse("records:save_consultation", args=[consultation.pk]),
        {"complaints": "Cough", "then": "measure", "revision": "1"},
    )
    page = saved["Location"]
    assert str(consultation.pk) in page
    back = browser.send(page, {"pulse": "88", "measured_at": now()})
    assert back["Location"] == reverse("records:consultation", args=[consultation.pk])
    assert Observation.objects.get().consultation == consultation
    part = browser.get(reverse("observations:of_consultation", args=[consultation.pk])).content.decode()
    assert "88 per minute" in part


def test_nothing_is_added_to_a_signed_consultation() -> None:
    consultation = begun()
    sign_consultation(consultation, by=consultation.doctor.member)
    with pytest.raises(Refusal, match="closed"):
        record_measurements(
            consultation.patient,
            by=consultation.doctor.member,
            values={"pulse": Decimal(72)},
            consultation=consultation,
        )
    wrong = raw(consultation.patient, BY_NAME["pulse"], 72, consultation=consultation.pk)
    assert "closed" in refused(RAW, *wrong)


def test_another_doctors_consultation_gets_nothing() -> None:
    consultation = begun()
    with pytest.raises(Refusal):
        record_measurements(
            consultation.patient,
            by=DoctorFactory().member,
            values={"pulse": Decimal(72)},
            consultation=consultation,
        )


def test_a_crossed_pair_of_consultation_and_patient_is_refused_by_the_database() -> None:
    wrong = raw(PatientFactory(), BY_NAME["pulse"], 72, consultation=begun().pk)
    assert "observation_consultation_patient" in refused(RAW, *wrong)


def test_nothing_is_measured_in_the_future() -> None:
    late = raw(PatientFactory(), BY_NAME["pulse"], 72, at=timezone.now() + timedelta(hours=1))
    assert "observation_past" in refused(RAW, *late)


def test_the_same_is_not_recorded_twice_for_a_moment() -> None:
    first = measured()
    again = raw(first.patient, first.kind, 90, at=first.measured_at)
    assert "observation_once" in refused(RAW, *again)
    enter_measurement_in_error(first, by=DoctorFactory().member, reason="Wrong arm")
    with connection.cursor() as cursor:
        cursor.execute(RAW, again)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE observations_observation SET value = 90 WHERE id = %s",
        "UPDATE observations_observation SET measured_at = measured_at - interval '1 day' WHERE id = %s",
        (
            "UPDATE observations_observation SET value = 90, entered_in_error_at = now(), "
            "entered_in_error_reason = 'x' WHERE id = %s"
        ),
        "DELETE FROM observations_observation WHERE id = %s",
    ],
)
def test_a_measurement_neither_changes_nor_goes(change: str) -> None:
    assert "never changes" in refused(change, measured().pk)


def test_a_withdrawn_measurement_stays_withdrawn() -> None:
    wrong = measured()
    enter_measurement_in_error(wrong, by=DoctorFactory().member, reason="Other patient")
    back = (
        "UPDATE observations_observation SET entered_in_error_at = NULL, entered_in_error_by_id = NULL, "
        "entered_in_error_reason = '' WHERE id = %s"
    )
    assert "never changes" in refused(back, wrong.pk)
    with pytest.raises(Refusal, match="never changes"):
        enter_measurement_in_error(wrong, by=DoctorFactory().member, reason="Again")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.PATIENT, Role.AGENT, Role.CAREGIVER])
def test_only_doctors_and_reception_record(role: Role) -> None:
    member = PatientFactory().member if role == Role.PATIENT else StaffFactory(role=role)
    with pytest.raises(Refusal, match="Only doctors"):
        record_measurements(PatientFactory(), by=member, values={"pulse": Decimal(72)})


def test_a_blank_reason_is_refused_beside_its_field() -> None:
    with pytest.raises(Refusal) as refusal:
        enter_measurement_in_error(measured(), by=DoctorFactory().member, reason=" ")
    assert refusal.value.field == "reason"


def test_withdrawing_needs_a_doctor_and_a_reason(client_for: Browser) -> None:
    wrong = measured(pulse=199)
    desk = with_login(StaffFactory(role=Role.RECEPTIONIST))
    page = reverse("observations:enter_measurement_in_error", args=[wrong.pk])
    assert client_for(desk).get(page).status_code == 403
    with pytest.raises(Refusal):
        enter_measurement_in_error(wrong, by=desk, reason="x")
    browser = client_for(doctor_of(wrong.patient).member)
    assert "reason" in browser.send(page, {"reason": " "}).context["form"].errors
    assert browser.send(page, {"reason": "Cuff too small"}).status_code == 302
    read = browser.get(reverse("observations:measurements", args=[wrong.patient_id]))
    assert read.context["panels"] == []
    assert "Cuff too small" in read.content.decode()
    assert "observation_withdrawn" in refused(
        "UPDATE observations_observation SET entered_in_error_at = now() WHERE id = %s", measured().pk
    )


def test_each_opening_is_in_the_trail(client_for: Browser, audit_trail: Callable[[], list[Any]]) -> None:
    known = measured()
    doctor = doctor_of(known.patient).member
    for name in ("measurements", "beside"):
        before = len(audit_trail())
        client_for(doctor).get(reverse(f"observations:{name}", args=[known.patient_id]))
        new = audit_trail()[: len(audit_trail()) - before]
        assert [(each.action, each.patient_id) for each in new if each.action == "read"] == [
            ("read", known.patient_id)
        ]


def test_a_patient_sees_the_own_values_alone(client_for: Browser) -> None:
    patient = PatientFactory()
    measured(patient, weight=81.5)
    measured(PatientFactory(), weight=92.5)
    shown = client_for(patient.member).get(reverse("observations:portal_measurements"))
    text = shown.content.decode()
    assert "81.5 kg" in text
    assert "92.5" not in text
    assert "Wrong…" not in text
