"""A visit takes longer or shorter: under the rules of a move, and with the database's last word."""

import datetime
import time
from collections.abc import Callable
from itertools import pairwise
from threading import Event
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, AvailabilityRule, Status, WaitingListEntry
from scheduling.services.times import Taken
from tests.scheduling.factories import (
    HALF_HOUR,
    AppointmentFactory,
    ExceptionFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    in_state,
)

Browser = Callable[..., Any]
MINUTE = datetime.timedelta(minutes=1)


def booked(doctor: Any = None, number: int = 0, **facts: Any) -> Appointment:
    """A visit of half an hour at one of the doctor's free times."""
    doctor = doctor or doctor_with_hours()
    facts = {"starts_at": free_times(doctor)[number].starts_at, "patient": PatientFactory(), **facts}
    return services.book_appointment(by=None, doctor=doctor, **facts)


def resize(visit: Appointment, minutes: int, by: Any = None) -> Appointment:
    return services.resize_appointment(visit, minutes=minutes, by=by)


def length(visit: Appointment) -> int:
    visit.refresh_from_db()
    return round((visit.ends_at - visit.starts_at) / MINUTE)


@pytest.mark.django_db
def test_a_visit_becomes_longer_and_shorter_and_the_event_is_a_newer_one() -> None:
    visit = booked()
    resize(visit, 45)
    assert (length(visit), visit.sequence) == (45, 1)
    resize(visit, 15)
    assert (length(visit), visit.sequence, visit.status) == (15, 2, Status.BOOKED)


@pytest.mark.django_db
def test_the_pause_after_the_visit_moves_along_and_is_kept_free() -> None:
    """Sabotage: leave `busy_until` where it was."""
    doctor = doctor_with_hours()
    AvailabilityRule.objects.filter(doctor=doctor).update(buffer_minutes=10)
    visit = booked(doctor)
    booked(doctor)
    resize(visit, 20)
    assert visit.busy_until is not None
    visit.refresh_from_db()
    assert visit.busy_until == visit.ends_at + 10 * MINUTE
    resize(visit, 30)
    with pytest.raises(Refusal, match="another visit then"):
        resize(visit, 35)


@pytest.mark.django_db
@pytest.mark.parametrize("minutes", [35, 90])
def test_a_visit_does_not_grow_into_the_next_one(minutes: int) -> None:
    """Sabotage: without the exclusion constraint's refusal both visits share the doctor."""
    doctor = doctor_with_hours()
    visit, _next = booked(doctor), booked(doctor)
    with pytest.raises(Refusal, match="another visit then") as refused:
        resize(visit, minutes)
    assert refused.value.field == "minutes"
    assert length(visit) == 30


@pytest.mark.django_db
def test_a_visit_does_not_grow_into_the_patients_other_one() -> None:
    visit = booked()
    services.book_appointment(
        by=None, doctor=doctor_with_hours(), patient=visit.patient, starts_at=visit.ends_at, minutes=30
    )
    with pytest.raises(Refusal, match="patient already has"):
        resize(visit, 40)


@pytest.mark.django_db
def test_neither_an_overbooked_visit_nor_one_beside_it_grows_into_others() -> None:
    """Sabotage: without the guard `longer` both grow unseen, for the exclusion constraint leaves them out."""
    doctor = doctor_with_hours()
    first = booked(doctor)
    half = first.starts_at + HALF_HOUR / 2
    beside = booked(doctor, starts_at=half, minutes=30, overbook_reason="Fever")
    third = booked(doctor, starts_at=half + HALF_HOUR, minutes=20)
    with pytest.raises(Refusal, match="another visit then"):
        resize(beside, 35)
    with pytest.raises(Refusal, match="another visit then"):
        resize(first, 35)
    # What they share on purpose they may share less of.
    resize(first, 20)
    resize(beside, 25)
    assert [length(visit) for visit in (first, beside, third)] == [20, 25, 20]


@pytest.mark.django_db
def test_time_is_added_within_the_hours_only_and_given_up_anywhere() -> None:
    doctor = doctor_with_hours()
    visit = next(slot for slot in free_times(doctor) if timezone.localtime(slot.starts_at).hour == 17)
    late = booked(doctor, starts_at=visit.starts_at + HALF_HOUR)
    with pytest.raises(Refusal, match="does not work that long") as refused:
        resize(late, 35)
    assert refused.value.field == "minutes"
    ExceptionFactory(doctor=doctor, starts_at=late.starts_at - HALF_HOUR, ends_at=late.ends_at + HALF_HOUR)
    resize(late, 20)
    with pytest.raises(Refusal, match="does not work that long"):
        resize(late, 25)


