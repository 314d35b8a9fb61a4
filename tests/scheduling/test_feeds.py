"""The secret address of somebody's visits: what is read there, who has it, and how it ends."""

import contextlib
import datetime
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import schema_context

from accounts.members.roles import Role
from accounts.members.services import suspend_member
from clinic.db.current import connection
from clinic.demo.scene import Chance
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, CalendarFeed, Status
from tenants.services import suspend_organization
from tests.people import DoctorFactory as DoctorMember
from tests.people import PatientFactory as RegisteredPatient
from tests.people import with_login
from tests.scheduling.factories import (
    AppointmentFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
    in_state,
    requested,
)
from tests.scheduling.test_calendars import Khal, khal_in

__all__ = ["khal_in"]
Browser = Callable[..., Any]
DAY = datetime.timedelta(days=1)
FILE = "text/calendar; charset=utf-8"


def made(member: Any) -> CalendarFeed:
    return services.make_feed(member, by=member)


def address(feed: CalendarFeed) -> str:
    return reverse("scheduling:feed", args=[feed.token])


def events(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer
    return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


def booked(doctor: Any, patient: Any, number: int = 0) -> Appointment:
    at = free_times(doctor)[number].starts_at
    return services.book_appointment(by=None, doctor=doctor, patient=patient, starts_at=at)


# --- what is read -----------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_doctor_and_patient_read_the_visits_of_their_own(anonymous: Browser, acme: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    visit = booked(doctor, patient)
    booked(doctor, PatientFactory(), 1)
    stranger = anonymous(acme)
    answer = stranger.get(address(made(doctor.member)))
    assert answer["Content-Type"] == FILE
    assert len(events(answer)) == 2
    answer = stranger.get(address(made(patient.member)))
    [event] = events(answer)
    assert event["dtstart"].dt == visit.starts_at
    # A feed is shared more easily than a letter: its link asks for the sign-in.
    assert event["url"] == acme.url(f"/appointments/{visit.pk}/")
    calendar = icalendar.Calendar.from_ical(answer.content)
    assert calendar["x-wr-calname"] == f"Visits at {acme.name}"
    assert calendar["refresh-interval"].td == datetime.timedelta(hours=1)
    assert "method" not in calendar


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
def test_a_feed_shows_what_takes_place_and_nothing_else(status: str, anonymous: Browser, acme: Any) -> None:
    visit = in_state(status)
    found = events(anonymous(acme).get(address(made(visit.doctor.member))))
    expected = dict.fromkeys(("booked", "arrived", "checked_in", "fulfilled"), "CONFIRMED")
    expected["pending"] = "TENTATIVE"
    assert [event["status"] for event in found] == ([expected[status]] if status in expected else [])


@pytest.mark.django_db
def test_a_feed_reaches_three_months_back_and_as_far_ahead_as_one_may_book(
    anonymous: Browser, acme: Any
) -> None:
    doctor, now = doctor_with_hours(), timezone.now()
    services.update_booking_policy(by=None, horizon_days=30)
    for days in (-100, -80, 20, 40):
        AppointmentFactory(doctor=doctor, starts_at=now + days * DAY)
    found = events(anonymous(acme).get(address(made(doctor.member))))
    assert [round((event["dtstart"].dt - now) / DAY) for event in found] == [-80, 20]


@pytest.mark.django_db
def test_a_moved_visit_stays_one_event_and_a_cancelled_one_goes(
    anonymous: Browser, acme: Any, khal_in: Callable[[str], Khal]
) -> None:
    """In icalendar and in khal, a calendar program, which reads the feed again after each change."""
    doctor, patient = doctor_with_hours(), PatientFactory()
    visit, feed, browser = booked(doctor, patient), made(patient.member), anonymous(acme)
    khal = khal_in(acme.time_zone)

    def read() -> tuple[list[Any], list[str]]:
        answer = browser.get(address(feed))
        file = Path(khal.home) / "feed.ics"
        file.write_bytes(answer.content)
        khal.run("import", "--batch", "-a", "visits", str(file))
        return events(answer), khal.run("list", "--format", "{start-long}", "--day-format", "", "today", "8d")

    [first], shown = read()
    assert shown == [f"{timezone.localtime(visit.starts_at):%Y-%m-%d %H:%M}"]
    at = free_times(doctor)[30].starts_at
    later = services.reschedule_appointment(visit, by=None, starts_at=at)
    [second], shown = read()
    assert shown == [f"{timezone.localtime(at):%Y-%m-%d %H:%M}"]
    assert (first["uid"], first["sequence"] + 1) == (second["uid"], second["sequence"])
    services.cancel_appointment(later, by=None)
    assert events(browser.get(address(feed))) == []


@pytest.mark.django_db
@pytest.mark.parametrize("zone", ["Europe/Dublin", "America/Vancouver", "Africa/Lagos"])
def test_the_feed_shows_the_clinics_own_clock_all_year(
    zone: str, anonymous: Browser, acme: Any, khal_in: Callable[[str], Khal]
) -> None:
    """Nine o'clock is nine o'clock before and after each change of clocks that the feed reaches."""
    with schema_context("public"):
        type(acme).objects.filter(pk=acme.pk).update(time_zone=zone)
    doctor, clock = doctor_with_hours(), datetime.time(9, tzinfo=ZoneInfo(zone))
    days = [timezone.localdate() + number * DAY for number in range(-80, 350, 10)]
    expected = [datetime.datetime.combine(day, clock) for day in days]
    for starts_at in expected:
        AppointmentFactory(doctor=doctor, starts_at=starts_at)
    answer = anonymous(acme).get(address(made(doctor.member)))
    found = [event["dtstart"].dt for event in events(answer)]
    assert found == expected
    assert {(at.hour, at.minute) for at in found} == {(9, 0)}
    assert khal_in(zone).printed(answer.content.decode()) == [f"{at:%Y-%m-%d %H:%M}" for at in expected]


@pytest.mark.django_db
def test_a_reader_who_has_it_already_is_not_sent_it_again(anonymous: Browser, acme: Any) -> None:
    doctor = doctor_with_hours()
    browser, feed = anonymous(acme), made(doctor.member)
    visit = booked(doctor, PatientFactory())
    first = browser.get(address(feed))
    assert first["Cache-Control"] == "private, no-cache"
    assert not first.cookies
    known = {"HTTP_IF_NONE_MATCH": first["ETag"]}
    again = browser.get(address(feed), **known)
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    services.cancel_appointment(visit, by=None)
    assert browser.get(address(feed), **known).status_code == 200


@pytest.mark.django_db
def test_a_feed_costs_the_same_with_one_visit_and_with_many(anonymous: Browser, acme: Any) -> None:
    doctor = doctor_with_hours()
    browser, feed = anonymous(acme), made(doctor.member)
    browser.get(address(feed))  # whose clinic it is, this process knows from now on
    counts = []
    for many in (1, 15):
        for number in range(many):
            AppointmentFactory(doctor=doctor, starts_at=timezone.now() + (number + 2 + many) * DAY)
        with CaptureQueriesContext(connection) as captured:
            assert len(events(browser.get(address(feed)))) >= many
        counts.append(len(captured))
    assert counts == [3, 3]


# --- who reads nothing ------------------------------------------------------------------------------------


def assert_nothing(answer: Any) -> None:
    assert (answer.status_code, answer["Content-Type"]) == (404, "text/plain")
    assert not answer.cookies


@pytest.mark.django_db
def test_an_address_that_was_revoked_replaced_or_never_made_is_nothing(
    anonymous: Browser, acme: Any, beta: Any
) -> None:
    member = doctor_with_hours().member
    browser, first = anonymous(acme), made(member)
    second = made(member)
    assert_nothing(browser.get(address(first)))
    assert browser.get(address(second)).status_code == 200
    assert_nothing(anonymous(beta).get(address(second)))
    services.revoke_feed(second, by=member)
    assert_nothing(browser.get(address(second)))
    assert_nothing(browser.get(reverse("scheduling:feed", args=["unknown"])))
    assert browser.send(address(second)).status_code == 405


@pytest.mark.django_db
def test_who_is_let_in_no_more_is_read_no_more(anonymous: Browser, acme: Any) -> None:
    suspended, without_log_in, other_role = (doctor_with_hours().member for _number in range(3))
    feeds = [made(member) for member in (suspended, without_log_in)]
    suspend_member(suspended, by=None)
    type(without_log_in.user).objects.filter(pk=without_log_in.user_id).update(is_active=False)
    # As if the role had changed since.
    feed = CalendarFeed(member=MemberFactory(role=Role.RECEPTIONIST))
    feed.seal()
    feed.save()
    for closed in (*feeds, feed):
        assert_nothing(anonymous(acme).get(address(closed)))
    assert anonymous(acme).get(address(made(other_role))).status_code == 200


@pytest.mark.django_db
def test_a_suspended_clinics_feeds_answer_as_its_other_pages(anonymous: Browser, acme: Any) -> None:
    """403 and not 404: calendar programs keep what they have and come again."""
    feed = made(doctor_with_hours().member)
    with schema_context("public"):
        suspend_organization(acme, by=None)
    assert anonymous(acme).get(address(feed)).status_code == 403


# --- making and revoking ----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_only_doctors_and_patients_make_one_and_each_for_oneself() -> None:
    desk, doctor = MemberFactory(), doctor_with_hours().member
    with pytest.raises(Refusal, match="Only doctors and patients"):
        services.make_feed(desk, by=desk)
    with pytest.raises(Refusal, match="Everybody makes the own"):
        services.make_feed(doctor, by=desk)
    feed = made(doctor)
    with pytest.raises(Refusal, match="Only its owner"):
        services.revoke_feed(feed, by=desk)
    services.revoke_feed(feed, by=MemberFactory(role=Role.ADMIN))
    feed.refresh_from_db()
    assert feed.revoked_at


@pytest.mark.django_db
def test_one_address_is_open_for_each_member() -> None:
    feed = made(doctor_with_hours().member)
    with pytest.raises(IntegrityError, match="calendar_feed_one_open"), transaction.atomic():
        CalendarFeed.objects.create(member=feed.member, token_hash="another")


def test_two_at_once_leave_one_address(race: Callable[..., list[Any]], acme: Any) -> None:
    member = doctor_with_hours().member
    results = race(4, lambda _number: made(member))
    assert not [result for result in results if isinstance(result, Exception)]
    assert CalendarFeed.objects.open().count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT])
