"""Each letter about a visit carries it for the reader's calendar: one event through all its moves."""

import datetime
from typing import Any

import icalendar
import pytest
import time_machine
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.members.services import add_allergy, add_condition
from clinic.notifications.models import OutboxMessage
from scheduling import calendars, services
from scheduling.calendars.entries import initials
from scheduling.models import Appointment, Status
from scheduling.models.reminders import KIND
from scheduling.services.leave import Choice
from tests.scheduling.factories import (
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    in_state,
    requested,
)
from tests.scheduling.test_leave import booked as booked_at
from tests.scheduling.test_leave import listed, slots_on, take_leave
from tests.scheduling.test_series import in_order, six
from tests.scheduling.waiting import full_day, offer_of, wish

pytestmark = pytest.mark.django_db
WEEK = datetime.timedelta(weeks=1)


def booked(number: int = 0, **facts: Any) -> Appointment:
    doctor = facts.pop("doctor", None) or doctor_with_hours()
    return services.book_appointment(
        by=None,
        doctor=doctor,
        patient=facts.pop("patient", None) or PatientFactory(),
        starts_at=free_times(doctor)[number].starts_at,
        **facts,
    )


def moved(visit: Appointment, number: int = 10) -> Appointment:
    return services.reschedule_appointment(
        visit, by=None, starts_at=free_times(visit.doctor)[number].starts_at
    )


def calendar_of(kind: str) -> Any:
    """What went along with the latest letter of this kind."""
    text = OutboxMessage.objects.filter(kind=kind).latest("created_at").calendar
    return icalendar.Calendar.from_ical(text) if text else None


def told(kind: str) -> tuple[str, list[Any]]:
    calendar = calendar_of(kind)
    return str(calendar["method"]), calendar.walk("VEVENT")


def test_a_booked_visit_is_an_invitation_that_is_accepted_already(acme: Any) -> None:
    visit = booked()
    method, [event] = told("appointment_booked")
    assert method == "REQUEST"
    assert event["uid"] == f"{visit.calendar_id}@{settings.PLATFORM_DOMAIN}"
    assert event["dtstart"].dt == visit.starts_at
    assert event["dtstart"].params["TZID"] == acme.time_zone
    assert event["dtend"].dt == visit.ends_at
    assert (event["status"], event["class"], event["transp"]) == ("CONFIRMED", "PRIVATE", "OPAQUE")
    assert event["summary"] == f"Visit at {acme.name}"
    assert visit.doctor.name in event["description"]
    assert event["url"] == acme.url(f"/visit/{visit.token}/")
    assert event["organizer"] == f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    assert event["organizer"].params["CN"] == acme.name
    attendee = event["attendee"]
    assert attendee == f"mailto:{visit.patient.member.email}"
    assert attendee.params["CN"] == visit.patient.name
    assert (attendee.params["PARTSTAT"], attendee.params["RSVP"]) == ("ACCEPTED", "FALSE")


def test_a_moved_and_then_cancelled_visit_is_one_event(acme: Any) -> None:
    visit = booked()
    [first] = told("appointment_booked")[1]
    later = moved(visit)
    method, [second] = told("appointment_moved")
    assert (method, second["dtstart"].dt) == ("REQUEST", later.starts_at)
    services.cancel_appointment(later, by=None)
    method, [third] = told("appointment_cancelled")
    assert (method, third["status"]) == ("CANCEL", "CANCELLED")
    assert first["uid"] == second["uid"] == third["uid"]
    assert first["sequence"] < second["sequence"] < third["sequence"]


