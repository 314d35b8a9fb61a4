"""Leave and re-booking while others book, answer and settle at the same moment, on real connections."""

import datetime
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from scheduling import services
from scheduling.models import (
    HOLDING,
    Appointment,
    BookingPolicy,
    ClosingDay,
    Slot,
    Status,
    WaitingListEntry,
)
from scheduling.services.alternatives import rebookings
from scheduling.services.leave import Choice
from tests.scheduling.factories import PatientFactory, doctor_with_hours, free_times

Race = Callable[..., list[Any]]
DAY = datetime.timedelta(days=1)


def day_of(doctor: Any) -> list[Slot]:
    """The doctor's free times of one day to come."""
    day = timezone.localdate() + 3 * DAY
    return [slot for slot in free_times(doctor) if timezone.localdate(slot.starts_at) == day]


def book(doctor: Any, slot: Slot, patient: Any) -> Appointment:
    """A visit at this time."""
    return services.book_appointment(
        by=None, doctor=doctor, patient=patient, starts_at=slot.starts_at, tell=False
    )


def leave(doctor: Any, slot: Slot) -> Any:
    """The doctor is away on the day of this time."""
    starts = timezone.localtime(slot.starts_at).replace(hour=0, minute=0)
    return services.add_availability_exception(
        by=None, doctor=doctor, kind="leave", starts_at=starts, ends_at=starts + DAY
    )


def proposals() -> dict[Any, Choice]:
    """What the page proposes for each visit in the way."""
    rows = rebookings(list(Appointment.objects.stranded().with_people()))
    return {
        row.visit.pk: Choice(row.proposal.doctor.pk, row.proposal.slot.starts_at)
        for row in rows
        if row.proposal
    }


def test_two_who_move_all_at_once_move_each_visit_once_and_send_one_message(race: Race) -> None:
    doctor = doctor_with_hours()
    free = day_of(doctor)
    for slot in free[:12]:
        book(doctor, slot, PatientFactory())
    leave(doctor, free[0])
    choices = proposals()
    answers = race(2, lambda _number: services.move_stranded_visits(by=None, choices=choices))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sorted(len(answer.changes) for answer in answers) == [0, 12]
    assert sorted(len(answer.refused) for answer in answers) == [0, 12]
    assert Counter(Appointment.objects.values_list("status", flat=True)) == {
        Status.RESCHEDULED: 12,
        Status.BOOKED: 12,
    }
    assert OutboxMessage.objects.count() == 12


def test_one_moves_while_another_cancels_and_each_visit_has_one_fate(race: Race) -> None:
    doctor = doctor_with_hours()
    free = day_of(doctor)
    for slot in free[:8]:
        book(doctor, slot, PatientFactory())
    leave(doctor, free[0])
    choices = proposals()

    def settle(number: int) -> Any:
        if number:
            return services.move_stranded_visits(by=None, choices=choices)
        return services.cancel_stranded_visits(by=None, visits=list(choices))

    answers = race(2, settle)
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sum(len(answer.changes) for answer in answers) == 8
    assert not Appointment.objects.stranded().exists()
    assert OutboxMessage.objects.count() == 8


def test_what_is_booked_while_leave_is_entered_is_listed_or_refused(race: Race) -> None:
    doctor = doctor_with_hours()
    free = day_of(doctor)
    patients = [PatientFactory() for _number in range(6)]

    def act(number: int) -> Any:
        return leave(doctor, free[0]) if number == 6 else book(doctor, free[number], patients[number])

    answers = race(7, act)
    failed = [answer for answer in answers if isinstance(answer, Exception)]
    assert all(isinstance(problem, Refusal) for problem in failed), failed
    held = Appointment.objects.filter(status__in=HOLDING)
    assert set(held) == set(Appointment.objects.stranded())


def test_a_time_is_not_moved_to_while_somebody_else_books_it(race: Race) -> None:
    doctor = doctor_with_hours()
    free = day_of(doctor)
    book(doctor, free[0], PatientFactory())
    leave(doctor, free[0])
    choices = proposals()
    (choice,) = choices.values()
    patient = PatientFactory()

    def act(number: int) -> Any:
        if number:
            return services.move_stranded_visits(by=None, choices=choices)
        return services.book_appointment(by=None, doctor=doctor, patient=patient, starts_at=choice.starts_at)

    booked, moved = race(2, act)
    winners = (not isinstance(booked, Exception)) + len(moved.changes)
    assert winners == 1
    assert len(moved.changes) + len(moved.refused) == 1
    assert Appointment.objects.holding().filter(starts_at=choice.starts_at).count() == 1


def test_an_offer_in_the_way_is_accepted_or_withdrawn_and_never_both(race: Race) -> None:
    doctor = doctor_with_hours()
    wish = services.join_waiting_list(by=None, patient=PatientFactory(), doctor=doctor)
    offer = wish.appointment
    slot = Slot(doctor.pk, offer.starts_at, offer.ends_at)

    def act(number: int) -> Any:
        return leave(doctor, slot) if number else services.accept_offer(offer, by=None)

    accepted, _entered = race(2, act)
    offer.refresh_from_db()
    wish = WaitingListEntry.objects.get()
    if isinstance(accepted, Refusal):
        assert offer.status == Status.CANCELLED
        assert wish.appointment_id != offer.pk
    else:
        assert (offer.status, wish.status) == (Status.BOOKED, "booked")
        assert list(Appointment.objects.stranded()) == [offer]


def test_two_who_set_the_first_rules_at_once_write_one_row(race: Race) -> None:
    answers = race(4, lambda number: services.update_booking_policy(by=None, horizon_days=30 + number))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert BookingPolicy.objects.count() == 1


def test_two_who_switch_the_holidays_on_at_once_enter_each_day_once(race: Race) -> None:
    answers = race(3, lambda _number: services.close_on_public_holidays(by=None))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    days = list(ClosingDay.objects.values_list("first_day", flat=True))
    assert len(days) == len(set(days)) > 20