def test_the_page_makes_shows_and_revokes_the_address(
    role: str, client_for: Browser, anonymous: Browser, acme: Any, audit_trail: Callable[[], list[Any]]
) -> None:
    person = DoctorMember() if role == Role.DOCTOR else RegisteredPatient(email="ada@people.example").member
    browser, page = client_for(with_login(person)), reverse("scheduling:my_feed")
    front = browser.get(reverse("scheduling:my_day" if role == Role.DOCTOR else "scheduling:portal"))
    assert f'href="{page}"' in front.content.decode()
    assert "No address yet" in browser.get(page).content.decode()
    assert browser.send(reverse("scheduling:make_feed"))["Location"] == page
    [feed] = CalendarFeed.objects.open()
    shown = browser.get(page).content.decode()
    assert f'value="{acme.url(address(feed))}"' in shown
    assert f'href="webcal://{acme.host()}' in shown
    assert anonymous(acme).get(address(feed)).status_code == 200
    browser.send(reverse("scheduling:revoke_feed"))
    assert "No address yet" in browser.get(page).content.decode()
    assert_nothing(anonymous(acme).get(address(feed)))
    told = [entry for entry in audit_trail() if entry.table_name == "scheduling_calendarfeed"]
    assert len(told) == 2


@pytest.mark.django_db
def test_the_admin_revokes_an_address_and_never_shows_it(
    client_for: Browser, anonymous: Browser, acme: Any
) -> None:
    feed = made(PatientFactory().member)
    browser = client_for(MemberFactory(role=Role.ADMIN))
    changelist = reverse("admin:scheduling_calendarfeed_changelist")
    for page in (changelist, reverse("admin:scheduling_calendarfeed_change", args=[feed.pk])):
        shown = browser.get(page).content.decode()
        assert str(feed.member) in shown
        assert feed.token not in shown
        assert feed.token_hash not in shown
    browser.send(changelist, {"action": "revoke_feed", "_selected_action": str(feed.pk)})
    assert_nothing(anonymous(acme).get(address(feed)))