@pytest.mark.django_db
def test_what_is_over_or_as_long_already_is_refused() -> None:
    visit = booked()
    with pytest.raises(Refusal, match="as long already"):
        resize(visit, 30)
    now = timezone.now().replace(second=0, microsecond=0)
    running = AppointmentFactory(
        doctor=doctor_with_hours(), starts_at=now - 20 * MINUTE, ends_at=now + 10 * MINUTE
    )
    with pytest.raises(Refusal, match="over already"):
        resize(running, 15)


@pytest.mark.django_db
def test_a_patient_does_not_decide_how_long_a_visit_takes() -> None:
    visit = booked()
    with pytest.raises(Refusal, match="call the clinic"):
        resize(visit, 15, by=visit.patient.member)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.PROPOSED, Status.FULFILLED, Status.CANCELLED, Status.NOSHOW])
def test_only_a_visit_that_is_expected_or_going_on_is_resized(status: str) -> None:
    visit = in_state(status, doctor=doctor_with_hours())
    with pytest.raises(Refusal, match="no longer possible"):
        resize(visit, 20)


@pytest.mark.django_db
@pytest.mark.parametrize("status", [Status.FULFILLED, Status.CANCELLED])
def test_the_length_of_a_visit_that_holds_no_time_stays(status: str) -> None:
    """Sabotage: take the second half of the guard `frozen` away."""
    visit = in_state(status)
    with pytest.raises(IntegrityError, match="moved by making a new one"), transaction.atomic():
        Appointment.objects.filter(pk=visit.pk).update(ends_at=visit.ends_at + HALF_HOUR)


@pytest.mark.django_db
def test_time_that_is_given_up_is_offered_to_those_who_wait() -> None:
    doctor, waiting = doctor_with_hours(), PatientFactory()
    visit = booked(doctor, minutes=60)
    day = timezone.localdate(visit.starts_at)
    for slot in free_times(doctor, days=0):
        booked(doctor, starts_at=slot.starts_at)
    services.join_waiting_list(by=None, patient=waiting, doctor=doctor, first_day=day, last_day=day)
    resize(visit, 30)
    offer = WaitingListEntry.objects.get(patient=waiting).appointment
    assert offer is not None
    assert offer.starts_at == visit.starts_at + HALF_HOUR


@pytest.mark.django_db
def test_the_change_is_on_record_and_nothing_is_sent(audit_trail: Callable[[], list[Any]]) -> None:
    from clinic.notifications.models import OutboxMessage

    visit = booked()
    before = OutboxMessage.objects.count()
    resize(visit, 20, by=MemberFactory())
    assert OutboxMessage.objects.count() == before
    newest = audit_trail()[0]
    assert (newest.row_id, newest.action) == (str(visit.pk), "update")
    assert newest.old["ends_at"] != newest.new["ends_at"]