def test_the_clinics_address_is_no_part_of_what_calendars_know_a_visit_by(
    acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    visit = booked()
    before = calendars.for_patient(visit).uid
    monkeypatch.setattr(type(acme), "host", lambda clinic: "elsewhere.example")
    assert calendars.for_patient(visit).uid == before
    assert "elsewhere.example" in calendars.for_patient(visit).url


def test_what_nobody_has_agreed_to_goes_into_no_calendar() -> None:
    asked = requested(number=30)
    assert calendar_of("request_received") is None
    services.confirm_appointment(asked, by=None)
    method, [event] = told("appointment_confirmed")
    assert (method, event["status"]) == ("REQUEST", "CONFIRMED")


def test_a_moved_request_is_tentative_and_a_declined_one_goes() -> None:
    later = moved(requested(number=30), 40)
    _method, [event] = told("appointment_moved")
    assert event["status"] == "TENTATIVE"
    services.decline_appointment(later, by=None, reason="Full")
    method, [gone] = told("appointment_declined")
    assert (method, gone["status"]) == ("CANCEL", "CANCELLED")
    assert gone["sequence"] > event["sequence"]


def test_the_visits_of_a_series_are_told_in_one_file() -> None:
    series = six(doctor_with_hours())
    method, events = told("series_booked")
    assert (method, len(events), {event["status"] for event in events}) == ("PUBLISH", 6, {"CONFIRMED"})
    known = {event["uid"]: event["sequence"] for event in events}
    visits = in_order(series)
    services.move_series(
        visits[4], by=None, times={visit.pk: visit.starts_at + 2 * WEEK for visit in visits[4:]}
    )
    events = told("series_moved")[1]
    assert len(events) == 2
    assert all(known[event["uid"]] < event["sequence"] for event in events)
    services.cancel_series(in_order(series)[0], by=None, reason="Away")
    method, events = told("series_cancelled")
    assert (method, {event["status"] for event in events}) == ("PUBLISH", {"CANCELLED"})
    assert all(known[event["uid"]] < event["sequence"] for event in events)


def test_leave_tells_what_became_of_each_visit() -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    visits = [booked_at(slot, patient) for slot in slots_on(doctor)[:2]]
    take_leave(doctor)
    [row] = [row for row in listed() if row.visit.pk == visits[0].pk]
    chosen = Choice(row.proposal.doctor.pk, row.proposal.slot.starts_at)
    services.move_stranded_visits(by=None, choices={visits[0].pk: chosen})
    method, [event] = told("visits_rebooked")
    assert (method, event["sequence"], event["status"]) == ("REQUEST", 1, "CONFIRMED")
    services.cancel_stranded_visits(by=None, visits=[visits[1].pk])
    method, [event] = told("visits_rebooked")
    assert (method, event["sequence"], event["status"]) == ("CANCEL", 1, "CANCELLED")
    assert event["uid"] == calendars.for_patient(visits[1]).uid


def test_a_reminder_brings_the_same_event_once_more() -> None:
    visit = booked(60)
    with time_machine.travel(visit.starts_at - datetime.timedelta(hours=23), tick=False):
        services.remind_patients()
    method, [event] = told(KIND)
    assert (method, event["sequence"]) == ("REQUEST", 0)
    assert event["uid"] == told("appointment_booked")[1][0]["uid"]


# --- the version of an event ------------------------------------------------------------------------------


def test_every_way_in_which_an_offer_ends_is_a_new_version() -> None:
    doctor, visits = full_day()
    for end in (services.decline_offer, services.withdraw_offer):
        entry = wish(doctor=doctor)
        services.cancel_appointment(visits.pop(), by=None)
        offer = offer_of(entry)
        assert offer
        assert offer.sequence == 0
        end(offer, by=None)
        offer.refresh_from_db()
        assert (offer.status, offer.sequence) == (Status.CANCELLED, 1)
        services.leave_waiting_list(entry, by=None)


def test_a_change_of_length_is_a_new_version() -> None:
    visit = booked()
    services.resize_appointment(visit, by=None, minutes=60)
    visit.refresh_from_db()
    assert visit.sequence == 1


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.DECLINED, Status.ENTERED_IN_ERROR])
def test_no_visit_ends_behind_the_back_of_calendars(status: str) -> None:
    """Sabotage: take the guard out of migration 0065, and this fails."""
    visit, now = in_state(Status.PENDING if status == Status.DECLINED else Status.BOOKED), timezone.now()
    facts: dict[str, Any] = {
        Status.CANCELLED: {"cancelled_at": now},
        Status.DECLINED: {"declined_at": now, "decline_reason": "Full", "held_until": None},
    }.get(status, {})
    with pytest.raises(IntegrityError, match="Calendars are not told"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(status=status, **facts)


@pytest.mark.parametrize("change", [{"sequence": 0}, {"calendar_id": "01890000-0000-7000-8000-000000000000"}])
def test_an_event_stays_what_it_was(change: dict[str, Any]) -> None:
    visit = moved(booked())
    with pytest.raises(IntegrityError, match="A visit stays one event"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(**change)


# --- nothing clinical -------------------------------------------------------------------------------------

CANARY = "xyzzy"


def test_nothing_clinical_comes_into_a_calendar(acme: Any) -> None:
    """Every word that may not leave the clinic is the same one, and it is in no file of any visit."""
    doctor = doctor_with_hours(specialisation=f"{CANARY} medicine", bio=CANARY, qualifications=CANARY)
    patient = PatientFactory()
    by = doctor.member
    add_allergy(patient, by=by, substance=CANARY)
    add_condition(patient, by=by, name=CANARY)
    kind = services.add_appointment_type(by=None, name=f"{CANARY} test", minutes=30)
    facts = {"doctor": doctor, "patient": patient, "appointment_type": kind, "reason": f"My {CANARY}"}
    visit = moved(booked(**facts))
    ended = booked(3, **facts)
    services.cancel_appointment(ended, by=None, reason=CANARY)
    asked = requested(doctor, 30, reason=CANARY)
    services.decline_appointment(asked, by=None, reason=CANARY)
    now = Appointment.objects.with_people().get(pk=visit.pk)
    texts = [*OutboxMessage.objects.exclude(calendar="").values_list("calendar", flat=True)]
    assert len(texts) == 5
    texts += [calendars.feed_of(member).text for member in (doctor.member, patient.member)]
    texts += [
        calendars.single(entry).text for entry in (calendars.for_patient(now), calendars.for_staff(now))
    ]
    for text in texts:
        assert CANARY not in text.replace("\r\n ", "").lower()


def test_a_doctors_calendar_never_has_the_patients_name() -> None:
    patient = PatientFactory(member__given_name="Temitope", member__family_name="Ogunleye")
    visit = booked(patient=patient)
    for file in (calendars.feed_of(visit.doctor.member), calendars.single(calendars.for_staff(visit))):
        plain = file.text.replace("\r\n ", "")
        assert "Visit: T. O." in plain
        assert "Temitope" not in plain
        assert "Ogunleye" not in plain
        assert patient.member.email not in plain


@pytest.mark.parametrize(
    ("given", "family", "expected"),
    [
        ("Ada", "Obi", "A. O."),
        ("ọlá", "", "Ọ."),
        ("o\u0323la", "Ade", "Ọ. A."),
        ("小明", "王", "小."),  # one letter would be the whole name
        ("محمد", "علي", "م. ع."),
        ("X", "Y", ""),
        ("\u200b", "", ""),
    ],
)
def test_initials_of_any_script_tell_no_name(given: str, family: str, expected: str) -> None:
    assert (
        initials(MemberFactory.build(user=None, email="", given_name=given, family_name=family)) == expected
    )
