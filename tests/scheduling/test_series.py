"""Visits that come again: shown with their clashes, booked, moved and called off together."""

import datetime
from collections.abc import Callable
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, connection
from django.urls import reverse
from django.utils import timezone

from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, AppointmentSeries, ClosingDay, Status
from scheduling.models.slots import ANY, Terms
from scheduling.services.plans import SeriesRefused, plan_visits, shifted, weekly
from scheduling.services.series import rest_of
from tests.scheduling.factories import (
    AppointmentFactory,
    ExceptionFactory,
    MemberFactory,
    PatientFactory,
    doctor_with_hours,
    free_times,
)

Browser = Callable[..., Any]
WEEK, HOUR = datetime.timedelta(weeks=1), datetime.timedelta(hours=1)


def a_monday_at_ten(weeks: int = 1) -> datetime.datetime:
    """Ten o'clock of a Monday to come, on the clinic's clocks."""
    today = timezone.localdate()
    monday = today - datetime.timedelta(days=today.weekday()) + WEEK * weeks
    return timezone.make_aware(datetime.datetime.combine(monday, datetime.time(10)))


def six(doctor: Any, patient: Any = None, **facts: Any) -> AppointmentSeries:
    """Six visits, a week apart."""
    first = facts.pop("first", a_monday_at_ten())
    return services.book_series(
        by=None,
        doctor=doctor,
        patient=patient or PatientFactory(),
        every_weeks=1,
        times=dict(enumerate(weekly(first, 1, 6))),
        **facts,
    )


def in_order(series: AppointmentSeries) -> list[Appointment]:
    return list(series.appointments.exclude(status=Status.RESCHEDULED).order_by("starts_at"))


@pytest.mark.django_db
def test_every_date_is_shown_with_what_is_in_its_way_and_a_proposal() -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    wanted = weekly(a_monday_at_ten(), 1, 6)
    AppointmentFactory(doctor=doctor, starts_at=wanted[1])
    ExceptionFactory(doctor=doctor, starts_at=wanted[2] - HOUR, ends_at=wanted[2] + HOUR)
    ClosingDay.objects.create(
        name="Staff day", first_day=wanted[3].date(), last_day=wanted[3].date(), kind=ClosingDay.Kind.CLOSING
    )
    AppointmentFactory(patient=patient, starts_at=wanted[4])
    plan = plan_visits(doctor, patient, wanted, ANY)
    assert [str(planned.why) for planned in plan] == [
        "",
        "The doctor has another visit then.",
        "The doctor is on leave.",
        "The clinic is closed: Staff day",
        "The patient has another visit then.",
        "",
    ]
    for planned in plan:
        if planned.is_free:
            assert planned.proposals == ()
            continue
        nearest = planned.proposals[0]
        assert nearest.starts_at != planned.wanted
        assert timezone.localdate(nearest.starts_at).isocalendar()[:2] == planned.wanted.isocalendar()[:2]
    assert timezone.localtime(plan[1].proposals[0].starts_at).hour in (9, 10)
    assert timezone.localdate(plan[3].proposals[0].starts_at) == wanted[3].date() + datetime.timedelta(days=1)


@pytest.mark.django_db
def test_outside_the_hours_in_the_past_and_years_ahead_are_said_so() -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    night = a_monday_at_ten().replace(hour=2)
    wanted = [timezone.now() - WEEK, night, night + WEEK * 60]
    reasons = [str(planned.why) for planned in plan_visits(doctor, patient, wanted, ANY)]
    assert ["passed" in reasons[0], "does not work" in reasons[1], "a year ahead" in reasons[2]] == [True] * 3


@pytest.mark.django_db
def test_the_plan_takes_as_many_statements_for_two_dates_as_for_fifty(django_assert_num_queries: Any) -> None:
    doctor, patient = doctor_with_hours(), PatientFactory()
    for visits in (2, 50):
        with django_assert_num_queries(5):
            plan_visits(doctor, patient, weekly(a_monday_at_ten(), 1, visits), ANY)


