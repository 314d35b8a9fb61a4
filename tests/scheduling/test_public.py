"""The public pages of booking: kinds of visits, places, specialisations, and whose clock the times follow."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from scheduling.models import (
    Appointment,
    AppointmentType,
    AvailabilityRule,
    BookingPolicy,
    DoctorAppointmentType,
    Mode,
    Source,
    Status,
    free_slots,
)
from scheduling.models.slots import Terms
from tests.scheduling.factories import PatientFactory, doctor_with_hours, free_times

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]

ADA = {"given_name": "Ada", "date_of_birth": "1990-02-03", "email": "ada@example.com"}


def text(answer: Any) -> str:
    """The page as text; it must be a page."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def times(doctor: Any) -> str:
    return reverse("scheduling:choose_time", args=[doctor.pk])


def ask(doctor: Any) -> str:
    return reverse("scheduling:request_appointment", args=[doctor.pk])


def first_time(doctor: Any, **terms: Any) -> Any:
    """The first time that patients may choose from tomorrow on."""
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    return free_slots(
        [doctor.pk], tomorrow, tomorrow + datetime.timedelta(days=7), terms=Terms(**terms, by_patient=True)
    )[0]


def test_kinds_of_visits_are_chips_only_where_there_are_any(anonymous: Browser, acme: Any) -> None:
    doctor, browser = doctor_with_hours(), anonymous(acme)
    AppointmentType.objects.create(name="Staff only", is_public=False)
    AppointmentType.objects.create(name="Retired", is_active=False)
    for page in ("/", times(doctor)):
        assert "Kind of visit" not in text(browser.get(page))
    AppointmentType.objects.create(name="Long talk", minutes=60, position=2)
    AppointmentType.objects.create(name="Short look", minutes=10, fee=700, position=1)
    for page in ("/", times(doctor)):
        shown = text(browser.get(page))
        assert "Long talk" in shown
        assert "Staff only" not in shown
        assert "Retired" not in shown


def test_a_kind_of_visit_gives_length_and_fee_from_the_chip_to_the_request(
    anonymous: Browser, acme: Any
) -> None:
    doctor, browser = doctor_with_hours(), anonymous(acme)
    AppointmentType.objects.create(name="Short look", minutes=10, position=1)
    kind = AppointmentType.objects.create(name="Long talk", minutes=60, fee=9000, position=2)
    page = text(browser.get(times(doctor), {"kind": kind.pk}))
    assert "60 minutes" in page
    assert "9,000" in page
    assert f"kind={kind.pk}" in page
    slot = first_time(doctor, type_id=kind.pk)
    page = text(browser.get(ask(doctor), {"at": slot.starts_at.isoformat(), "kind": kind.pk}))
    assert "Long talk" in page
    assert f'name="appointment_type" value="{kind.pk}"' in page
    data = {**ADA, "starts_at": slot.starts_at.isoformat(), "appointment_type": kind.pk}
    assert browser.send(ask(doctor), data).status_code == 302
    asked = Appointment.objects.get(doctor=doctor)
    assert (asked.appointment_type, asked.fee) == (kind, 9000)
    assert asked.ends_at - asked.starts_at == datetime.timedelta(minutes=60)


@pytest.mark.parametrize("hidden", [{"is_public": False}, {"is_active": False}])
def test_nobody_asks_for_a_kind_that_is_not_offered_online(
    anonymous: Browser, acme: Any, hidden: dict[str, bool]
) -> None:
    doctor = doctor_with_hours()
    kind = AppointmentType.objects.create(name="Inner", **hidden)
    data = {**ADA, "starts_at": free_times(doctor)[0].starts_at.isoformat(), "appointment_type": kind.pk}
    page = text(anonymous(acme).send(ask(doctor), data))
    assert "Select a valid choice" in page
    assert 'value="Ada"' in page
    assert not Appointment.objects.exists()


def test_a_doctor_who_does_not_offer_a_kind_has_no_times_for_it(anonymous: Browser, acme: Any) -> None:
    doctor, browser = doctor_with_hours(), anonymous(acme)
    kind = AppointmentType.objects.create(name="Surgery")
    assert "Next free" in text(browser.get("/"))
    DoctorAppointmentType.objects.create(doctor=doctor, appointment_type=kind, is_offered=False)
    assert "No free time for “Surgery”" in text(browser.get("/"))


