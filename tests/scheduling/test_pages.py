"""The calendar's pages as people use them."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.members.models import PatientProfile
from accounts.members.roles import Role
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, AvailabilityException, AvailabilityRule, BookingPolicy, Status
from scheduling.models.calendar import hashed
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    ExceptionFactory,
    MemberFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
    in_state,
    requested,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]

ADA = {
    "given_name": "Ada",
    "family_name": "Obi",
    "date_of_birth": "1990-02-03",
    "email": "ada@example.com",
    "reason": "A cough since Monday",
}


def text(answer: Any) -> str:
    """The page as text; it must be a page."""
    assert answer.status_code == 200, answer
    return str(answer.content.decode())


def test_anybody_books_in_three_steps(anonymous: Browser, acme: Any) -> None:
    doctor = doctor_with_hours()
    browser = anonymous(acme)
    assert doctor.name in text(browser.get("/"))
    times = reverse("scheduling:choose_time", args=[doctor.pk])
    ask = reverse("scheduling:request_appointment", args=[doctor.pk])
    assert f"{ask}?at=" in text(browser.get(times))
    starts_at = free_times(doctor)[0].starts_at.isoformat()
    assert starts_at in text(browser.get(ask, {"at": starts_at}))
    sent = browser.send(ask, {**ADA, "starts_at": starts_at})
    assert sent.status_code == 302
    asked = Appointment.objects.get(doctor=doctor)
    assert (asked.status, asked.reason) == (Status.PENDING, "A cough since Monday")
    assert "We have your request" in text(browser.get(sent["Location"]))


def test_opening_the_link_changes_nothing_and_its_button_cancels(anonymous: Browser, acme: Any) -> None:
    asked = requested()
    browser = anonymous(acme)
    link = reverse("scheduling:visit", args=[asked.token])
    text(browser.get(link))
    asked.refresh_from_db()
    assert asked.status == Status.PENDING
    assert browser.get(reverse("scheduling:cancel_visit", args=[asked.token])).status_code == 405
    browser.send(reverse("scheduling:cancel_visit", args=[asked.token]))
    asked.refresh_from_db()
    assert asked.status == Status.CANCELLED
    assert "cancelled" in text(browser.get(link))


def test_a_guessed_or_old_link_opens_nothing(anonymous: Browser, acme: Any) -> None:
    visits = []
    for days in (40, 20):
        visit = AppointmentFactory(starts_at=timezone.now() - datetime.timedelta(days=days))
        Appointment.objects.filter(pk=visit.pk).update(token_hash=hashed(visit.token))
        visits.append(reverse("scheduling:visit", args=[visit.token]))
    browser = anonymous(acme)
    assert browser.get(reverse("scheduling:visit", args=["x" * 43])).status_code == 404
    assert [browser.get(link).status_code for link in visits] == [404, 200]


def test_a_taken_time_keeps_what_was_typed_and_offers_others(anonymous: Browser, acme: Any) -> None:
    first = requested()
    ask = reverse("scheduling:request_appointment", args=[first.doctor_id])
    data = {**ADA, "given_name": "Bola", "email": "bola@example.com"}
    page = text(anonymous(acme).send(ask, {**data, "starts_at": first.starts_at.isoformat()}))
    assert "not free any more" in page
    assert 'value="Bola"' in page
    assert page.count('type="radio"') >= 3
    assert not PatientProfile.objects.filter(member__given_name="Bola").exists()


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("given_name", "", "This field is required"),
        ("given_name", "Ada\r\nBcc: eve@example.com", "on one line"),
        ("date_of_birth", "2190-01-01", "future"),
        ("date_of_birth", "yesterday", "valid date"),
        ("email", "ada@", "valid email"),
        ("email", "", "e-mail address or a phone number"),
        ("phone", "12", "phone number"),
        ("starts_at", "tomorrow", "times offered"),
        ("starts_at", "9999-12-31T23:59:00+00:00", "times offered"),
        ("starts_at", "0001-01-01T00:00:00+00:00", "times offered"),
    ],
)
def test_bad_input_is_kept_and_nothing_is_stored(
    anonymous: Browser, acme: Any, field: str, value: str, sentence: str
) -> None:
    doctor = doctor_with_hours()
    ask = reverse("scheduling:request_appointment", args=[doctor.pk])
    data = {**ADA, "starts_at": free_times(doctor)[0].starts_at.isoformat(), field: value}
    page = text(anonymous(acme).send(ask, data))
    assert sentence in page
    assert "A cough since Monday" in page
    assert not Appointment.objects.exists()


def test_nobody_asks_for_a_time_in_years_to_come(anonymous: Browser, acme: Any) -> None:
    doctor = doctor_with_hours()
    far = free_times(doctor)[0].starts_at + datetime.timedelta(weeks=52 * 3)
    ask = reverse("scheduling:request_appointment", args=[doctor.pk])
    page = text(anonymous(acme).send(ask, {**ADA, "starts_at": far.isoformat()}))
    assert "a year ahead" in page
    assert "A cough since Monday" in page
    assert not Appointment.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2026-02-30", "soon"])
def test_no_date_in_an_address_breaks_a_page(client_for: Browser, day: str) -> None:
    doctor = doctor_with_hours()
    pages = [reverse(f"scheduling:{name}") for name in ("day", "my_day")]
    pages += [
        reverse(f"scheduling:{name}", args=[doctor.pk]) for name in ("choose_time", "request_appointment")
    ]
    browser = client_for(doctor.member)
    for page in pages:
        assert browser.get(page, {"on": day, "from": day, "at": day}).status_code in (200, 302)


def test_a_patient_with_a_login_is_asked_only_why(client_for: Browser) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    browser = client_for(patient.member)
    ask = reverse("scheduling:request_appointment", args=[doctor.pk])
    at = free_times(doctor)[0].starts_at.isoformat()
    assert 'name="given_name"' not in text(browser.get(ask, {"at": at}))
    assert browser.send(ask, {"starts_at": at}).status_code == 302
    booked = Appointment.objects.get(patient=patient)
    assert (booked.status, booked.source) == (Status.BOOKED, Appointment.Source.PORTAL)
    assert doctor.name in text(browser.get(reverse("scheduling:portal")))


def test_the_portal_offers_no_change_after_the_clinics_deadline(client_for: Browser) -> None:
    BookingPolicy.objects.create(change_deadline_hours=24)
    visit = in_state(Status.BOOKED, starts_at=timezone.now() + datetime.timedelta(hours=30))
    browser = client_for(visit.patient.member)
    pages = [reverse("scheduling:portal"), reverse("scheduling:appointment", args=[visit.pk])]
    move = reverse("scheduling:reschedule_appointment", args=[visit.pk])
    assert all(move in text(browser.get(page)) for page in pages)
    with time_machine.travel(visit.starts_at - datetime.timedelta(hours=23), tick=False):
        for page in map(text, map(browser.get, pages)):
            assert move not in page
            assert "can no longer be changed here" in page
        desk = text(client_for(MemberFactory()).get(pages[1]))
        assert move in desk
        assert "can no longer be changed here" not in desk


def test_the_front_door_leads_everybody_to_their_page(client_for: Browser) -> None:
    for person, page in (
        (MemberFactory(), "day"),
        (DoctorFactory().member, "my_day"),
        (PatientFactory().member, "portal"),
    ):
        assert client_for(person).get("/")["Location"] == reverse(f"scheduling:{page}")


def test_reception_answers_requests_and_receives_patients_with_one_click_each(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    visit = AppointmentFactory(doctor=doctor, starts_at=timezone.now() + datetime.timedelta(minutes=1))
    asked = requested(doctor)
    browser = client_for(MemberFactory())
    sheet = reverse("scheduling:day")
    page = text(browser.get(sheet))
    for name in ("confirm_appointment", "mark_arrived"):
        pk = asked.pk if name == "confirm_appointment" else visit.pk
        step = reverse(f"scheduling:{name}", args=[pk])
        assert step in page
        assert browser.send(step, {"next": sheet})["Location"] == sheet
    step = reverse("scheduling:check_in_appointment", args=[visit.pk])
    assert step in text(browser.get(sheet))
    browser.send(step, {"next": sheet})
    asked.refresh_from_db()
    visit.refresh_from_db()
    assert (asked.status, visit.status) == (Status.BOOKED, Status.CHECKED_IN)


def test_a_step_that_came_too_late_says_so(client_for: Browser) -> None:
    visit = in_state(Status.CANCELLED)
    browser = client_for(MemberFactory())
    answer = browser.send(reverse("scheduling:mark_arrived", args=[visit.pk]), follow=True)
    assert answer.status_code == 200
    visit.refresh_from_db()
    assert visit.status == Status.CANCELLED


def test_nobody_is_led_away_from_the_clinic(client_for: Browser) -> None:
    asked = requested()
    step = reverse("scheduling:confirm_appointment", args=[asked.pk])
    answer = client_for(MemberFactory()).send(step, {"next": "https://evil.example/"})
    assert answer["Location"] == reverse("scheduling:appointment", args=[asked.pk])


@pytest.mark.parametrize("verb", ["decline_appointment", "cancel_appointment"])
def test_a_reason_is_asked_for_and_kept(client_for: Browser, verb: str) -> None:
    asked = requested()
    browser = client_for(MemberFactory())
    page = reverse(f"scheduling:{verb}", args=[asked.pk])
    text(browser.get(page))
    assert browser.send(page, {"reason": "The doctor is away"}).status_code == 302
    asked.refresh_from_db()
    assert "The doctor is away" in (asked.decline_reason, asked.cancel_reason)


def test_declining_without_a_reason_is_refused(client_for: Browser) -> None:
    asked = requested()
    page = reverse("scheduling:decline_appointment", args=[asked.pk])
    assert "This field is required" in text(client_for(MemberFactory()).send(page, {"reason": "  "}))
    asked.refresh_from_db()
    assert asked.status == Status.PENDING


def test_reception_books_for_a_known_and_for_a_new_patient(client_for: Browser) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory(member__given_name="Zebulon")
    browser = client_for(MemberFactory())
    page = reverse("scheduling:book_appointment")
    first, second = free_times(doctor)[:2]
    odd = second.starts_at + datetime.timedelta(minutes=5)
    typed = f"{timezone.localtime(odd):%Y-%m-%dT%H:%M}"
    assert str(patient.pk) in text(browser.get(page, {"q": "Zebu"}))
    assert doctor.name in text(browser.get(page, {"patient": patient.pk}))
    assert first.starts_at.isoformat() in text(
        browser.get(page, {"patient": patient.pk, "doctor": doctor.pk, "on": first.starts_at.date()})
    )
    data = {"patient": patient.pk, "doctor": doctor.pk, "starts_at": first.starts_at.isoformat()}
    assert browser.send(page, data)["Location"].startswith(reverse("scheduling:day"))
    taken_in = browser.send(
        reverse("scheduling:register_patient_to_book"), {"given_name": "New", "phone": "0803 123 4567"}
    )
    new = PatientProfile.objects.get(member__given_name="New")
    assert str(new.pk) in taken_in["Location"]
    data |= {"patient": new.pk, "starts_at": "", "minutes": "20"}
    data |= {"other_time": typed}
    assert browser.send(page, data).status_code == 302
    assert Appointment.objects.get(patient=new).starts_at == odd


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Choose a time"),
        ({"other_time": "2026-13-40T99:00"}, "valid date"),
        ({"other_time": "2035-01-01T10:00"}, "how long"),
        ({"other_time": "2035-01-01T10:00", "minutes": "2"}, "greater than or equal to 5"),
        ({"other_time": "2027-01-01T03:00", "minutes": "30"}, "does not work at this time"),
        ({"other_time": "9999-12-31T23:50", "minutes": "30"}, "a year ahead"),
        ({"other_time": "2020-01-01T10:00", "minutes": "30"}, "has passed"),
        ({"other_time": "0001-01-01T00:00", "minutes": "30"}, "has passed"),
    ],
)
def test_bad_times_are_refused_beside_their_field(
    client_for: Browser, typed: dict[str, str], sentence: str
) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    data = {"patient": patient.pk, "doctor": doctor.pk, "reason": "Knee pain", **typed}
    page = text(client_for(MemberFactory()).send(reverse("scheduling:book_appointment"), data))
    assert sentence in page
    assert "Knee pain" in page
    assert not Appointment.objects.exists()


def test_a_visit_is_moved_by_reception_and_by_its_patient(client_for: Browser) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    first, second, third = free_times(doctor)[:3]
    visit = services.book_appointment(by=None, doctor=doctor, patient=patient, starts_at=first.starts_at)
    for person, slot in ((MemberFactory(), second), (patient.member, third)):
        page = reverse("scheduling:reschedule_appointment", args=[visit.pk])
        browser = client_for(person)
        text(browser.get(page))
        data = {"starts_at": slot.starts_at.isoformat(), "doctor": doctor.pk}
        moved = browser.send(page, data)
        visit.refresh_from_db()
        visit = visit.rescheduled_to
        assert moved["Location"] == reverse("scheduling:appointment", args=[visit.pk])
        assert visit.starts_at == slot.starts_at
        assert visit.status == Status.BOOKED


def test_a_taken_time_offers_others_when_moving(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    first, second = free_times(doctor)[:2]
    visits = [
        services.book_appointment(by=None, doctor=doctor, patient=PatientFactory(), starts_at=slot.starts_at)
        for slot in (first, second)
    ]
    page = reverse("scheduling:reschedule_appointment", args=[visits[0].pk])
    data = {"starts_at": second.starts_at.isoformat(), "doctor": doctor.pk}
    answer = text(client_for(MemberFactory()).send(page, data))
    assert "not free any more" in answer
    assert "Free times nearby" in answer


def test_a_doctor_sees_who_is_next_and_starts_the_consultation(client_for: Browser) -> None:
    doctor = DoctorFactory()
    soon = timezone.now() + datetime.timedelta(minutes=1)
    visit = in_state(Status.CHECKED_IN, doctor=doctor, starts_at=soon)
    page = text(client_for(doctor.member).get(reverse("scheduling:my_day")))
    assert visit.patient.name in page
    assert reverse("records:start_consultation", args=[visit.pk]) in page


def test_the_page_of_a_visit_tells_its_history(client_for: Browser) -> None:
    asked = requested()
    by = MemberFactory(given_name="Ngozi")
    services.confirm_appointment(asked, by=by)
    page = text(client_for(by).get(reverse("scheduling:appointment", args=[asked.pk])))
    assert "Confirmed" in page
    assert "Ngozi" in page


def test_a_patient_sees_no_visit_of_another(client_for: Browser) -> None:
    visit, stranger = AppointmentFactory(), PatientFactory()
    browser = client_for(stranger.member)
    for verb in ("appointment", "cancel_appointment", "reschedule_appointment"):
        assert browser.get(reverse(f"scheduling:{verb}", args=[visit.pk])).status_code == 404
    assert browser.get(reverse("scheduling:day")).status_code == 403
    confirm = reverse("scheduling:confirm_appointment", args=[visit.pk])
    assert browser.send(confirm).status_code == 403


def test_hours_are_opened_changed_and_closed(client_for: Browser) -> None:
    doctor = DoctorFactory()
    browser = client_for(doctor.member)
    assert browser.get(reverse("scheduling:availability"))["Location"] == reverse(
        "scheduling:doctor_availability", args=[doctor.pk]
    )
    hours = {
        "weekday": "1",
        "starts": "09:00",
        "ends": "12:00",
        "slot_minutes": "20",
        "mode": "in_person",
        "valid_from": "2026-01-01",
        "valid_until": "",
    }
    add = reverse("scheduling:add_availability_rule", args=[doctor.pk])
    browser.send(add, {**hours, "weekdays": ["1", "3"]})
    rule, other = AvailabilityRule.objects.filter(doctor=doctor).order_by("weekday")
    assert (rule.weekday, other.weekday) == (1, 3)
    change = reverse("scheduling:update_availability_rule", args=[rule.pk])
    text(browser.get(change))
    browser.send(change, {**hours, "ends": "13:00"})
    rule.refresh_from_db()
    assert rule.ends == datetime.time(13)
    assert "09:00 – 13:00" in text(browser.get(reverse("scheduling:doctor_availability", args=[doctor.pk])))
    browser.send(reverse("scheduling:remove_availability_rule", args=[rule.pk]))
    assert list(AvailabilityRule.objects.filter(doctor=doctor)) == [other]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ends": "08:00"}, "end must come after the start"),
        ({"slot_minutes": "0"}, "between 5 and 480"),
        ({"slot_minutes": "999"}, "between 5 and 480"),
        ({"starts": "09:00", "ends": "09:10"}, "shorter than one visit"),
        ({"valid_until": "2025-01-01"}, "must not be before the first"),
        ({"valid_until": "2026-01-02"}, "has passed"),
        ({"valid_from": "9999-01-01"}, "check the year"),
        ({"valid_until": "9999-01-01"}, "check the year"),
        ({"horizon_days": "1000"}, "1 to 366 days ahead"),
        ({"horizon_days": "0"}, "1 to 366 days ahead"),
        ({"minimum_notice_hours": "2000"}, "60 days"),
        ({"minimum_notice_hours": "-1"}, "greater than or equal to 0"),
        ({"buffer_minutes": "241"}, "four hours at most"),
        ({"mode": "by pigeon"}, "valid choice"),
        ({"starts": "10:00", "ends": "11:00", "weekdays": ["1", "2"]}, "overlap other hours"),
        ({"weekdays": ["9"]}, "valid choice"),
        ({"weekdays": []}, "This field is required"),
    ],
)
def test_impossible_hours_are_refused(client_for: Browser, typed: dict[str, Any], sentence: str) -> None:
    there = RuleFactory(weekday=2)
    hours = {
        "weekdays": ["1"],
        "starts": "09:00",
        "ends": "12:30",
        "slot_minutes": "20",
        "mode": "in_person",
        "valid_from": "2026-01-01",
        **typed,
    }
    add = reverse("scheduling:add_availability_rule", args=[there.doctor_id])
    page = text(client_for(there.doctor.member).send(add, hours))
    assert sentence in page
    assert f'value="{hours["ends"]}"' in page
    assert AvailabilityRule.objects.count() == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"ends_at": "2026-01-01T10:00"}, "end must come after the start"),
        ({"starts_at": "2026-01-01T08:00", "ends_at": "2026-01-01T10:00"}, "has passed"),
        ({"kind": "extra"}, "how long a visit is"),
        ({"kind": "extra", "slot_minutes": "3"}, "between 5 and 480"),
        ({"starts_at": ""}, "This field is required"),
        ({"kind": "party"}, "valid choice"),
        ({"ends_at": "2031-01-01T10:00"}, "two years at most"),
        ({"kind": "extra", "slot_minutes": "30", "ends_at": "2027-01-03T10:00"}, "a day at most"),
        ({"starts_at": "9999-12-31T23:50", "ends_at": "9999-12-31T23:59"}, "check the year"),
    ],
)
def test_impossible_exceptions_are_refused(client_for: Browser, typed: dict[str, str], sentence: str) -> None:
    doctor = DoctorFactory()
    add = reverse("scheduling:add_availability_exception", args=[doctor.pk])
    data = {
        "kind": "leave",
        "starts_at": "2027-01-01T10:00",
        "ends_at": "2027-01-01T12:00",
        "reason": "Wedding",
        **typed,
    }
    page = text(client_for(doctor.member).send(add, data))
    assert sentence in page
    assert "Wedding" in page
    assert not AvailabilityException.objects.exists()


def test_a_doctor_sets_only_the_own_hours_and_an_admin_all(client_for: Browser) -> None:
    rule, other = RuleFactory(), DoctorFactory()
    change = reverse("scheduling:update_availability_rule", args=[rule.pk])
    assert client_for(other.member).get(change).status_code == 404
    assert client_for(MemberFactory(role=Role.ADMIN)).get(change).status_code == 200
    assert client_for(MemberFactory()).get(change).status_code == 403


def test_no_mail_carries_a_clinical_word() -> None:
    asked = requested(reason="Gonorrhoea", email="ada@example.com")
    by = MemberFactory()
    confirmed = services.confirm_appointment(asked, by=by)
    moved = services.reschedule_appointment(confirmed, by=by, starts_at=free_times(asked.doctor)[4].starts_at)
    services.cancel_appointment(moved, by=by, reason="Gonorrhoea is gone")
    declined = requested(number=2, reason="Gonorrhoea")
    services.decline_appointment(declined, by=by, reason="We do not treat Gonorrhoea")
    letters = OutboxMessage.objects.all()
    assert {letter.kind for letter in letters} == {
        "request_received",
        "appointment_confirmed",
        "appointment_moved",
        "appointment_cancelled",
        "appointment_declined",
    }
    for letter in letters:
        assert letter.subject
        assert "onorrh" not in letter.subject + letter.body
        assert "http" in letter.body


def test_a_list_takes_as_many_statements_for_one_row_as_for_twenty(
    client_for: Browser, django_assert_num_queries: Any
) -> None:
    doctor, patient = DoctorFactory(), PatientFactory()
    own, portal = client_for(doctor.member), client_for(patient.member)
    browsers = {"day": client_for(MemberFactory()), "my_day": own, "portal": portal}
    browsers["doctor_availability"] = own
    noon = timezone.localtime().replace(hour=1, minute=0)

    def add(number: int) -> None:
        at = noon + datetime.timedelta(minutes=31 * number)
        in_state(Status.BOOKED, doctor=doctor, patient=patient, starts_at=at)
        later = at + datetime.timedelta(days=1)
        in_state(Status.PENDING, doctor=doctor, patient=patient, starts_at=later)
        RuleFactory(doctor=doctor, starts=datetime.time(number), ends=datetime.time(number, 50), weekday=3)
        ExceptionFactory(doctor=doctor, starts_at=later, ends_at=later + datetime.timedelta(minutes=20))

    def look(page: str) -> str:
        args = [doctor.pk] if page == "doctor_availability" else []
        return text(browsers[page].get(reverse(f"scheduling:{page}", args=args)))

    # In the evening, when what the day brought is over: the portal asks for it only where there is any.
    with time_machine.travel(noon.replace(hour=22), tick=False):
        add(0)
        for page, most in STATEMENTS.items():
            look(page)
            with django_assert_num_queries(most, info=page):
                look(page)
        for number in range(1, 20):
            add(number)
        for page, most in STATEMENTS.items():
            with django_assert_num_queries(most, info=page):
                shown = look(page)
            assert shown.count(patient.name) >= (0 if page in ("portal", "doctor_availability") else 10)


# The session and the member take two of them.
STATEMENTS = {"day": 6, "my_day": 3, "portal": 7, "doctor_availability": 6}
