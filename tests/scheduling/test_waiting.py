"""The waiting list: who is asked, when, for how long, and what becomes of the answer."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.members.models import Member
from clinic.db.current import connection
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import Appointment, BookingPolicy, Status, WaitingListEntry, free_slots
from tenants.models import Organization
from tests.scheduling.factories import (
    AppointmentFactory,
    DoctorFactory,
    MemberFactory,
    PatientFactory,
    RuleFactory,
    doctor_with_hours,
    free_times,
)
from tests.scheduling.waiting import HOUR, full_day, offer_of, tomorrow, wish

pytestmark = pytest.mark.django_db
Wish = WaitingListEntry
MINUTE = datetime.timedelta(minutes=1)


def cancel(visit: Appointment) -> None:
    services.cancel_appointment(visit, by=MemberFactory())


def lapse(offer: Appointment) -> None:
    """Let the offer's deadline pass, and the worker come round."""
    assert offer.held_until is not None
    with time_machine.travel(offer.held_until + MINUTE, tick=False):
        services.let_hold_go(offer)


def mails(kind: str) -> list[str]:
    return list(OutboxMessage.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_a_freed_time_is_offered_to_who_waits_for_it_and_told_by_mail() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    assert offer_of(entry) is None
    cancel(visits[3])
    offer = offer_of(entry)
    assert offer is not None
    assert (offer.starts_at, offer.status, offer.patient) == (
        visits[3].starts_at,
        Status.PROPOSED,
        entry.patient,
    )
    assert mails("time_offered") == [entry.patient.member.email]


def test_who_is_asked_first_is_decided_by_priority_and_then_by_waiting_time() -> None:
    doctor, visits = full_day()
    ordinary = wish(doctor=doctor)
    urgent = wish(doctor=doctor, priority=Wish.Priority.URGENT)
    first = wish(doctor=doctor, priority=Wish.Priority.ASAP)
    second = wish(doctor=doctor, priority=Wish.Priority.ASAP)
    for visit, expected in zip(visits, (first, second, urgent, ordinary), strict=False):
        cancel(visit)
        offer = offer_of(expected)
        assert offer is not None
        assert offer.starts_at == visit.starts_at


def test_an_offered_time_is_nobody_elses_until_the_deadline_and_then_the_next_ones() -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(first)
    assert offer is not None
    policy = BookingPolicy.objects.current()
    kept = offer.held_until - timezone.now() if offer.held_until else None
    assert kept is not None
    assert abs(kept - policy.offer_minutes * MINUTE) < MINUTE
    assert free_slots([doctor.pk], tomorrow(), tomorrow()) == []
    with pytest.raises(Refusal):
        services.book_appointment(
            by=MemberFactory(), doctor=doctor, patient=PatientFactory(), starts_at=offer.starts_at
        )
    with pytest.raises(Refusal):
        services.let_hold_go(offer)
    assert offer_of(second) is None
    lapse(offer)
    assert offer_of(first) is None
    inherited = offer_of(second)
    assert inherited is not None
    assert inherited.starts_at == offer.starts_at
    assert first.status == Wish.Status.WAITLIST


def test_the_worker_lets_lapsed_offers_go() -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(first)
    assert offer is not None
    assert offer.held_until is not None
    with time_machine.travel(offer.held_until + MINUTE, tick=False):
        for overdue in Appointment.objects.overdue_holds():
            services.let_hold_go(overdue)
    assert offer_of(second) is not None


def test_an_offer_is_not_kept_beyond_the_visits_start() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    with time_machine.travel(visits[0].starts_at - HOUR, tick=False):
        cancel(visits[0])
        offer = offer_of(entry)
    assert offer is not None
    assert offer.held_until == visits[0].starts_at


def test_a_time_that_begins_in_a_moment_is_offered_to_nobody() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    with time_machine.travel(visits[0].starts_at - 20 * MINUTE, tick=False):
        cancel(visits[0])
    assert offer_of(entry) is None


def test_accepting_books_the_visit_and_settles_the_wish() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    booked = services.accept_offer(offer, by=None)
    entry.refresh_from_db()
    assert (booked.status, booked.held_until) == (Status.BOOKED, None)
    assert booked.patient_confirmed_at is not None
    assert (entry.status, entry.appointment) == (Wish.Status.BOOKED, booked)
    assert mails("appointment_booked")[-1:] == [entry.patient.member.email]
    with pytest.raises(Refusal):
        services.accept_offer(offer, by=None)


def test_the_desk_accepts_for_who_says_yes_on_the_phone() -> None:
    doctor, visits = full_day()
    entry, desk = wish(doctor=doctor), MemberFactory()
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    booked = services.accept_offer(offer, by=desk)
    assert (booked.confirmed_by, booked.patient_confirmed_at) == (desk, None)


def test_an_offer_cannot_be_accepted_after_its_deadline() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    assert offer.held_until is not None
    with time_machine.travel(offer.held_until, tick=False), pytest.raises(Refusal, match="kept until"):
        services.accept_offer(offer, by=None)
    assert offer_of(entry) == offer


def test_declining_passes_the_time_on_and_keeps_the_place() -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(first)
    assert offer is not None
    services.decline_offer(offer, by=None)
    inherited = offer_of(second)
    assert inherited is not None
    assert inherited.starts_at == visits[0].starts_at
    cancel(visits[1])
    other = offer_of(first)
    assert other is not None
    assert other.starts_at == visits[1].starts_at
    assert first.lapsed_offers == 0


def test_the_same_time_is_never_offered_to_the_same_person_twice() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    services.decline_offer(offer, by=None)
    services.serve_waiting_list()
    assert offer_of(entry) is None
    assert [slot.starts_at for slot in free_slots([doctor.pk], tomorrow(), tomorrow())] == [
        visits[0].starts_at
    ]
    services.leave_waiting_list(entry, by=None)
    again = wish(doctor=doctor, patient=entry.patient)
    assert offer_of(again) is None


def test_an_offer_the_clinic_takes_back_is_told_and_keeps_the_place() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    services.withdraw_offer(offer, by=MemberFactory())
    assert offer_of(entry) is None
    assert (entry.status, entry.lapsed_offers) == (Wish.Status.WAITLIST, 0)
    assert mails("offer_withdrawn") == [entry.patient.member.email]


def test_who_never_answers_is_asked_three_times_and_then_told() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    for number, visit in enumerate(visits[10:13], 1):
        cancel(visit)
        offer = offer_of(entry)
        assert offer is not None
        lapse(offer)
        entry.refresh_from_db()
        assert entry.lapsed_offers == number
        assert entry.status == (Wish.Status.WAITLIST if number < 3 else Wish.Status.CANCELLED)
        assert len(mails("wish_ended")) == (number == 3)
    body = OutboxMessage.objects.get(kind="wish_ended").body
    assert "none of the offers was answered" in body
    cancel(visits[13])
    assert offer_of(entry) is None


def test_an_offer_cut_short_by_the_visits_start_is_held_against_nobody() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    with time_machine.travel(visits[0].starts_at - HOUR, tick=False):
        cancel(visits[0])
        offer = offer_of(entry)
    assert offer is not None
    lapse(offer)
    entry.refresh_from_db()
    assert (entry.status, entry.lapsed_offers) == (Wish.Status.WAITLIST, 0)


def test_leaving_the_list_passes_on_what_was_offered() -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    cancel(visits[0])
    services.leave_waiting_list(first, by=None)
    assert (offer_of(first), first.status) == (None, Wish.Status.CANCELLED)
    inherited = offer_of(second)
    assert inherited is not None
    assert inherited.starts_at == visits[0].starts_at
    with pytest.raises(Refusal):
        services.leave_waiting_list(first, by=None)


def test_a_wish_that_was_fulfilled_cannot_be_left() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    booked = services.accept_offer(offer, by=None)
    with pytest.raises(Refusal):
        services.leave_waiting_list(entry, by=None)
    booked.refresh_from_db()
    assert booked.status == Status.BOOKED


def test_a_time_that_is_free_already_is_offered_at_once() -> None:
    doctor = doctor_with_hours()
    offer = offer_of(wish(doctor=doctor))
    assert offer is not None
    assert timezone.localtime(offer.starts_at).time() == datetime.time(8)


FITS: list[tuple[dict[str, Any], int | None]] = [
    # What is wished for, and which of the day's twenty half hours from eight on is the first to suit.
    ({}, 0),
    ({"earliest_time": datetime.time(10)}, 4),
    ({"earliest_time": datetime.time(10, 10)}, 5),
    ({"latest_time": datetime.time(8, 30)}, 0),
    ({"latest_time": datetime.time(8, 29)}, None),
    ({"earliest_time": datetime.time(17, 31)}, None),
    ({"first_day": 2, "last_day": None}, None),
    ({"first_day": 0, "last_day": 0}, None),
]


@pytest.mark.parametrize(("wished", "expected"), FITS)
def test_only_times_on_the_days_and_hours_wished_for_are_offered(
    wished: dict[str, Any], expected: int | None
) -> None:
    doctor, day = DoctorFactory(), tomorrow()
    for name, value in wished.items():
        if isinstance(value, int):
            wished = {**wished, name: timezone.localdate() + datetime.timedelta(days=value)}
    RuleFactory(
        doctor=doctor,
        weekday=day.isoweekday(),
        starts=datetime.time(8),
        ends=datetime.time(18),
        valid_until=day,
    )
    times = free_slots([doctor.pk], day, day)
    offer = offer_of(wish(doctor=doctor, **wished))
    assert (offer and offer.starts_at) == (None if expected is None else times[expected].starts_at)


def test_only_on_the_days_of_the_week_wished_for() -> None:
    doctor = doctor_with_hours()
    weekday = (timezone.localdate() + datetime.timedelta(days=4)).isoweekday()
    offer = offer_of(wish(doctor=doctor, weekdays=[weekday], last_day=None))
    assert offer is not None
    assert timezone.localtime(offer.starts_at).isoweekday() == weekday


def test_who_waits_for_a_specialisation_is_offered_any_of_its_doctors_and_no_other() -> None:
    _skin, skins = full_day(specialisation="Skin")
    full_day(specialisation="Heart")
    heart, hearts = full_day(specialisation="Heart")
    entry = wish(specialisation="Heart")
    cancel(skins[0])
    assert offer_of(entry) is None
    cancel(hearts[2])
    offer = offer_of(entry)
    assert offer is not None
    assert offer.doctor == heart


def test_a_doctor_whom_patients_may_not_book_is_offered_only_to_who_asked_for_this_one() -> None:
    doctor, visits = full_day(specialisation="Heart", is_bookable=False)
    anybody, this_one = wish(specialisation="Heart"), wish(doctor=doctor)
    cancel(visits[0])
    assert offer_of(anybody) is None
    assert offer_of(this_one) is not None


def test_a_patient_is_not_offered_a_time_at_which_the_patient_is_with_somebody_else() -> None:
    doctor, visits = full_day()
    other, entry = doctor_with_hours(specialisation="Skin"), wish(doctor=doctor)
    services.book_appointment(by=None, doctor=other, patient=entry.patient, starts_at=visits[0].starts_at)
    cancel(visits[0])
    assert offer_of(entry) is None
    cancel(visits[1])
    offer = offer_of(entry)
    assert offer is not None
    assert offer.starts_at == visits[1].starts_at


def test_who_is_no_patient_any_more_is_offered_nothing() -> None:
    doctor, visits = full_day()
    gone, here = wish(doctor=doctor), wish(doctor=doctor)
    Member.objects.filter(pk=gone.patient_id).update(status="inactive")
    cancel(visits[0])
    assert offer_of(gone) is None
    assert offer_of(here) is not None


def test_nobody_stands_on_the_list_twice_for_the_same() -> None:
    doctor, _visits = full_day()
    entry = wish(doctor=doctor)
    for whom in ({"doctor": doctor}, {"doctor": doctor, "specialisation": doctor.specialisation}):
        with pytest.raises(Refusal, match="already waiting"):
            wish(patient=entry.patient, **whom)
    services.leave_waiting_list(entry, by=None)
    assert wish(patient=entry.patient, doctor=doctor).status == Wish.Status.WAITLIST


@pytest.mark.parametrize("name", ["first_day", "last_day"])
def test_nobody_waits_for_years(name: str) -> None:
    doctor = doctor_with_hours()
    far = timezone.localdate() + datetime.timedelta(days=800)
    with pytest.raises(Refusal) as refused:
        wish(doctor=doctor, **{"last_day": None, name: far})
    assert refused.value.field == name
    assert not Wish.objects.exists()


def test_new_hours_and_leave_taken_back_are_offered_by_the_workers_round() -> None:
    doctor = DoctorFactory()
    entry = wish(doctor=doctor)
    assert offer_of(entry) is None
    assert services.make_the_round() == []
    RuleFactory(doctor=doctor, weekday=tomorrow().isoweekday())
    assert [offer.patient for offer in services.make_the_round()] == [entry.patient]
    assert offer_of(entry) is not None
    assert services.make_the_round() == []


def test_the_round_lets_nobody_wait_while_it_searches() -> None:
    """Sabotage: let `make_the_round` be `serve_waiting_list`."""
    doctor, _visits = full_day()
    wish(doctor=doctor)
    with CaptureQueriesContext(connection) as captured:
        assert services.make_the_round() == []
    assert not [query for query in captured if "advisory" in query["sql"]]


def test_every_way_to_free_a_time_offers_it() -> None:
    doctor, visits = full_day()
    desk = MemberFactory()
    entries = [wish(doctor=doctor) for _number in range(3)]
    services.cancel_appointment(visits[0], by=desk)
    assert offer_of(entries[0])
    services.enter_appointment_in_error(visits[1], by=desk)
    assert offer_of(entries[1])
    elsewhere = free_times(doctor)[-1].starts_at
    services.reschedule_appointment(visits[2], by=desk, starts_at=elsewhere)
    assert offer_of(entries[2])


def test_a_clinic_that_takes_no_bookings_offers_nothing_and_accepts_nothing() -> None:
    doctor, visits = full_day()
    first, second = wish(doctor=doctor), wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(first)
    assert offer is not None
    status, connection.tenant.status = connection.tenant.status, Organization.Status.SUSPENDED
    try:
        cancel(visits[1])
        services.serve_waiting_list()
        assert offer_of(second) is None
        with pytest.raises(Refusal):
            services.accept_offer(offer, by=None)
        with pytest.raises(Refusal):
            wish(doctor=doctor)
    finally:
        connection.tenant.status = status


def test_a_wish_whose_last_day_has_passed_ends_and_the_patient_is_told() -> None:
    doctor, _visits = full_day()
    entry, later = wish(doctor=doctor), wish(doctor=doctor, last_day=None)
    with pytest.raises(Refusal):
        services.let_wish_go(entry)
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2), tick=False):
        assert list(Wish.objects.over()) == [entry]
        gone = services.let_wish_go(entry)
    assert gone.status == Wish.Status.CANCELLED
    body = OutboxMessage.objects.get(kind="wish_ended").body
    assert "no time that suited you became free" in body
    later.refresh_from_db()
    assert later.status != Wish.Status.CANCELLED