def test_a_place_is_chosen_only_where_there_are_several(anonymous: Browser, acme: Any) -> None:
    doctor, browser = doctor_with_hours(), anonymous(acme)
    assert "By video" not in text(browser.get(times(doctor)))
    AvailabilityRule.objects.filter(doctor=doctor, weekday__gte=4).update(mode=Mode.VIRTUAL)
    slot = first_time(doctor, mode=Mode.VIRTUAL)
    page = text(browser.get(times(doctor), {"place": "virtual"}))
    assert "place=virtual" in page
    assert slot.starts_at.isoformat().replace("+", "%2B").replace(":", "%3A") in page
    data = {**ADA, "starts_at": slot.starts_at.isoformat(), "mode": "virtual"}
    browser.send(ask(doctor), data)
    assert Appointment.objects.get(doctor=doctor).mode == Mode.VIRTUAL
    near = first_time(doctor, mode=Mode.IN_PERSON)
    data = {**ADA, "starts_at": near.starts_at.isoformat(), "mode": "virtual"}
    assert "not free any more" in text(browser.send(ask(doctor), data))


def test_a_patient_with_a_login_books_a_kind_at_a_place(client_for: Browser) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    kind = AppointmentType.objects.create(name="Follow-up", minutes=20)
    slot = first_time(doctor, type_id=kind.pk)
    data = {"starts_at": slot.starts_at.isoformat(), "appointment_type": kind.pk, "mode": "in_person"}
    assert client_for(patient.member).send(ask(doctor), data).status_code == 302
    visit = Appointment.objects.get(patient=patient)
    assert (visit.status, visit.source, visit.appointment_type) == (Status.BOOKED, Source.PORTAL, kind)


def test_a_time_that_is_gone_is_said_before_anything_is_typed(anonymous: Browser, acme: Any) -> None:
    doctor = doctor_with_hours()
    odd = free_times(doctor)[0].starts_at + datetime.timedelta(minutes=7)
    page = text(anonymous(acme).get(ask(doctor), {"at": odd.isoformat()}))
    assert "not free any more" in page
    assert "Free times nearby" in page


def test_notice_and_horizon_bind_the_public_pages(anonymous: Browser, acme: Any) -> None:
    BookingPolicy.objects.create(minimum_notice_hours=72, horizon_days=5)
    doctor, browser = doctor_with_hours(), anonymous(acme)
    soon = free_times(doctor)[0]
    data = {**ADA, "starts_at": soon.starts_at.isoformat()}
    assert "not free any more" in text(browser.send(ask(doctor), data))
    today = timezone.localdate()
    on = {"from": today, "on": today + datetime.timedelta(days=1)}
    assert "No free times on this day" in text(browser.get(times(doctor), on))
    far = {"from": today + datetime.timedelta(days=7)}
    assert "No free times on this day" in text(browser.get(times(doctor), far))


def test_each_specialisation_tells_its_next_free_time_and_shows_the_week_of_its_doctors(
    anonymous: Browser, acme: Any
) -> None:
    one, two = (doctor_with_hours(specialisation="Cardiology") for _number in range(2))
    other = doctor_with_hours(specialisation="Dermatology")
    browser = anonymous(acme)
    front = text(browser.get("/"))
    week = reverse("scheduling:choose_any_doctor")
    assert f"{week}?specialisation=Cardiology" in front
    assert f"{week}?specialisation=Dermatology" not in front
    assert front.count("Next free:") == 4
    page = text(browser.get(week, {"specialisation": "Cardiology"}))
    assert ask(one) in page
    assert ask(two) in page
    assert ask(other) not in page
    everybody = text(browser.get(week))
    assert ask(other) in everybody
    assert "No free times" in text(browser.get(week, {"specialisation": "Astrology"}))


def test_the_clinics_zone_is_named_where_times_are_shown(anonymous: Browser, acme: Any) -> None:
    doctor, browser = doctor_with_hours(), anonymous(acme)
    page = text(browser.get(times(doctor)))
    assert "Africa/Lagos" in page
    assert "data-own-clock" in page
