"""The calendar's pages: who sees what of a day, a week and a month, at what price, and the day on paper."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from clinic.db.current import connection
from scheduling.models import Appointment, AvailabilityRule, ClosingDay, Status
from scheduling.models.spells import open_spans, spells
from tests.scheduling.factories import (
    AppointmentFactory,
    ExceptionFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    in_state,
)

pytestmark = pytest.mark.django_db
Browser = Callable[..., Any]
DAY = datetime.date(2027, 3, 8)


def at(hour: int, minute: int = 0, day: datetime.date = DAY) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(hour, minute)))


def page(browser: Any, name: str = "calendar", **asked: Any) -> str:
    answer = browser.get(reverse(f"scheduling:{name}"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def shown(html: str) -> list[str]:
    """The keys of the visits in the list, in its order."""
    return re.findall(r'data-id="([^"]+)"', html)


def test_the_day_shows_every_doctor_with_the_visits_in_order(client_for: Browser) -> None:
    one, other = doctor_with_hours(), doctor_with_hours()
    late = AppointmentFactory(doctor=one, starts_at=at(11))
    early = AppointmentFactory(doctor=one, starts_at=at(9), patient__member__given_name="Zoë & Co")
    AppointmentFactory(doctor=other, starts_at=at(9, day=DAY + datetime.timedelta(days=1)))
    html = page(client_for(MemberFactory()), view="day", on=DAY)
    assert shown(html) == [str(early.pk), str(late.pk)]
    assert 'data-start="2027-03-08T09:00" data-end="2027-03-08T09:30"' in html
    assert one.name in html
    assert other.name in html
    assert "Zoë &amp; Co" in html


def test_what_was_called_off_or_moved_is_not_drawn(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    seen = {
        in_state(status, doctor=doctor, starts_at=at(8 + n)).pk: status for n, status in enumerate(Status)
    }
    html = page(client_for(MemberFactory()), view="day", on=DAY)
    gone = {Status.CANCELLED, Status.DECLINED, Status.RESCHEDULED, Status.ENTERED_IN_ERROR}
    assert {seen[visit.pk] for visit in Appointment.objects.filter(pk__in=shown(html))} == set(Status) - gone


def test_only_what_the_member_may_move_can_be_moved(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    in_state(Status.BOOKED, doctor=doctor, starts_at=at(9))
    in_state(Status.FULFILLED, doctor=doctor, starts_at=at(10))
    html = page(client_for(MemberFactory()), view="day", on=DAY)
    assert (len(shown(html)), html.count("data-move=")) == (2, 1)


def test_a_doctor_begins_with_the_own_week_and_the_desk_with_the_day(client_for: Browser) -> None:
    own, other = doctor_with_hours(), doctor_with_hours()
    mine = AppointmentFactory(doctor=own, starts_at=at(9, day=DAY + datetime.timedelta(days=3)))
    theirs = AppointmentFactory(doctor=other, starts_at=at(9))
    assert shown(page(client_for(own.member), on=DAY)) == [str(mine.pk)]
    assert shown(page(client_for(MemberFactory()), on=DAY)) == [str(theirs.pk)]
    assert shown(page(client_for(own.member), on=DAY, view="week", doctor=other.pk)) == [str(theirs.pk)]


@pytest.mark.parametrize(
    "asked", [{"view": "year"}, {"on": "2027-02-31"}, {"doctor": "x"}, {"on": "0001-01-01"}]
)
def test_an_address_that_makes_no_sense_shows_today(asked: dict[str, str], client_for: Browser) -> None:
    visit = AppointmentFactory(doctor=doctor_with_hours(), starts_at=timezone.now())
    assert str(visit.pk) in page(client_for(MemberFactory()), **asked)


def test_the_month_counts_visits_requests_closing_days_and_leave(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    for hour in (9, 10):
        AppointmentFactory(doctor=doctor, starts_at=at(hour))
    in_state(Status.PENDING, doctor=doctor, starts_at=at(11))
    in_state(Status.CANCELLED, doctor=doctor, starts_at=at(12))
    ClosingDay.objects.create(
        name="Stocktaking", first_day=datetime.date(2027, 3, 10), last_day=datetime.date(2027, 3, 10)
    )
    ExceptionFactory(
        doctor=doctor,
        starts_at=at(0, day=datetime.date(2027, 3, 12)),
        ends_at=at(12, day=datetime.date(2027, 3, 12)),
    )
    html = page(client_for(MemberFactory()), view="month", on=DAY)
    cells = {
        cell[:200].split("on=")[1][:10]: re.sub(r"<[^>]+>|\s+", " ", cell) for cell in html.split("<td")[1:]
    }
    assert "3 visits" in " ".join(cells["2027-03-08"].split())
    assert "1 to answer" in " ".join(cells["2027-03-08"].split())
    assert "Closed: Stocktaking" in cells["2027-03-10"]
    assert f"{doctor.name} on leave" in cells["2027-03-12"]
    assert "visit" not in cells["2027-03-09"]
    assert min(cells) == "2027-03-01"
    assert max(cells) == "2027-04-04"


def test_a_days_visits_are_counted_by_the_clinics_midnight(client_for: Browser) -> None:
    """Sabotage: count by the database's own day, which is UTC's: Lagos is an hour ahead."""
    AppointmentFactory(doctor=doctor_with_hours(), starts_at=at(0, 15))
    counts = Appointment.objects.counted_by_day([DAY - datetime.timedelta(days=1), DAY])
    assert counts == {(1, Status.BOOKED): 1}


def test_the_hours_are_what_leave_and_closing_days_leave_of_them() -> None:
    doctor = doctor_with_hours()
    AvailabilityRule.objects.filter(doctor=doctor, weekday=1).update(ends=datetime.time(12))
    AvailabilityRule.objects.create(
        doctor=doctor, weekday=1, starts=datetime.time(12), ends=datetime.time(16), valid_from=DAY
    )
    ExceptionFactory(doctor=doctor, starts_at=at(10), ends_at=at(11))
    ExceptionFactory(doctor=doctor, kind="extra", slot_minutes=30, starts_at=at(18), ends_at=at(19))
    found = spells(DAY, DAY)
    assert [(span.starts.hour, span.ends.hour) for span in open_spans(found, doctor.pk, DAY)] == [
        (8, 10),
        (11, 16),
        (18, 19),
    ]
    ClosingDay.objects.create(name="Stocktaking", first_day=DAY, last_day=DAY)
    assert open_spans(spells(DAY, DAY), doctor.pk, DAY) == []
    tuesday = DAY + datetime.timedelta(days=1)
    assert [
        (span.starts.hour, span.ends.hour)
        for span in open_spans(spells(tuesday, tuesday), doctor.pk, tuesday)
    ] == [(8, 18)]


@pytest.mark.parametrize("view", ["day", "week", "month"])
def test_a_page_asks_the_database_as_often_for_one_visit_as_for_many(view: str, client_for: Browser) -> None:
    doctor, browser = doctor_with_hours(), client_for(MemberFactory())

    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(browser, view=view, on=DAY, doctor=doctor.pk if view == "week" else "")
        return len(captured)

    AppointmentFactory(doctor=doctor, starts_at=at(9))
    statements()
    few = statements()
    for hour in range(10, 18):
        AppointmentFactory(doctor=doctor, starts_at=at(hour))
        AppointmentFactory(doctor=doctor_with_hours(), starts_at=at(hour))
    assert statements() == few
    assert few <= 4 + 2, "four of its own; the session and who asks"


def test_the_list_alone_is_asked_for_again(client_for: Browser) -> None:
    visit = AppointmentFactory(doctor=doctor_with_hours(), starts_at=at(9))
    html = page(client_for(MemberFactory()), view="day", on=DAY, part="list")
    assert shown(html) == [str(visit.pk)]
    assert html.lstrip().startswith('<div id="calendar-list"')


@pytest.mark.parametrize(("role", "sees"), [(Role.RECEPTIONIST, False), (Role.ADMIN, True)])
def test_the_day_on_paper_shows_the_reason_only_to_whom_it_concerns(
    role: str, sees: bool, client_for: Browser
) -> None:
    doctor = doctor_with_hours()
    patient = PatientFactory(member__phone="+2348031234567")
    AppointmentFactory(doctor=doctor, patient=patient, starts_at=at(9), reason="Canary cough")
    html = page(client_for(MemberFactory(role=role)), "print_day", on=DAY)
    assert ("Canary cough" in html) is sees
    assert patient.name in html
    assert "803 123 4567" in html
    assert doctor.name in html
    empty = page(client_for(MemberFactory(role=role)), "print_day", on=DAY + datetime.timedelta(days=1))
    assert "Nothing is booked on this day." in empty


def test_a_doctor_who_has_left_is_shown_as_long_as_there_are_visits(client_for: Browser) -> None:
    """Sabotage: draw columns for those only who may still be booked."""
    gone = doctor_with_hours()
    visit = AppointmentFactory(doctor=gone, starts_at=at(9))
    gone.member.status = "inactive"
    gone.member.save(update_fields=["status"])
    assert shown(page(client_for(MemberFactory()), view="day", on=DAY)) == [str(visit.pk)]


def test_a_time_chosen_in_the_calendar_is_filled_in_when_booking(client_for: Browser) -> None:
    doctor, patient, desk = doctor_with_hours(), PatientFactory(), client_for(MemberFactory())
    day = timezone.localdate() + datetime.timedelta(days=1)
    asked = {"patient": patient.pk, "doctor": doctor.pk, "from": day, "on": day}
    offered = page(desk, "book_appointment", at=f"{day}T09:00", **asked)
    assert f'value="{at(9, day=day).astimezone(datetime.UTC).isoformat()}" required checked' in offered
    assert f'value="{day}T09:05"' in page(desk, "book_appointment", at=f"{day}T09:05", **asked)


def test_a_patient_gets_no_dialog_of_the_desks(client_for: Browser) -> None:
    visit = AppointmentFactory(doctor=doctor_with_hours(), starts_at=at(9))
    address = reverse("scheduling:reschedule_appointment", args=[visit.pk])
    htmx = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "calendar-form"}
    answer = client_for(visit.patient.member).get(address, **htmx)
    assert answer.status_code == 200
    assert "calendar-fragment" not in answer.content.decode()
