"""Tables of doctors, prices and visits: what is found, what is wrong, what is booked by the rules."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.members.models import DoctorProfile, Member
from accounts.members.services import register_patient
from clinic.moving.models import ImportRun
from clinic.moving.services import decide_row, start_table, undo_import, upload_table
from clinic.moving.tables.shown import Shown, shown
from clinic.notifications.models import OutboxMessage
from scheduling.models import Appointment, AppointmentType
from scheduling.services import add_availability_rule
from tests.people import DoctorFactory, StaffFactory
from tests.scheduling.factories import AppointmentFactory, doctor_with_hours

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(acme: Any, settings: Any, tmp_path: Any) -> Member:
    settings.DATA_DIR = tmp_path
    return StaffFactory(role="admin")


def look(admin: Member, kind: str, text: str) -> tuple[ImportRun, Shown]:
    run = upload_table(kind=kind, file=SimpleUploadedFile("t.csv", text.encode()), by=admin)
    return run, shown(run)


def bring(admin: Member, kind: str, text: str) -> ImportRun:
    run = start_table(look(admin, kind, text)[0], by=admin, leave_out=True)
    assert run.problem == ""
    return run


def test_prices_are_kinds_of_visits_in_the_clinics_coins(admin: Member) -> None:
    text = "Leistung;Preis;Dauer\nErstgespräch;12.500,50;40\nRückruf;5,005;10\nNachts;1;2000\n"
    run, plan = look(admin, "prices", text)
    assert [(line, column) for line, column, _sentence, _title in plan.problems] == [
        (3, "Fee"),
        (4, "Minutes per visit"),
    ]
    start_table(run, by=admin, leave_out=True)
    first = AppointmentType.objects.get(name="Erstgespräch")
    assert (str(first.fee), first.minutes) == ("12500.500", 40)
    _run, plan = look(admin, "prices", "Name,Fee\nERSTGESPRÄCH,5\n")
    assert plan.counts["duplicate"] == 1
    assert plan.counts["comes"] == 0


def test_doctors_come_without_a_letter_and_with_their_own_licence(admin: Member) -> None:
    text = "Name,First name,Specialty,License,Fee,E-mail\nOkoro,Ngozi,Surgery,L-1,100,n@example.org\n"
    run = bring(admin, "doctors", text)
    cents = text.replace("100", "100.555").replace("L-1", "L-2")
    assert look(admin, "doctors", cents)[1].problems[0][1:3] == (
        "Consultation fee",
        "The amount has more decimal places than the currency.",
    )
    assert DoctorProfile.objects.get(licence_number="L-1").name == "Ngozi Okoro"
    assert not OutboxMessage.objects.exists()
    here = DoctorFactory(given_name="Bola", family_name="Ade").doctor
    text = f"Surname,First name,Specialty,License\nEze,Ada,Surgery,{here.licence_number}\n"
    assert look(admin, "doctors", text)[1].problems[0][2] == "Bola Ade already has this licence number."
    undo_import(run, by=admin)
    assert not DoctorProfile.objects.filter(licence_number="L-1").exists()


def test_visits_find_their_people_and_keep_the_rules(admin: Member) -> None:
    doctor = DoctorFactory(given_name="Ngozi", family_name="Okoro")
    patient = register_patient(by=admin, given_name="Ada", family_name="Eze", date_of_birth="1985-04-23")
    monday = timezone.localdate() + timedelta(days=7 - timezone.localdate().weekday())
    add_availability_rule(
        by=doctor, doctor=doctor.doctor, weekday=1, starts=time(9), ends=time(12), slot_minutes=30
    )
    licence = doctor.doctor.licence_number
    lines = [
        f"{patient.number},,{licence},2020-01-06 09:00,30,done",
        "Eze Ada,23/04/1985,Dr. Ngozi Okoro,2020-01-07 10:30,20,missed",
        "Ada Eze,,Ngozi Okoro,2020-01-08 10:00,,",
        "Nobody,,Ngozi Okoro,2020-01-08 10:00,,done",
        "Ada Eze,24/04/1985,Ngozi Okoro,2020-01-08 10:00,,done",
        f"Ada Eze,,{licence},{monday} 09:00,,booked",
        f"Ada Eze,,{licence},{monday} 09:00,,done",
        f"Ada Eze,,{licence},{monday} 15:00,,booked",
    ]
    text = "Patient,DOB,Doctor,Date,Minutes,Status\n" + "\n".join(lines)
    run, plan = look(admin, "appointments", text)
    assert {line: sentence for line, _column, sentence, _title in plan.problems} == {
        4: "This visit is over. Say how it ended: done, cancelled or missed.",
        5: "No patient here is known as “Nobody”.",
        6: "“Ada Eze” was born on another day here.",
        8: "This visit is still to come: it can only be booked.",
        9: "This time is not free any more. Please choose another one.",
    }
    assert not Appointment.objects.exists()
    start_table(run, by=admin, leave_out=True)
    kept = Appointment.objects.order_by("starts_at").values_list("status", flat=True)
    assert list(kept) == ["fulfilled", "noshow", "booked"]
    first = Appointment.objects.earliest("starts_at")
    assert f"{timezone.localtime(first.fulfilled_at):%Y-%m-%d %H:%M}" == "2020-01-06 09:30"
    assert not OutboxMessage.objects.exists()
    _run, again = look(admin, "appointments", text)
    assert again.counts["unchanged"] == 3
    undo_import(run, by=admin)
    assert not Appointment.objects.exists()


def test_visits_that_clash_are_told_before_anything_is_stored(admin: Member) -> None:
    doctor = doctor_with_hours()
    licence = doctor.licence_number
    patient = register_patient(by=admin, given_name="Ada", family_name="Eze")
    register_patient(by=admin, given_name="Bola", family_name="Eze")
    head = "ID,Patient,Doctor,Date,Minutes,Status\n"
    # A visit of yesterday that nobody has ended still holds its time.
    past = timezone.localtime().replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=1)
    AppointmentFactory(patient=patient, doctor=doctor, starts_at=past)
    lines = [
        f"1,Bola Eze,{licence},{past:%Y-%m-%d %H:%M},10,done",
        f"2,Bola Eze,{licence},2020-01-06 09:00,30,done",
    ]
    run, plan = look(admin, "appointments", head + "\n".join(lines))
    assert [(line, column) for line, column, _sentence, _title in plan.problems] == [(2, "Date")]
    run = start_table(run, by=admin, leave_out=True)
    assert (run.status, Appointment.objects.count()) == ("done", 2)
    changed = lines[1].replace("done", "missed").replace("09:00", "08:50")
    _run, plan = look(admin, "appointments", head + changed)
    assert plan.lines[0].differs == [
        ["Date", "“2020-01-06 08:50” in the file, “2020-01-06 09:00” here."],
        ["State", "“noshow” in the file, “fulfilled” here."],
    ]
    # Nor is a visit that is here brought in beside itself, whatever is decided.
    AppointmentFactory(patient=patient, doctor=doctor, starts_at=past + timedelta(days=9))
    again = f"3,Ada Eze,{licence},{past + timedelta(days=9):%Y-%m-%d %H:%M},10,booked"
    run, plan = look(admin, "appointments", head + again)
    assert plan.counts["duplicate"] == 1
    plan = shown(decide_row(run, by=admin, line=2, choice="bring"))
    assert (plan.counts["duplicate"], plan.counts["refused"], plan.counts["comes"]) == (0, 1, 0)


def test_a_patient_is_found_by_the_number_of_the_old_system(admin: Member) -> None:
    doctor = DoctorFactory()
    bring(admin, "patients", "ID,First name,Last name\nOLD-7,Ada,Eze\n")
    text = f"Patient,Doctor,Date,Status\nOLD-7,{doctor.doctor.licence_number},2020-01-06 09:00,cancelled\n"
    bring(admin, "appointments", text)
    assert Appointment.objects.get().patient.name == "Ada Eze"