# --- one visit --------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_one_visit_is_put_into_a_calendar_by_hand(client_for: Browser, anonymous: Browser, acme: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    visit, stranger = booked(doctor, patient), anonymous(acme)
    by_link = reverse("scheduling:visit_file", args=[visit.token])
    assert (
        f'href="{by_link}"' in stranger.get(reverse("scheduling:visit", args=[visit.token])).content.decode()
    )
    answer = stranger.get(by_link)
    assert (answer["Content-Type"], "visit.ics" in answer["Content-Disposition"]) == (FILE, True)
    [event] = events(answer)
    assert event["uid"].startswith(str(visit.calendar_id))
    signed_in = reverse("scheduling:appointment_file", args=[visit.pk])
    page = reverse("scheduling:appointment", args=[visit.pk])
    for member, summary in ((patient.member, "Visit at"), (doctor.member, "Visit: ")):
        browser = client_for(member)
        assert f'href="{signed_in}"' in browser.get(page).content.decode()
        assert events(browser.get(signed_in))[0]["summary"].startswith(summary)
    assert client_for(PatientFactory().member).get(signed_in).status_code == 404
    services.cancel_appointment(visit, by=None)
    assert stranger.get(by_link).status_code == client_for(doctor.member).get(signed_in).status_code == 404