@pytest.mark.django_db
def test_a_series_keeps_its_time_of_day_across_a_change_of_clocks(beta: Any) -> None:
    dublin = ZoneInfo("Europe/Dublin")
    with timezone.override(dublin), time_machine.travel("2027-03-15T08:00+00:00", tick=False):
        first = datetime.datetime(2027, 3, 22, 10, tzinfo=dublin)
        hours = [timezone.localtime(moment).hour for moment in weekly(first, 1, 4)]
        assert hours == [10] * 4
        missing = datetime.datetime(2027, 3, 21, 1, 30, tzinfo=dublin)
        (_fine, gap) = plan_visits(doctor_with_hours(), PatientFactory(), weekly(missing, 1, 2), ANY)
        assert "clocks are changed" in gap.why


@pytest.mark.django_db
def test_all_the_visits_are_booked_with_one_message() -> None:
    doctor = doctor_with_hours()
    series = six(doctor, reason="Physiotherapy")
    visits = in_order(series)
    assert [visit.status for visit in visits] == [Status.BOOKED] * 6
    assert {later.starts_at - visit.starts_at for visit, later in pairwise(visits)} == {WEEK}
    (letter,) = OutboxMessage.objects.all()
    assert letter.kind == "series_booked"
    assert letter.body.count("/visit/") == 6
    assert "Physiotherapy" not in letter.body


@pytest.mark.django_db
def test_one_clash_and_nothing_is_stored() -> None:
    doctor, first = doctor_with_hours(), a_monday_at_ten()
    AppointmentFactory(doctor=doctor, starts_at=first + WEEK * 2)
    with pytest.raises(SeriesRefused) as refusal:
        six(doctor, first=first)
    assert set(refusal.value.refused) == {2}
    assert Appointment.objects.count() == 1
    assert not AppointmentSeries.objects.exists()
    assert not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_a_series_of_one_is_none() -> None:
    first = a_monday_at_ten()
    with pytest.raises(Refusal, match="two visits at least"):
        services.book_series(
            by=None,
            doctor=doctor_with_hours(),
            patient=PatientFactory(),
            every_weeks=1,
            times={0: first, 1: None},
        )


@pytest.mark.django_db
def test_no_visit_belongs_to_a_series_of_another_patient() -> None:
    series = six(doctor_with_hours())
    AppointmentFactory(series=series)
    with pytest.raises(IntegrityError, match="appointment_series_patient"), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.django_db
def test_one_visit_is_moved_and_stays_in_its_series() -> None:
    doctor = doctor_with_hours()
    series = six(doctor)
    third = in_order(series)[2]
    services.reschedule_appointment(third, by=None, starts_at=third.starts_at + HOUR)
    hours = [timezone.localtime(visit.starts_at).hour for visit in in_order(series)]
    assert hours == [10, 10, 11, 10, 10, 10]


@pytest.mark.django_db
@pytest.mark.parametrize("by", [datetime.timedelta(days=1, hours=2), WEEK, -HOUR / 2], ids=str)
def test_the_rest_moves_by_the_same_shift_even_into_each_others_places(by: datetime.timedelta) -> None:
    doctor = doctor_with_hours()
    series = six(doctor)
    OutboxMessage.objects.all().delete()
    before = in_order(series)
    rest = rest_of(before[2])
    times = {visit.pk: shifted(visit.starts_at, by) for visit in rest}
    leaving = tuple(times)
    plan = plan_visits(doctor, series.patient, times.values(), Terms(leaving=leaving))
    assert all(planned.is_free for planned in plan)
    services.move_series(before[2], by=None, times=times)
    after = in_order(series)
    assert [visit.starts_at for visit in after[:2]] == [visit.starts_at for visit in before[:2]]
    assert [visit.starts_at for visit in after[2:]] == [visit.starts_at + by for visit in before[2:]]
    (letter,) = OutboxMessage.objects.all()
    assert (letter.kind, letter.body.count("/visit/")) == ("series_moved", 4)


