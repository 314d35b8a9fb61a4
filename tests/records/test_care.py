"""A doctor reads the records of patients in care; for any other, the glass is broken with a reason."""

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import PatientProfile
from accounts.members.roles import Role
from clinic.inbox.models import Notification
from clinic.models import Refusal
from records import services
from records.care import is_in_care
from records.models import EmergencyAccess
from scheduling.queue import services as queue
from tests.records.factories import AllergyFactory, signed
from tests.scheduling.factories import DoctorFactory, MemberFactory, PatientFactory, in_state

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
COPY = (
    "INSERT INTO records_emergencyaccess (id, created_at, doctor_id, patient_id, reason, until) "
    "SELECT gen_random_uuid(), created_at, doctor_id, patient_id, {}, {} FROM records_emergencyaccess"
)
WHY = "Found unconscious in the waiting room"


def glass(patient: PatientProfile) -> str:
    return reverse("chart:break_glass", args=[patient.pk])


def chart(patient: PatientProfile) -> str:
    return reverse("chart:chart", args=[patient.pk])


def elses_patient() -> PatientProfile:
    """A patient whom another doctor has seen."""
    seen = in_state("fulfilled", starts_at=timezone.now() - datetime.timedelta(days=9))
    return PatientProfile.objects.get(pk=seen.patient_id)


def test_a_stranger_is_in_nobodys_care() -> None:
    assert not is_in_care(DoctorFactory().member, elses_patient().pk)


def test_who_was_just_registered_is_anybodys_until_somebody_sees_them_or_the_day_has_passed() -> None:
    patient, doctor = PatientFactory(), DoctorFactory()
    assert is_in_care(doctor.member, patient.pk)
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=25)):
        assert not is_in_care(doctor.member, patient.pk)
    signed(patient=patient)
    assert not is_in_care(doctor.member, patient.pk)


@pytest.mark.parametrize(
    ("status", "days", "is_ours"),
    [
        ("booked", 1, True),
        ("pending", 3, True),
        ("fulfilled", -364, True),
        ("fulfilled", -366, False),
        ("booked", 364, True),
        ("booked", 366, False),
        ("noshow", -5, True),
        ("cancelled", 1, False),
        ("declined", 1, False),
        ("entered_in_error", 1, False),
    ],
)
def test_a_visit_within_a_year_that_holds_or_was_kept_is_care(status: str, days: int, is_ours: bool) -> None:
    at = timezone.now() + datetime.timedelta(days=days)
    visit = in_state(status, patient=elses_patient(), starts_at=at)
    assert is_in_care(visit.doctor.member, visit.patient_id) is is_ours
    assert not is_in_care(DoctorFactory().member, visit.patient_id)


def test_whose_consultation_one_wrote_is_in_care() -> None:
    written = signed()
    assert is_in_care(written.doctor.member, written.patient_id)
    assert not is_in_care(DoctorFactory().member, written.patient_id)


def test_who_was_called_from_todays_queue_is_seen_by_somebody() -> None:
    patient, doctor = elses_patient(), DoctorFactory()
    room = queue.add_department(by=None, name="Surgery", prefix="S")
    queue.take_ticket(by=None, department=room, patient=patient)
    assert not is_in_care(doctor.member, patient.pk)
    queue.call_next(room, by=None, room="3")
    assert is_in_care(doctor.member, patient.pk)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=1)):
        assert not is_in_care(doctor.member, patient.pk)


def test_a_broken_glass_opens_for_twelve_hours_for_this_doctor_and_this_patient() -> None:
    doctor, patient = DoctorFactory(), elses_patient()
    broken = services.break_glass(patient, by=doctor.member, reason=f" {WHY} ")
    assert (broken.reason, broken.patient_id, broken.doctor_id) == (WHY, patient.pk, doctor.pk)
    assert is_in_care(doctor.member, patient.pk)
    assert not is_in_care(doctor.member, elses_patient().pk)
    assert not is_in_care(DoctorFactory().member, patient.pk)
    # Two windows break one.
    assert services.break_glass(patient, by=doctor.member, reason="Again") == broken
    for hours, is_open in ((11, True), (13, False)):
        with time_machine.travel(timezone.now() + datetime.timedelta(hours=hours)):
            assert is_in_care(doctor.member, patient.pk) is is_open


def test_only_a_doctor_breaks_the_glass_and_not_without_a_reason() -> None:
    patient = PatientFactory()
    for role in (Role.ADMIN, Role.RECEPTIONIST):
        with pytest.raises(Refusal):
            services.break_glass(patient, by=MemberFactory(role=role), reason=WHY)
    with pytest.raises(Refusal, match="Say why"):
        services.break_glass(patient, by=DoctorFactory().member, reason="  ")
    assert not EmergencyAccess.objects.exists()


