"""Patients are told once, in their language, by the way there is; and nothing they are told is clinical."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from babel.dates import format_date
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members import services as members
from accounts.members.models import Allergy, Condition, PatientProfile
from accounts.members.roles import Role
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications.kinds import KINDS
from clinic.notifications.models import OutboxMessage
from clinic.notifications.services import void_message
from clinic.notifications.sms import is_gsm, length
from scheduling import emails, services
from scheduling.models import Appointment, Status
from tests.scheduling.factories import (
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    in_state,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
MOBILE, LANDLINE = "+2348031234567", "+23412345678"
# What must never leave the clinic: each in a field of its own.
CANARIES = (
    "Chlamydia",
    "Colposcopy",
    "Venereology",
    "Herpes",
    "Peanut",
    "Rudeness",
    "Hypochondria",
    "Noteworthy",
)


def visit_of(patient: PatientProfile, number: int = 0, **facts: Any) -> Appointment:
    doctor = doctor_with_hours()
    starts_at = free_times(doctor)[number].starts_at
    return services.book_appointment(by=None, doctor=doctor, patient=patient, starts_at=starts_at, **facts)


def outbox(**facts: Any) -> list[tuple[str, str, str]]:
    messages = OutboxMessage.objects.filter(**facts).order_by("created_at", "pk")
    return [(message.kind, message.channel, message.status) for message in messages]


def test_a_french_patient_reads_french_with_a_french_date_in_the_clinics_zone() -> None:
    with timezone.override("Asia/Tokyo"):
        visit = visit_of(PatientFactory(language="fr"))
    (letter,) = OutboxMessage.objects.all()
    local = timezone.localtime(visit.starts_at)
    assert letter.subject.startswith("Votre rendez-vous est réservé")
    assert format_date(local, "full", locale="fr") in letter.body
    assert f"Heure : {local:%H:%M} (fuseau horaire Africa/Lagos)" in letter.body


def test_a_german_patient_reads_german_on_the_phone() -> None:
    visit_of(PatientFactory(language="de", member__email="", member__phone=MOBILE))
    (message,) = OutboxMessage.objects.all()
    assert (message.channel, message.recipient, message.subject) == ("sms", MOBILE, "")
    assert "Ihr Termin ist gebucht:" in message.body


@pytest.mark.parametrize(
    ("email", "phone", "told"),
    [
        ("ada@people.example", MOBILE, ("email", "ada@people.example", "queued")),
        ("", MOBILE, ("sms", MOBILE, "queued")),
        ("", LANDLINE, ("email", "", "failed")),
        ("", "", ("email", "", "failed")),
    ],
)
def test_a_patient_is_told_by_the_way_there_is_and_who_cannot_be_is_reported(
    email: str, phone: str, told: tuple[str, str, str]
) -> None:
    visit_of(PatientFactory(member__email=email, member__phone=phone))
    (message,) = OutboxMessage.objects.all()
    assert (message.channel, message.recipient, message.status) == told
    assert bool(message.error) == (told[2] == "failed")
    assert message.member_id
    assert message.about_id


def test_only_languages_we_write_in_are_kept() -> None:
    patient = PatientFactory()
    with pytest.raises(Refusal) as refused:
        members.update_patient(patient, by=MemberFactory(), language="tlh")
    assert refused.value.field == "language"
    patient.language = "tlh"
    with pytest.raises(ValidationError):
        patient.full_clean()
    assert members.update_patient(patient, by=MemberFactory(), language="fr").language == "fr"


@pytest.mark.parametrize(
    ("step", "arguments"),
    [
        (services.cancel_appointment, {"reason": "x"}),
        (services.enter_appointment_in_error, {}),
        (services.reschedule_appointment, {"later": 3}),
    ],
)
def test_what_has_not_arrived_about_a_visit_is_withdrawn_when_it_changes(
    step: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    visit = visit_of(PatientFactory())
    emails.tell("reminder", visit, due_at=visit.starts_at, key=f"{visit.pk} 24")
    later = arguments.pop("later", None)
    if later:
        arguments["starts_at"] = free_times(visit.doctor)[later].starts_at
    step(visit, by=None, **arguments)
    unsent = OutboxMessage.objects.filter(about_id=visit.pk, kind__in=["appointment_booked", "reminder"])
    assert {message.status for message in unsent} == {"void"}


def test_a_visit_that_only_takes_longer_is_still_told_of() -> None:
    visit = visit_of(PatientFactory())
    services.resize_appointment(visit, by=None, minutes=20)
    assert outbox() == [("appointment_booked", "email", "queued")]


def test_a_step_that_is_rolled_back_withdraws_nothing() -> None:
    visit = visit_of(PatientFactory())
    with transaction.atomic():
        services.cancel_appointment(visit, by=None)
        transaction.set_rollback(True)
    assert outbox() == [("appointment_booked", "email", "queued")]


def test_the_same_is_told_once_however_often_it_is_asked_for() -> None:
    visit = visit_of(PatientFactory())
    due = visit.starts_at
    assert emails.tell("reminder", visit, due_at=due, key="24")
    assert not emails.tell("reminder", visit, due_at=due, key="24")
    # Another key at the same moment is the same message to its reader.
    assert not emails.tell("reminder", visit, due_at=due, key="1440 minutes")
    assert emails.tell("reminder", visit, due_at=due, key="24", channel="sms") is False


def test_the_database_keeps_one_message_about_a_record_of_a_kind_by_a_way_at_a_time() -> None:
    visit_of(PatientFactory())
    with (
        pytest.raises(IntegrityError, match="outbox_once_when_due"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO notifications_outboxmessage (id, created_at, key, kind, channel, recipient, "
            "subject, body, calendar, enclosure, is_secret, about_id, due_at, status, attempts, error) "
            "SELECT gen_random_uuid(), now(), 'another', kind, channel, recipient, subject, body, calendar, "
            "enclosure, is_secret, about_id, due_at, status, attempts, error FROM notifications_outboxmessage"
        )


def clinical(email: str, language: str) -> tuple[Appointment, PatientProfile]:
    """A request of a patient about whom everything is known, with a doctor whose field tells all."""
    patient = PatientFactory(member__email=email, member__phone=MOBILE, language=language, notes="Noteworthy")
    Allergy.objects.create(patient=patient, substance="Peanut")
    Condition.objects.create(patient=patient, name="Hypochondria")
    doctor = doctor_with_hours()
    doctor.specialisation = "Venereology"
    doctor.save()
    kind = services.add_appointment_type(by=None, name="Colposcopy", minutes=30)
    slot = free_times(doctor)[0]
    visit = in_state(
        Status.PENDING,
        doctor=doctor,
        patient=patient,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        appointment_type=kind,
        reason="Chlamydia",
    )
    return Appointment.objects.with_people().get(pk=visit.pk), patient


@pytest.mark.parametrize("language", ["en", "fr", "de"])
@pytest.mark.parametrize("email", ["ada@people.example", ""])
def test_no_message_of_any_kind_carries_a_clinical_word(email: str, language: str) -> None:
    visit, patient = clinical(email, language)
    visit.cancel_reason, visit.decline_reason = "Rudeness", "Herpes"
    wish = services.join_waiting_list(
        by=None,
        patient=patient,
        specialisation="Venereology",
        appointment_type=visit.appointment_type,
        note="Noteworthy",
    )
    wish.patient = patient
    for kind in emails.ABOUT_ONE_VISIT:
        emails.tell(kind, visit)
    emails.wish_ended(wish)
    emails.visits_rebooked(patient, [(visit, visit), (visit, None)])
    for tell in (emails.series_booked, emails.series_moved, emails.series_cancelled):
        tell([visit, visit])
    messages = list(OutboxMessage.objects.filter(member_id=patient.pk))
    told = {message.kind for message in messages}
    assert told >= {*emails.ABOUT_ONE_VISIT, "wish_ended", "visits_rebooked", "series_booked"}
    assert told <= set(KINDS)
    for message in messages:
        assert message.channel == ("email" if email else "sms")
        assert bool(message.subject) == bool(email)
        said = f"{message.subject}\n{message.body}\n{message.calendar}".lower()
        assert not [word for word in CANARIES if word.lower() in said], said
        assert email or is_gsm(message.body)
        if message.kind in emails.ABOUT_ONE_VISIT and not email:
            # An address of ours is some 90 letters; the words leave it that room.
            words = " ".join(word for word in message.body.split() if not word.startswith("http"))
            assert length(words) <= 160


def test_the_desk_sees_what_needs_it_and_decides(client_for: Browser) -> None:
    patient = PatientFactory(member__email="", member__phone="", member__given_name="Nobodyknows")
    visit = visit_of(patient)
    (message,) = OutboxMessage.objects.all()
    desk = client_for(MemberFactory(role=Role.RECEPTIONIST))
    listed = desk.get(reverse("scheduling:message_list")).content.decode()
    assert "Nobodyknows" in listed
    assert "No address" in listed
    assert "1 message needs you." in desk.get(reverse("scheduling:day")).content.decode()
    again = reverse("scheduling:requeue_message", args=[message.pk])
    refused = desk.send(again, follow=True).content.decode()
    assert "Nobody knows where to send this." in refused
    patient.member.email = "found@people.example"
    patient.member.save()
    desk.send(again)
    message.refresh_from_db()
    assert (message.status, message.recipient) == ("queued", "found@people.example")
    assert "Visit booked" in desk.get(reverse("scheduling:appointment", args=[visit.pk])).content.decode()
    assert "Visit booked" in desk.get(reverse("members:patient", args=[patient.pk])).content.decode()


def test_a_letter_nobody_could_get_goes_out_as_a_text_message_once_there_is_a_number() -> None:
    patient = PatientFactory(member__email="", member__phone="")
    visit_of(patient)
    (message,) = OutboxMessage.objects.all()
    patient.member.phone = MOBILE
    patient.member.save()
    told = services.requeue_message(message, by=None)
    assert (told.channel, told.recipient, told.status) == ("sms", MOBILE, "queued")
    assert outbox() == [("appointment_booked", "email", "void"), ("appointment_booked", "sms", "queued")]


def test_an_uncertain_message_is_confirmed_or_withdrawn_by_the_desk(client_for: Browser) -> None:
    desk = client_for(MemberFactory(role=Role.RECEPTIONIST))
    for number, (verb, status) in enumerate((("confirm_message", "sent"), ("void_message", "void"))):
        visit_of(PatientFactory(), number)
        message = OutboxMessage.objects.get(status="queued")
        message.move("claim_message", claimed_at=timezone.now())
        message.move("mark_uncertain", error="It may have arrived.\nsocket timed out")
        page = desk.get(reverse("scheduling:message", args=[message.pk])).content.decode()
        assert "May have arrived" in page
        assert "socket timed out" in page
        desk.send(reverse(f"scheduling:{verb}", args=[message.pk]))
        message.refresh_from_db()
        assert message.status == status


def test_what_a_secret_message_says_is_not_shown(client_for: Browser) -> None:
    desk = MemberFactory(role=Role.RECEPTIONIST)
    ada = PatientFactory(member__user=None, member__email="ada@people.example")
    members.invite_member(ada.member, by=desk)
    message = OutboxMessage.objects.get(kind="invitation")
    link = re.search(r"/invitation/[^/\s]+", message.body)[0]  # type: ignore[index]
    looks = (
        (desk, reverse("scheduling:message", args=[message.pk])),
        (MemberFactory(role=Role.ADMIN), f"/admin/notifications/outboxmessage/{message.pk}/change/"),
    )
    for person, address in looks:
        page = client_for(person).get(address).content.decode()
        assert "Only its reader sees what it says." in page
        assert link not in page
    voided = void_message(message, by=None)
    assert voided.body == ""


@pytest.mark.parametrize(
    ("shown", "found"),
    [("", {"failed", "uncertain"}), ("waiting", {"queued", "again"}), ("sent", {"sent"}), ("all", None)],
)
def test_messages_are_listed_by_what_is_to_be_done(
    shown: str, found: set[str] | None, client_for: Browser
) -> None:
    names = ("queued", "again", "failed", "uncertain", "sent")
    now = timezone.now()
    for name in names:
        message = OutboxMessage.objects.create(
            kind="reminder", key=name, recipient=f"{name}@people.example", due_at=now
        )
        if name != "queued":
            message.move("claim_message", claimed_at=now)
        if name == "again":
            message.move("mark_failed", retry_at=now)
        elif name != "queued":
            message.move(f"mark_{name}", sent_at=now if name == "sent" else None)
    desk = client_for(MemberFactory(role=Role.RECEPTIONIST))
    address = reverse("scheduling:message_list")
    page = desk.get(address, {"show": shown}).content.decode()
    assert {name for name in names if f"{name}@people" in page} == (found or set(names))
    searched = desk.get(address, {"show": "all", "q": "sent@"}).content.decode()
    assert {name for name in names if f"{name}@people" in searched} == {"sent"}