@pytest.mark.django_db
def test_the_rest_moves_whole_or_not_at_all_and_a_visit_may_stay() -> None:
    doctor = doctor_with_hours()
    series = six(doctor)
    visits = in_order(series)
    AppointmentFactory(doctor=doctor, starts_at=visits[4].starts_at + HOUR)
    times: dict[Any, Any] = {visit.pk: visit.starts_at + HOUR for visit in visits}
    with pytest.raises(SeriesRefused) as refusal:
        services.move_series(visits[0], by=None, times=times)
    assert set(refusal.value.refused) == {visits[4].pk}
    assert [visit.starts_at for visit in in_order(series)] == [visit.starts_at for visit in visits]
    services.move_series(visits[0], by=None, times={**times, visits[4].pk: None})
    hours = [timezone.localtime(visit.starts_at).hour for visit in in_order(series)]
    assert hours == [11, 11, 11, 11, 10, 11]


@pytest.mark.django_db
def test_the_rest_is_called_off_with_one_message() -> None:
    series = six(doctor_with_hours())
    OutboxMessage.objects.all().delete()
    visits = in_order(series)
    services.cancel_series(visits[2], by=None, reason="Moved away")
    assert [visit.status for visit in in_order(series)] == [Status.BOOKED] * 2 + [Status.CANCELLED] * 4
    (letter,) = OutboxMessage.objects.all()
    assert letter.kind == "series_cancelled"


def test_of_two_series_for_one_doctor_one_is_stored_whole(race: Callable[..., Any]) -> None:
    doctor, patients, first = doctor_with_hours(), PatientFactory.create_batch(6), a_monday_at_ten()
    results = race(6, lambda number: six(doctor, patients[number], first=first))
    winners = [result for result in results if isinstance(result, AppointmentSeries)]
    assert len(winners) == 1
    assert all(isinstance(result, SeriesRefused) for result in results if result not in winners)
    assert Appointment.objects.count() == 6
    assert {visit.series_id for visit in Appointment.objects.all()} == {winners[0].pk}


def test_series_that_cross_in_any_order_never_wait_for_ever(race: Callable[..., Any]) -> None:
    """Sabotage: without the queue of book_series and the order of times there are deadlocks."""
    doctor, patients, first = doctor_with_hours(), PatientFactory.create_batch(8), a_monday_at_ten()

    def act(number: int) -> Any:
        moments = weekly(first, 1, 6)
        wanted = dict(enumerate(reversed(moments) if number % 2 else moments))
        return services.book_series(
            by=None, doctor=doctor, patient=patients[number], every_weeks=1, times=wanted
        )

    results = race(8, act)
    assert {type(result) for result in results} == {AppointmentSeries, SeriesRefused}
    assert Appointment.objects.count() == 6


@pytest.mark.django_db
def test_the_desk_repeats_a_visit_sees_the_clashes_and_books(client_for: Browser) -> None:
    doctor, patient, first = doctor_with_hours(), PatientFactory(), a_monday_at_ten()
    AppointmentFactory(doctor=doctor, starts_at=first + WEEK)
    desk = client_for(MemberFactory())
    book = reverse("scheduling:book_appointment")
    data = {"patient": patient.pk, "doctor": doctor.pk, "starts_at": first.isoformat(), "reason": "Back pain"}
    wrong = desk.send(book, {**data, "repeat": "1", "every_weeks": "1", "visits": "99"})
    assert "less than or equal to 52" in wrong.content.decode()
    sent = desk.send(book, {**data, "repeat": "1", "every_weeks": "1", "visits": "3"})
    assert "Back" not in sent["Location"]
    page = desk.get(sent["Location"]).content.decode()
    assert "Back pain" in page
    assert "One date is not possible as planned" in page
    assert "The doctor has another visit then." in page
    (proposal,) = plan_visits(doctor, patient, [first + WEEK], ANY)[0].proposals[:1]
    choices = {
        "choice_0": first.isoformat(),
        "choice_1": proposal.starts_at.isoformat(),
        "choice_2": "other",
        "reason": "Back pain",
    }
    missing = desk.send(sent["Location"], choices).content.decode()
    assert "Say which other time." in missing
    other = timezone.localtime(first + WEEK * 2) + HOUR / 6
    done = desk.send(sent["Location"], {**choices, "other_2": f"{other:%Y-%m-%dT%H:%M}"})
    series = AppointmentSeries.objects.get()
    assert done["Location"] == reverse("scheduling:series", args=[series.pk])
    assert [visit.starts_at for visit in in_order(series)] == [first, proposal.starts_at, other]
    assert {visit.reason for visit in in_order(series)} == {"Back pain"}
    assert desk.get(done["Location"]).status_code == 200