# --- whatever happens -------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(2))
def test_whatever_happens_an_event_is_one_and_its_version_grows(seed: int) -> None:
    """Random steps: of an event's rows at most one is not moved on, and each has a version of its own."""
    chance, doctor = Chance(seed), doctor_with_hours()
    patients = [PatientFactory() for _number in range(3)]
    versions: dict[Any, int] = {}
    for number in range(35):
        with contextlib.suppress(Refusal):
            a_step(chance, doctor, chance.choice(patients), number)
        rows = Appointment.objects.order_by("sequence").values_list("calendar_id", "status", "sequence")
        living = [event for event, status, _sequence in rows if status != Status.RESCHEDULED]
        assert len(living) == len(set(living))
        latest = {event: sequence for event, _status, sequence in rows}
        assert all(latest[event] >= known for event, known in versions.items())
        pairs = [(event, sequence) for event, _status, sequence in rows]
        assert len(pairs) == len(set(pairs))
        versions = latest
    ended = Appointment.objects.filter(status__in=["cancelled", "declined", "entered_in_error"])
    assert not ended.filter(sequence=0).exists()
    assert max(versions.values()) > 1


def a_step(chance: Chance, doctor: Any, patient: Any, number: int) -> None:
    times = free_times(doctor)
    starts_at = chance.choice(times).starts_at
    visit = chance.choice(list(Appointment.objects.holding()) or [None])
    if visit is None or chance.random() < 0.3:
        if chance.random() < 0.5:
            booked(doctor, patient, chance.randrange(len(times)))
        else:
            requested(doctor, chance.randrange(len(times)), email=f"step{number}@people.example")
        return
    end = {"by": None}
    steps: list[Callable[[], Any]] = [
        *[lambda: services.reschedule_appointment(visit, starts_at=starts_at, **end)] * 4,
        lambda: services.confirm_appointment(visit, **end),
        lambda: services.decline_appointment(visit, reason="Full", **end),
        lambda: services.cancel_appointment(visit, **end),
        lambda: services.enter_appointment_in_error(visit, **end),
        lambda: services.join_waiting_list(patient=patient, doctor=doctor, **end),
        lambda: services.accept_offer(visit, **end),
        lambda: services.decline_offer(visit, **end),
        lambda: lapsed(visit),
        lambda: services.resize_appointment(visit, minutes=chance.choice((20, 60)), **end),
    ]
    chance.choice(steps)()


def lapsed(visit: Appointment) -> None:
    """The hold of a request or an offer ends unanswered."""
    if visit.held_until:
        with time_machine.travel(visit.held_until + datetime.timedelta(seconds=1), tick=False):
            services.let_hold_go(visit)
