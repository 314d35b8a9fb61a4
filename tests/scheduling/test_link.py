"""The patient's own link shows, confirms, moves, cancels and answers offers; opening it changes nothing."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, BookingPolicy, Status
from scheduling.models.calendar import hashed
from tests.scheduling.factories import (
    AppointmentFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    in_state,
    requested,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]


def address(name: str, appointment: Appointment, *more: str) -> str:
    """A page of the visit's link."""
    return reverse(f"scheduling:{name}", args=[appointment.token, *more])


def text(answer: Any) -> str:
    """The page as text; it must be a page."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def linked(appointment: Appointment) -> Appointment:
    """A visit made without the services, with its link."""
    Appointment.objects.filter(pk=appointment.pk).update(token_hash=hashed(appointment.token))
    return appointment


def booked(number: int = 0) -> Appointment:
    """A visit booked by the clinic, with its link."""
    doctor = doctor_with_hours()
    starts_at = free_times(doctor)[number].starts_at
    return services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=starts_at)


def test_the_message_carries_the_link_that_confirms_and_opening_it_does_not(
    anonymous: Browser, acme: Any
) -> None:
    asked = requested(number=30)
    letter = OutboxMessage.objects.get(kind="request_received")
    link = re.search(r"http://[^/]+(/visit/\S+)", letter.body)
    assert link
    assert link[1] == address("confirm_request", asked, asked.proof)
    assert "Please confirm" in letter.subject
    browser = anonymous(acme)
    assert "Yes, I want this visit" in text(browser.get(link[1]))
    asked.refresh_from_db()
    assert asked.patient_confirmed_at is None
    browser.send(link[1])
    asked.refresh_from_db()
    assert asked.patient_confirmed_at is not None
    assert "The clinic will answer you by" in text(browser.get(address("visit", asked)))
    assert "Yes, I want this visit" not in text(browser.get(link[1]))


def test_what_the_browser_was_shown_does_not_confirm(anonymous: Browser, acme: Any) -> None:
    asked = requested(number=30)
    browser = anonymous(acme)
    page = text(browser.get(address("visit", asked)))
    assert asked.proof not in page
    assert "Please open our message" in page
    answer = browser.send(address("confirm_request", asked, asked.token))
    assert answer.status_code == 404
    asked.refresh_from_db()
    assert asked.patient_confirmed_at is None


def test_a_request_that_was_confirmed_too_late_stays_cancelled(anonymous: Browser, acme: Any) -> None:
    asked = requested(number=30)
    with time_machine.travel(asked.held_until, tick=False):
        services.let_hold_go(asked)
        browser = anonymous(acme)
        browser.send(address("confirm_request", asked, asked.proof))
        assert "not confirmed in time" in text(browser.get(address("visit", asked)))
    asked.refresh_from_db()
    assert asked.status == Status.CANCELLED


def test_a_visit_is_moved_by_its_link_and_gets_a_new_one(anonymous: Browser, acme: Any) -> None:
    visit = booked()
    goal = free_times(visit.doctor)[5]
    browser = anonymous(acme)
    page = address("reschedule_visit", visit)
    assert page in text(browser.get(address("visit", visit)))
    form = text(browser.get(page))
    assert goal.starts_at.isoformat() in form
    assert 'type="text"' not in form, "the page draws the times itself"
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
    sent = browser.send(page, {"starts_at": goal.starts_at.isoformat()})
    visit.refresh_from_db()
    assert visit.status == Status.RESCHEDULED
    moved = visit.rescheduled_to
    assert sent["Location"] == address("visit", moved)
    assert moved.starts_at == goal.starts_at
    assert address("visit", moved) in text(browser.get(address("visit", visit)))
    assert browser.get(page).status_code == 302


def test_a_taken_time_offers_others_when_moving_by_the_link(anonymous: Browser, acme: Any) -> None:
    visit = booked()
    taken = free_times(visit.doctor)[0]
    services.book_appointment(
        by=None, doctor=visit.doctor, patient=PatientFactory(), starts_at=taken.starts_at
    )
    page = text(
        anonymous(acme).send(address("reschedule_visit", visit), {"starts_at": taken.starts_at.isoformat()})
    )
    assert "not free any more" in page
    assert "Free times nearby" in page


def test_patients_change_a_visit_until_the_clinics_deadline_and_the_clinic_later_too(
    anonymous: Browser, acme: Any
) -> None:
    BookingPolicy.objects.create(change_deadline_hours=24)
    visit = booked(20)
    browser = anonymous(acme)
    other = free_times(visit.doctor)[25].starts_at
    with time_machine.travel(visit.starts_at - datetime.timedelta(hours=25), tick=False):
        page = text(browser.get(address("visit", visit)))
        assert "Cancel this visit" in page
        assert "You can change the visit here until" in page
    with time_machine.travel(visit.starts_at - datetime.timedelta(hours=23), tick=False):
        page = text(browser.get(address("visit", visit)))
        assert "Cancel this visit" not in page
        assert "can no longer be changed here" in page
        browser.send(address("cancel_visit", visit))
        browser.send(address("reschedule_visit", visit), {"starts_at": other.isoformat()})
        visit.refresh_from_db()
        assert visit.status == Status.BOOKED
        for patient in (None, visit.patient.member):
            with pytest.raises(Refusal, match="too late"):
                services.cancel_appointment(visit, by=patient)
            with pytest.raises(Refusal, match="too late"):
                services.reschedule_appointment(visit, by=patient, starts_at=other)
        assert services.cancel_appointment(visit, by=MemberFactory()).status == Status.CANCELLED


def test_a_request_can_be_taken_back_after_the_deadline_too() -> None:
    BookingPolicy.objects.create(change_deadline_hours=336)
    assert services.cancel_appointment(requested(), by=None).status == Status.CANCELLED


def test_an_offer_is_taken_or_let_go_by_its_link(anonymous: Browser, acme: Any) -> None:
    browser = anonymous(acme)
    for verb, state in (("accept_visit", Status.BOOKED), ("decline_visit", Status.CANCELLED)):
        offer = linked(in_state(Status.PROPOSED))
        page = text(browser.get(address("visit", offer)))
        assert "This time is free for you" in page
        assert address(verb, offer) in page
        offer.refresh_from_db()
        assert offer.status == Status.PROPOSED
        browser.send(address(verb, offer))
        offer.refresh_from_db()
        assert offer.status == state
        assert address(verb, offer) not in text(browser.get(address("visit", offer)))


@pytest.mark.parametrize("page", ["cancel_visit", "accept_visit", "decline_visit"])
def test_no_link_changes_anything_by_being_opened(anonymous: Browser, acme: Any, page: str) -> None:
    offer = linked(in_state(Status.PROPOSED))
    assert anonymous(acme).get(address(page, offer)).status_code == 405
    offer.refresh_from_db()
    assert offer.status == Status.PROPOSED


@pytest.mark.parametrize(
    "page", ["visit", "reschedule_visit", "cancel_visit", "accept_visit", "decline_visit", "confirm_request"]
)
def test_a_link_that_is_over_says_so_in_a_plain_sentence(anonymous: Browser, acme: Any, page: str) -> None:
    old = linked(AppointmentFactory(starts_at=timezone.now() - datetime.timedelta(days=40)))
    more = (old.proof,) if page == "confirm_request" else ()
    answer = anonymous(acme).send(address(page, old, *more))
    assert answer.status_code == 404
    assert "works until a month after the visit" in answer.content.decode()


def test_staff_who_open_a_patients_link_act_as_the_patient(client_for: Browser) -> None:
    BookingPolicy.objects.create(change_deadline_hours=336)
    visit = booked()
    client_for(MemberFactory()).send(address("cancel_visit", visit))
    visit.refresh_from_db()
    assert visit.status == Status.BOOKED