@pytest.mark.django_db
def test_what_was_taken_meanwhile_is_said_beside_its_date_and_the_rest_is_kept(client_for: Browser) -> None:
    doctor, patient, first = doctor_with_hours(), PatientFactory(), a_monday_at_ten()
    asked = {
        "patient": patient.pk,
        "doctor": doctor.pk,
        "at": first.isoformat(),
        "every_weeks": 1,
        "visits": 3,
    }
    address = f"{reverse('scheduling:book_series')}?{urlencode(asked)}"
    choices = {f"choice_{number}": (first + WEEK * number).isoformat() for number in range(2)}
    AppointmentFactory(doctor=doctor, starts_at=first + WEEK)
    page = client_for(MemberFactory()).send(address, {**choices, "choice_2": "skip", "reason": "Back pain"})
    text = page.content.decode()
    assert "Nothing is stored yet" in text
    assert "This time is not free any more" in text
    assert 'name="choice_2" value="skip" checked' in text
    assert "Back pain" in text
    assert not AppointmentSeries.objects.exists()


@pytest.mark.django_db
def test_the_desk_moves_and_cancels_the_rest_of_a_series(client_for: Browser) -> None:
    doctor = doctor_with_hours()
    series = six(doctor)
    desk, visits = client_for(MemberFactory()), in_order(series)
    move = reverse("scheduling:reschedule_appointment", args=[visits[1].pk])
    assert "Move this and 4 following" in desk.get(move).content.decode()
    at = (visits[1].starts_at + datetime.timedelta(days=1)).isoformat()
    sent = desk.send(move, {"doctor": doctor.pk, "starts_at": at, "following": "1"})
    page = desk.get(sent["Location"]).content.decode()
    assert page.count("As planned") == page.count("datetime-local") == 5
    choices = {
        f"choice_{visit.pk}": (visit.starts_at + datetime.timedelta(days=1)).isoformat()
        for visit in visits[1:]
    }
    assert desk.send(sent["Location"], choices).status_code == 302
    days = [timezone.localtime(visit.starts_at).isoweekday() for visit in in_order(series)]
    assert days == [1, 2, 2, 2, 2, 2]
    second = in_order(series)[1]
    cancel = reverse("scheduling:cancel_appointment", args=[second.pk])
    assert "Cancel this and the following visits" in desk.get(cancel).content.decode()
    assert desk.send(reverse("scheduling:cancel_series", args=[second.pk])).status_code == 302
    assert [visit.status for visit in in_order(series)] == [Status.BOOKED] + [Status.CANCELLED] * 5


@pytest.mark.django_db
def test_an_address_that_names_nobody_leads_back_to_booking(client_for: Browser) -> None:
    desk = client_for(MemberFactory())
    for query in ("", "?patient=x", f"?patient={PatientFactory().pk}&at=never"):
        answer = desk.get(reverse("scheduling:book_series") + query)
        assert answer["Location"] == reverse("scheduling:book_appointment")
    visit = services.book_appointment(
        by=None,
        doctor=(doctor := doctor_with_hours()),
        patient=PatientFactory(),
        starts_at=free_times(doctor)[0].starts_at,
    )
    for name in ("move_series", "cancel_series"):
        assert desk.get(reverse(f"scheduling:{name}", args=[visit.pk])).status_code == 302