def test_administrators_are_told_and_nobody_else_and_not_why() -> None:
    admin, desk, doctor = MemberFactory(role=Role.ADMIN), MemberFactory(), DoctorFactory()
    services.break_glass(PatientFactory(), by=doctor.member, reason=WHY)
    told = Notification.objects.get(kind="glass_broken")
    assert told.member_id == admin.pk
    assert desk.pk != told.member_id
    assert WHY not in str(told.facts)
    assert told.link == reverse("chart:broken_glass")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE records_emergencyaccess SET reason = 'other'",
        "UPDATE records_emergencyaccess SET until = until - interval '1 hour'",
        "DELETE FROM records_emergencyaccess",
        COPY.format("''", "until"),
        COPY.format("reason", "until + interval '1 hour'"),
    ],
)
def test_the_database_keeps_what_was_broken_and_how_long_it_opens(statement: str) -> None:
    services.break_glass(PatientFactory(), by=DoctorFactory().member, reason=WHY)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_a_stranger_is_sent_to_the_glass_and_comes_back_with_a_reason(client_for: Browser) -> None:
    consultation, stranger = signed(), DoctorFactory()
    patient, browser = consultation.patient, client_for(stranger.member)
    page = reverse("records:consultation", args=[consultation.pk])
    sent = browser.get(page)
    assert sent["Location"] == f"{glass(patient)}?next={quote(page, safe='')}"
    asked = browser.get(sent["Location"]).content.decode()
    assert "not in your care" in asked
    assert "Tension headache" not in asked
    refused = browser.send(sent["Location"], {"reason": " "})
    assert "reason" in refused.context["form"].errors
    assert browser.send(sent["Location"], {"reason": WHY})["Location"] == page
    assert "Tension headache" in browser.get(page).content.decode()
    # Whoever is in care need not ask.
    assert browser.get(glass(patient))["Location"] == chart(patient)


def test_what_was_sent_from_outside_is_not_done(client_for: Browser) -> None:
    patient, stranger = elses_patient(), DoctorFactory()
    browser = client_for(stranger.member)
    for name in ("records:start_walk_in", "members:add_allergy"):
        answer = browser.send(reverse(name, args=[patient.pk]), {"substance": "Nuts", "severity": "mild"})
        assert answer["Location"] == glass(patient)
    assert not patient.consultations.exists()
    assert not patient.allergies.exists()


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "/\\evil.example", "nowhere"])
def test_the_glass_leads_nowhere_else(back: str, client_for: Browser) -> None:
    patient = PatientFactory()
    browser = client_for(DoctorFactory().member)
    broken = browser.send(f"{glass(patient)}?next={quote(back)}", {"reason": WHY})
    assert broken["Location"] == chart(patient)


def test_administrators_and_the_treating_doctor_read_without_a_reason(client_for: Browser) -> None:
    consultation = signed()
    for member in (MemberFactory(role=Role.ADMIN), consultation.doctor.member):
        assert client_for(member).get(chart(consultation.patient)).status_code == 200
    admin = client_for(MemberFactory(role=Role.ADMIN))
    assert admin.get(glass(consultation.patient)).status_code == 403


def test_the_page_of_the_desk_leaves_health_out_for_a_stranger(client_for: Browser) -> None:
    consultation = signed()
    AllergyFactory(patient=consultation.patient, substance="Penicillin")
    page = reverse("members:patient", args=[consultation.patient_id])
    assert "Penicillin" in client_for(consultation.doctor.member).get(page).content.decode()
    seen = client_for(DoctorFactory().member).get(page).content.decode()
    assert "Penicillin" not in seen
    assert "not in your care" in seen


def test_administrators_see_who_broke_the_glass_and_why(client_for: Browser) -> None:
    doctor, patient = DoctorFactory(), elses_patient()
    services.break_glass(patient, by=doctor.member, reason=WHY)
    page = reverse("chart:broken_glass")
    text = client_for(MemberFactory(role=Role.ADMIN)).get(page).content.decode()
    for told in (WHY, doctor.name, patient.name, patient.number):
        assert told in text
    assert client_for(doctor.member).get(page).status_code == 403


def test_the_patient_sees_that_the_glass_was_broken(client_for: Browser) -> None:
    doctor, patient = DoctorFactory(), elses_patient()
    browser = client_for(doctor.member)
    with connection.cursor() as cursor:
        # The entry is made when the request commits; here the test's transaction goes on.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    browser.send(glass(patient), {"reason": WHY})
    text = client_for(patient.member).get(reverse("chart:portal_access")).content.decode()
    assert f"{doctor.name} (doctor)" in text
    assert "Opened without having you in care" in text
    assert WHY not in text