def test_of_one_who_lengthens_and_one_who_books_at_once_one_wins(race: Callable[..., Any]) -> None:
    doctor, patients = doctor_with_hours(), PatientFactory.create_batch(10)
    slots = free_times(doctor)[:20:2]
    visits = [booked(doctor, starts_at=slot.starts_at) for slot in slots]

    def act(number: int) -> Any:
        slot, patient = slots[number // 2], patients[number // 2]
        if number % 2:
            return resize(visits[number // 2], 50)
        return services.book_appointment(
            by=None, doctor=doctor, patient=patient, starts_at=slot.ends_at, minutes=30
        )

    results = race(20, act)
    assert {type(result) for result in results} <= {Appointment, Taken, Refusal}
    for one, other in zip(results[::2], results[1::2], strict=True):
        assert isinstance(one, Appointment) is not isinstance(other, Appointment)
    held = list(Appointment.objects.for_doctor(doctor).holding().order_by("starts_at"))
    assert all(one.ends_at <= other.starts_at for one, other in pairwise(held))


def test_a_booking_waits_for_the_overbooked_visit_that_is_being_lengthened(race: Callable[..., Any]) -> None:
    """Sabotage: without the lock of the guard `longer` the booking does not see it, and stands beside it."""
    doctor, patient, stored = doctor_with_hours(), PatientFactory(), Event()
    first = booked(doctor)
    beside = booked(doctor, starts_at=first.starts_at, overbook_reason="Urgent")

    def act(number: int) -> Any:
        if number:
            stored.wait()
            return services.book_appointment(
                by=None, doctor=doctor, patient=patient, starts_at=first.ends_at, minutes=30
            )
        with transaction.atomic():
            longer = resize(beside, 45)
            stored.set()
            time.sleep(1)
            return longer

    longer, refused = race(2, act)
    assert isinstance(longer, Appointment)
    assert isinstance(refused, Taken)


@pytest.mark.django_db
def test_the_page_changes_the_length_and_undo_gives_the_old_one_back(client_for: Browser) -> None:
    visit, desk = booked(), client_for(MemberFactory())
    page = reverse("scheduling:resize_appointment", args=[visit.pk])
    assert 'value="30"' in desk.get(page).content.decode()
    assert f'href="{page}"' in desk.get(reverse("scheduling:appointment", args=[visit.pk])).content.decode()
    answer = desk.send(page, {"minutes": 40, "next": "/calendar/?view=day"})
    assert (answer.status_code, answer["Location"], length(visit)) == (302, "/calendar/?view=day", 40)
    said = desk.get("/calendar/?view=day").content.decode()
    assert "The visit has its new length." in said
    assert '<input type="hidden" name="minutes" value="30">' in said
    assert desk.send(page, {"minutes": 30}).status_code == 302
    assert length(visit) == 30


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("minutes", "said"), [("", "required"), ("2", "5"), ("x", "whole number"), ("500", "480")]
)
def test_a_length_that_cannot_be_is_refused_beside_its_field(
    minutes: str, said: str, client_for: Browser
) -> None:
    visit = booked()
    page = reverse("scheduling:resize_appointment", args=[visit.pk])
    answer = client_for(MemberFactory(role=Role.ADMIN)).send(page, {"minutes": minutes})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert length(visit) == 30


@pytest.mark.django_db
def test_in_the_calendars_dialog_a_refusal_comes_back_into_the_dialog(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    visit, _next, desk = booked(doctor), booked(doctor), client_for(MemberFactory())
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "calendar-list"}
    page = reverse("scheduling:resize_appointment", args=[visit.pk])
    answer = desk.send(page, {"minutes": 40}, **htmx)
    assert (answer.status_code, answer["HX-Retarget"]) == (200, "#calendar-form")
    html = answer.content.decode()
    assert html.startswith('<div id="calendar-fragment"')
    assert "another visit then" in html
    assert 'value="40"' in html


@pytest.mark.django_db
def test_the_dialog_moves_with_the_form_of_the_page_and_offers_to_overbook(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    visit, taken, desk = booked(doctor), booked(doctor, 3), client_for(MemberFactory())
    page = reverse("scheduling:reschedule_appointment", args=[visit.pk])
    goal = f"{timezone.localtime(taken.starts_at):%Y-%m-%dT%H:%M}"
    asked = {"other": goal, "doctor": doctor.pk, "minutes": 30}
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "calendar-form"}
    shown = desk.get(page, asked, **htmx).content.decode()
    assert f'value="{goal}"' in shown
    assert f'value="{goal}"' in desk.get(page, asked).content.decode(), "the page without JavaScript too"
    data = {"doctor": doctor.pk, "other_time": goal, "minutes": 30, "next": "/calendar/"}
    refused = desk.send(page, data, **htmx).content.decode()
    assert 'name="overbook_reason"' in refused
    answer = desk.send(page, {**data, "overbook_reason": "Fever"}, **htmx)
    assert (answer.status_code, answer["Location"]) == (302, "/calendar/")
    moved = Appointment.objects.get(rescheduled_from=visit)
    assert (moved.starts_at, moved.overbook_reason) == (taken.starts_at, "Fever")
    said = desk.get("/calendar/").content.decode()
    assert f'name="other_time" value="{timezone.localtime(visit.starts_at):%Y-%m-%dT%H:%M}"' in said
    assert reverse("scheduling:reschedule_appointment", args=[moved.pk]) in said