def test_the_mail_names_no_reason_and_leads_to_the_patients_own_page() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor, note="Needs the lift")
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    body = OutboxMessage.objects.get(kind="time_offered").body
    assert offer.token in body
    assert "lift" not in body


def test_who_has_no_e_mail_is_offered_a_time_all_the_same() -> None:
    doctor, visits = full_day()
    patient = PatientFactory(member__user=None, member__email="")
    entry = wish(doctor=doctor, patient=patient)
    cancel(visits[0])
    assert offer_of(entry) is not None
    assert mails("time_offered") == [""]


@transaction.atomic
def at_once(change: Callable[[], Any]) -> None:
    """Make the change and let the database check what it checks when a transaction ends."""
    change()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_the_database_stores_neither_half_of_an_answer_alone() -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    cancel(visits[0])
    offer = offer_of(entry)
    assert offer is not None
    at_once(offer.refresh_from_db)
    offered = {"status": Status.PROPOSED, "held_until": offer.held_until}
    for half in (
        lambda: AppointmentFactory(**offered),
        lambda: Appointment.objects.filter(pk=offer.pk).update(status=Status.BOOKED, held_until=None),
        lambda: Wish.objects.filter(pk=entry.pk).update(status=Wish.Status.BOOKED),
        lambda: Wish.objects.filter(pk=entry.pk).update(status=Wish.Status.WAITLIST, appointment=None),
    ):
        with pytest.raises(IntegrityError, match="settled together"):
            at_once(half)
