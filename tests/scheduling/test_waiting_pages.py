"""The waiting list as the desk, the patient and the administrator use it."""

import datetime
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import AppointmentType, Status, WaitingListEntry
from scheduling.models.availability import END_AFTER_START
from tests.scheduling.factories import DoctorFactory, MemberFactory, PatientFactory, doctor_with_hours
from tests.scheduling.waiting import full_day, offer_of, tomorrow, wish

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
Wish = WaitingListEntry


@pytest.fixture
def desk(client_for: Browser) -> Any:
    """The browser of the front desk."""
    return client_for(MemberFactory())


def text(answer: Any) -> str:
    """The page as text; it must be a page."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def at(name: str, *args: Any) -> str:
    return reverse(f"scheduling:{name}", args=args)


def test_the_desk_finds_the_patient_and_puts_the_wish_on_the_list(desk: Any) -> None:
    doctor, _visits = full_day()
    patient = PatientFactory(member__given_name="Zainab")
    assert "Nobody is waiting" in text(desk.get(at("waiting_list")))
    found = text(desk.get(at("join_waiting_list"), {"q": "Zainab", "doctor": doctor.pk}))
    assert f"patient={patient.pk}" in found
    page = text(desk.get(at("join_waiting_list"), {"patient": patient.pk, "doctor": doctor.pk}))
    assert f'value="{doctor.pk}" selected' in page
    sent = desk.send(
        at("join_waiting_list"),
        {
            "patient": patient.pk,
            "doctor": doctor.pk,
            "weekdays": ["1", "3"],
            "earliest_time": "09:00",
            "latest_time": "12:00",
            "first_day": f"{tomorrow()}",
            "last_day": f"{tomorrow() + datetime.timedelta(days=20)}",
            "priority": "2",
            "note": "Comes by bus",
        },
    )
    assert sent["Location"] == at("waiting_list")
    entry = Wish.objects.get()
    assert (entry.patient, entry.doctor, entry.weekdays) == (patient, doctor, [1, 3])
    assert (entry.priority, entry.note) == (Wish.Priority.URGENT, "Comes by bus")


def test_the_list_says_who_waits_for_what_and_what_is_offered(desk: Any) -> None:
    doctor, visits = full_day()
    wish(doctor=doctor, weekdays=[], earliest_time=datetime.time(8), note="Comes by bus")
    silent = PatientFactory(member__user=None, member__email="", member__phone="+23412345678")
    last = wish(doctor=doctor, patient=silent, priority=Wish.Priority.URGENT)
    services.cancel_appointment(visits[0], by=MemberFactory())
    page = text(desk.get(at("waiting_list")))
    assert page.index(last.patient.number) < page.index("Comes by bus")
    assert "not before 08:00" in page
    assert "No e-mail and no mobile: please call." in page
    offer = offer_of(last)
    assert offer is not None
    assert at("accept_offer", offer.pk) in page
    assert "Settled" in page
    assert "Nothing settled yet" in text(desk.get(at("waiting_list"), {"status": "settled"}))
    other = doctor_with_hours(specialisation="Skin")
    assert "Nobody waits for this doctor" in text(desk.get(at("waiting_list"), {"doctor": other.pk}))


def test_the_desk_takes_and_lets_go_of_an_offer_on_the_phone(desk: Any) -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    offer = offer_of(first)
    assert offer is not None
    back = at("waiting_list")
    assert desk.send(at("decline_offer", offer.pk), {"next": back})["Location"] == back
    inherited = offer_of(second)
    assert inherited is not None
    desk.send(at("accept_offer", inherited.pk), {"next": back})
    inherited.refresh_from_db()
    assert inherited.status == Status.BOOKED
    assert second.patient.number in text(desk.get(back, {"status": "settled"}))


def test_the_desk_takes_a_wish_off_the_list(desk: Any) -> None:
    doctor, _visits = full_day()
    entry = wish(doctor=doctor)
    assert desk.get(at("leave_waiting_list", entry.pk)).status_code == 405
    desk.send(at("leave_waiting_list", entry.pk))
    entry.refresh_from_db()
    assert entry.status == Wish.Status.CANCELLED


def test_the_way_back_never_leads_to_another_site(desk: Any) -> None:
    doctor, _visits = full_day()
    entry = wish(doctor=doctor)
    sent = desk.send(at("leave_waiting_list", entry.pk), {"next": "https://elsewhere.example/"})
    assert sent["Location"] == at("waiting_list")


BAD: list[tuple[dict[str, str], str]] = [
    ({"doctor": ""}, "Choose a doctor or a specialisation."),
    ({"earliest_time": "12:00", "latest_time": "09:00"}, str(END_AFTER_START)),
    ({"last_day": "today"}, "The last day must not be before the first."),
    ({"last_day": "2020-01-01"}, "This day has passed."),
    ({"first_day": "2020-01-01", "last_day": "2020-01-02"}, "This day has passed."),
    ({"first_day": "2030-01-01"}, "Nobody is booked more than a year ahead. Check the year."),
    ({"first_day": "30.02.2027"}, "Enter a valid date."),
    ({"weekdays": "9"}, "Select a valid choice."),
    ({"priority": "7"}, "Select a valid choice."),
    ({"doctor": "any:Alchemy"}, "Select a valid choice."),
]


@pytest.mark.parametrize(("wrong", "sentence"), BAD)
def test_what_cannot_be_is_refused_beside_its_field_and_kept(
    desk: Any, wrong: dict[str, str], sentence: str
) -> None:
    doctor, _visits = full_day()
    patient = PatientFactory()
    typed = {
        "patient": patient.pk,
        "doctor": doctor.pk,
        "first_day": f"{tomorrow()}",
        "priority": "3",
        "note": "Comes by bus",
    }
    wrong = {name: f"{timezone.localdate()}" if value == "today" else value for name, value in wrong.items()}
    page = text(desk.send(at("join_waiting_list"), typed | wrong))
    assert sentence in page
    assert "Comes by bus" in page
    assert not Wish.objects.exists()


def test_nobody_is_put_on_the_list_twice_for_the_same(desk: Any) -> None:
    doctor, _visits = full_day()
    entry = wish(doctor=doctor)
    typed = {"patient": entry.patient_id, "doctor": doctor.pk, "first_day": f"{tomorrow()}", "priority": "3"}
    assert "already waiting for the same" in text(desk.send(at("join_waiting_list"), typed))


def test_whoever_is_free_first_is_a_specialisation(desk: Any) -> None:
    doctor, _visits = full_day(specialisation="Heart")
    typed = {
        "patient": PatientFactory().pk,
        "doctor": "any:Heart",
        "first_day": f"{tomorrow()}",
        "last_day": f"{tomorrow()}",
        "priority": "3",
    }
    desk.send(at("join_waiting_list"), typed)
    entry = Wish.objects.get()
    assert (entry.doctor, entry.specialisation) == (None, "Heart")
    assert "Any doctor: Heart" in text(desk.get(at("waiting_list"), {"doctor": doctor.pk}))


def test_kinds_of_visits_are_asked_for_only_where_there_are_any(desk: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    ask = {"patient": patient.pk, "doctor": doctor.pk}
    assert "Kind of visit" not in text(desk.get(at("join_waiting_list"), ask))
    AppointmentType.objects.create(name="Check-up", minutes=30)
    assert "Check-up" in text(desk.get(at("join_waiting_list"), ask))


def test_a_patient_waits_takes_what_is_offered_and_sees_only_the_own(client_for: Browser) -> None:
    doctor, visits = full_day()
    patient = PatientFactory()
    browser = client_for(patient.member)
    page = text(browser.get(at("join_waiting_list"), {"doctor": doctor.pk}))
    assert "Priority" not in page
    day = f"{tomorrow()}"
    sent = browser.send(
        at("join_waiting_list"),
        # Whom it is for and how urgent it is, a patient does not say.
        {
            "doctor": doctor.pk,
            "first_day": day,
            "last_day": day,
            "priority": "1",
            "patient": PatientFactory().pk,
        },
    )
    assert sent["Location"] == at("portal")
    entry = Wish.objects.get()
    assert (entry.patient, entry.priority) == (patient, Wish.Priority.ROUTINE)
    assert browser.get(at("waiting_list")).status_code == 403
    stranger = client_for(PatientFactory().member)
    assert stranger.send(at("leave_waiting_list", entry.pk)).status_code == 404
    services.cancel_appointment(visits[0], by=MemberFactory())
    offer = offer_of(entry)
    assert offer is not None
    assert stranger.send(at("accept_offer", offer.pk)).status_code == 404
    assert at("accept_offer", offer.pk) in text(browser.get(at("portal")))
    browser.send(at("accept_offer", offer.pk), {"next": at("portal")})
    offer.refresh_from_db()
    assert (offer.status, offer.patient_confirmed_at is not None) == (Status.BOOKED, True)


def test_a_patient_leaves_the_list_from_the_own_page(client_for: Browser) -> None:
    doctor, _visits = full_day()
    entry = wish(doctor=doctor)
    browser = client_for(entry.patient.member)
    leave = at("leave_waiting_list", entry.pk)
    assert leave in text(browser.get(at("portal")))
    assert browser.send(leave)["Location"] == at("portal")
    assert leave not in text(browser.get(at("portal")))


def test_a_patient_cannot_wait_for_who_may_not_be_booked(client_for: Browser) -> None:
    doctor, _visits = full_day(is_bookable=False)
    browser = client_for(PatientFactory().member)
    typed = {"doctor": doctor.pk, "first_day": f"{tomorrow()}"}
    assert "Select a valid choice." in text(browser.send(at("join_waiting_list"), typed))


def mailed_link(kind: str = "time_offered") -> str:
    """The link in the last message of this kind, as a path."""
    body = OutboxMessage.objects.filter(kind=kind).latest("created_at").body
    (link,) = re.findall(r"https?://[^/\s]+(/visit/\S+)", body)
    return str(link)


def test_the_link_in_the_mail_takes_the_time_and_opening_it_does_not(anonymous: Browser, acme: Any) -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    browser, link = anonymous(acme), mailed_link()
    offer = offer_of(entry)
    assert offer is not None
    page = text(browser.get(link))
    assert at("accept_visit", offer.token) in page
    assert at("decline_visit", offer.token) in page
    for name in ("accept_visit", "decline_visit"):
        assert browser.get(at(name, offer.token)).status_code == 405
    assert offer_of(entry) == offer
    browser.send(at("accept_visit", offer.token))
    offer.refresh_from_db()
    assert offer.status == Status.BOOKED
    assert "Your visit is booked" in text(browser.get(link))


def test_the_link_lets_the_time_go_to_the_next_whose_own_link_takes_it(anonymous: Browser, acme: Any) -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    offer = offer_of(first)
    assert offer is not None
    browser = anonymous(acme)
    browser.send(at("decline_visit", offer.token))
    inherited = offer_of(second)
    assert inherited is not None
    assert mailed_link() == at("visit", inherited.token)
    # The first link is worth nothing any more.
    said = browser.send(at("accept_visit", offer.token), follow=True)
    assert "no longer possible" in text(said)
    browser.send(at("accept_visit", inherited.token))
    inherited.refresh_from_db()
    assert (inherited.status, inherited.patient) == (Status.BOOKED, second.patient)


def test_a_link_that_is_opened_too_late_says_so_and_takes_nothing(anonymous: Browser, acme: Any) -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    offer = offer_of(entry)
    assert offer is not None
    assert offer.held_until is not None
    with time_machine.travel(offer.held_until + datetime.timedelta(seconds=1), tick=False):
        browser = anonymous(acme)
        assert "kept until" in text(browser.send(at("accept_visit", offer.token), follow=True))
    offer.refresh_from_db()
    assert offer.status == Status.PROPOSED


def test_the_list_is_reached_from_the_patient_the_booking_and_the_navigation(
    desk: Any, client_for: Browser
) -> None:
    doctor = doctor_with_hours()
    patient = PatientFactory()
    join = at("join_waiting_list")
    assert f"{join}?patient={patient.pk}" in text(desk.get(reverse("members:patient", args=[patient.pk])))
    booking = {"patient": patient.pk, "doctor": doctor.pk}
    assert f"{join}?patient={patient.pk}&amp;doctor={doctor.pk}" in text(
        desk.get(at("book_appointment"), booking)
    )
    assert f'href="{at("waiting_list")}"' in text(desk.get(at("day")))
    own = client_for(patient.member)
    assert f"{join}?doctor={doctor.pk}" in text(own.get(at("choose_time", doctor.pk)))
    busy = DoctorFactory()
    page = text(own.get(at("choose_doctor")))
    assert f"{join}?doctor={busy.pk}" in page
    assert f"{join}?doctor={doctor.pk}" not in page
    week = text(own.get(at("choose_any_doctor"), {"specialisation": doctor.specialisation}))
    chosen = f"any:{doctor.specialisation}"
    assert f"{join}?doctor={quote(chosen, safe=':')}" in week
    assert f'value="{chosen}" selected' in text(own.get(join, {"doctor": chosen}))


def test_a_stranger_is_not_sent_to_a_list_that_needs_a_log_in(anonymous: Browser, acme: Any) -> None:
    doctor = doctor_with_hours()
    assert at("join_waiting_list") not in text(anonymous(acme).get(at("choose_time", doctor.pk)))


@pytest.fixture
def admin(client_for: Browser) -> Any:
    """The browser of the clinic's administrator."""
    return client_for(MemberFactory(role=Role.ADMIN))


def test_in_the_admin_a_wish_joins_by_the_service(admin: Any) -> None:
    doctor = doctor_with_hours()
    patient = PatientFactory()
    add = reverse("admin:scheduling_waitinglistentry_add")
    assert 'name="status"' not in text(admin.get(add))
    typed = {
        "patient": patient.pk,
        "doctor": doctor.pk,
        "weekdays": "",
        "first_day": f"{timezone.localdate()}",
        "priority": 3,
    }
    assert admin.post(add, typed).status_code == 302
    entry = Wish.objects.get()
    assert offer_of(entry) is not None
    again = admin.post(add, typed)
    assert "already waiting for the same" in text(again)


def test_in_the_admin_a_wish_is_read_and_leaves_by_the_service(admin: Any) -> None:
    doctor, _visits = full_day()
    entry = wish(doctor=doctor)
    page = reverse("admin:scheduling_waitinglistentry_change", args=[entry.pk])
    assert 'name="priority"' not in text(admin.get(page))
    everything = reverse("admin:scheduling_waitinglistentry_changelist")
    answer = admin.post(everything, {"action": "leave_waiting_list", "_selected_action": [str(entry.pk)]})
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert entry.status == Wish.Status.CANCELLED
