"""Times become free and answers arrive at the same moment. Real connections, real commits."""

from collections.abc import Callable
from itertools import cycle
from typing import Any

import pytest
from django.db import DatabaseError
from django.urls import reverse

from clinic.db.current import connection
from clinic.models import Refusal
from scheduling import services
from scheduling.models import Appointment, Source, Status, WaitingListEntry, free_slots
from scheduling.services import waiting
from tests.scheduling.factories import MemberFactory, PatientFactory, doctor_with_hours, free_times
from tests.scheduling.test_races import overlaps
from tests.scheduling.waiting import fill, full_day, offer_of, tomorrow, wish

Race = Callable[[int, Callable[[int], Any]], list[Any]]
Wish = WaitingListEntry


def offers() -> list[Appointment]:
    return list(Appointment.objects.filter(status=Status.PROPOSED).order_by("starts_at"))


def check(results: list[Any], visits: list[Appointment]) -> None:
    """Nothing went wrong but refusals, and each of the day's times has one holder at most."""
    assert {type(result) for result in results} <= {Appointment, Wish, Refusal, list}
    assert overlaps() == 0
    held = Appointment.objects.holding().filter(doctor=visits[0].doctor)
    times = list(held.values_list("starts_at", flat=True))
    assert len(times) == len(set(times))
    holders = [offer.patient_id for offer in offers()]
    assert len(holders) == len(set(holders))
    for offer in offers():
        assert (offer.wish.status, offer.wish.patient_id) == (Wish.Status.PROPOSED, offer.patient_id)


def test_a_full_day_cancelled_at_once_is_offered_to_thirty_who_wait_each_time_to_one(race: Race) -> None:
    doctor, visits = full_day()
    entries = [wish(doctor=doctor, priority=1 + number % 3) for number in range(30)]
    desk = MemberFactory()
    check(race(len(visits), lambda number: services.cancel_appointment(visits[number], by=desk)), visits)
    # Every time is offered, and to the first twenty by priority, then by waiting time.
    assert [offer.starts_at for offer in offers()] == [visit.starts_at for visit in visits]
    in_turn = sorted(entries, key=lambda entry: (entry.priority, entry.created_at))[: len(visits)]
    assert {offer.patient_id for offer in offers()} == {entry.patient_id for entry in in_turn}

    answers = cycle([services.accept_offer, services.decline_offer, services.decline_offer])
    rounds = 0
    while offered := offers():
        rounds += 1
        answer = [next(answers) for _offer in offered]

        def reply(number: int, offered: Any = offered, answer: Any = answer) -> Any:
            # One more than there are offers: the worker comes round meanwhile.
            if number == len(offered):
                return services.serve_waiting_list()
            return answer[number](offered[number], by=None)

        check(race(len(offered) + 1, reply), visits)
        assert rounds < 100
    # Each time is booked, or free and nobody is left who has not had the choice of it.
    free = [slot.starts_at for slot in free_slots([doctor.pk], tomorrow(), tomorrow())]
    booked = Appointment.objects.filter(doctor=doctor, status=Status.BOOKED)
    assert len(free) + booked.count() == len(visits)
    left = Wish.objects.filter(status=Wish.Status.WAITLIST)
    assert left.count() + booked.count() == len(entries)
    for entry in left:
        had = Appointment.objects.filter(patient=entry.patient_id, source=Source.WAITLIST)
        assert set(free) <= set(had.values_list("starts_at", flat=True))
    # And nobody was asked twice about the same time.
    told = list(Appointment.objects.filter(source=Source.WAITLIST).values_list("patient_id", "starts_at"))
    assert len(told) == len(set(told))
    assert booked.count() >= 10


def test_of_eight_who_accept_one_offer_one_does(race: Race) -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    offer = offer_of(entry)
    assert offer is not None
    results = race(8, lambda _number: services.accept_offer(offer, by=None))
    assert sorted(type(result).__name__ for result in results) == ["Appointment", *["Refusal"] * 7]
    entry.refresh_from_db()
    assert entry.status == Wish.Status.BOOKED


def test_of_all_answers_to_one_offer_one_counts_and_none_waits_for_ever(race: Race) -> None:
    """Sabotage: let leaving lock the wish before the visit, and it meets accepting in a deadlock."""
    doctor, visits = full_day()
    for visit in visits[:6]:
        entry, second = wish(doctor=doctor), wish(doctor=doctor)
        services.cancel_appointment(visit, by=MemberFactory())
        offer = offer_of(entry)
        assert offer is not None
        acts = [
            lambda offer=offer: services.accept_offer(offer, by=None),
            lambda offer=offer: services.decline_offer(offer, by=None),
            lambda entry=entry: services.leave_waiting_list(entry, by=None),
            lambda offer=offer: services.withdraw_offer(offer, by=None),
        ]
        results = race(8, lambda number, acts=acts: acts[number % 4]())
        check(results, visits)
        offer.refresh_from_db()
        assert offer.status in (Status.BOOKED, Status.CANCELLED)
        if offer.status == Status.CANCELLED:
            assert offer_of(second) is not None
        for left in Wish.objects.open():
            services.leave_waiting_list(left, by=None)


def test_those_who_wait_for_each_others_times_do_not_deadlock(race: Race) -> None:
    """Sabotage: let `cancel_appointment` lock its visit before it takes its turn."""
    one, other = doctor_with_hours(specialisation="Skin"), doctor_with_hours(specialisation="Heart")
    mine, theirs = fill(one), fill(other)
    for visit, doctor in [*((visit, other) for visit in mine), *((visit, one) for visit in theirs)]:
        wish(patient=visit.patient, doctor=doctor)
    visits, desk = [pair for both in zip(mine, theirs, strict=True) for pair in both][:24], MemberFactory()
    results = race(24, lambda number: services.cancel_appointment(visits[number], by=desk))
    check(results, mine)
    assert all(isinstance(result, Appointment) for result in results)
    # Nothing that somebody wants was left lying.
    assert services.serve_waiting_list() == []


def test_moving_and_cancelling_at_once_leaves_no_time_that_somebody_wants(race: Race) -> None:
    doctor, visits = full_day()
    for _number in range(10):
        wish(doctor=doctor)
    later, desk = free_times(doctor)[-10:], MemberFactory()

    def act(number: int) -> Any:
        if number % 2:
            return services.cancel_appointment(visits[number], by=desk)
        return services.reschedule_appointment(
            visits[number], by=desk, starts_at=later[number // 2].starts_at
        )

    results = race(10, act)
    check(results, visits)
    assert all(isinstance(result, Appointment) for result in results)
    assert {offer.starts_at for offer in offers()} == {visit.starts_at for visit in visits[:10]}


def test_joining_while_a_time_becomes_free_misses_nothing(race: Race) -> None:
    doctor, visits = full_day()
    patients, desk = PatientFactory.create_batch(6), MemberFactory()

    def act(number: int) -> Any:
        if number % 2:
            return services.cancel_appointment(visits[number], by=desk)
        return wish(doctor=doctor, patient=patients[number // 2])

    check(race(6, act), visits)
    assert len(offers()) == 3
    assert services.serve_waiting_list() == []


def test_nobody_joins_twice_by_pressing_twice(race: Race) -> None:
    doctor, _visits = full_day()
    patient = PatientFactory()
    results = race(8, lambda _number: wish(doctor=doctor, patient=patient))
    assert sorted(type(result).__name__ for result in results) == ["Refusal"] * 7 + ["WaitingListEntry"]


def test_a_server_that_dies_between_the_halves_of_an_answer_stores_neither(
    race: Race, monkeypatch: pytest.MonkeyPatch
) -> None:
    doctor, visits = full_day()
    entry = wish(doctor=doctor)
    services.cancel_appointment(visits[0], by=MemberFactory())
    offer = offer_of(entry)
    assert offer is not None

    def die(_appointment: Appointment) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    with monkeypatch.context() as patch:
        patch.setattr(waiting, "_wish_of", die)
        (result,) = race(1, lambda _number: services.accept_offer(offer, by=None))
    assert isinstance(result, DatabaseError)
    offer.refresh_from_db()
    entry.refresh_from_db()
    assert (offer.status, entry.status) == (Status.PROPOSED, Wish.Status.PROPOSED)
    assert offer.held_until is not None
    assert services.accept_offer(offer, by=None).status == Status.BOOKED


def test_by_their_links_twenty_cancel_at_once_and_each_offer_is_taken_once_by_two_browsers(
    race: Race, anonymous: Callable[..., Any], acme: Any, is_long: bool
) -> None:
    doctor, visits = full_day()
    entries = [wish(doctor=doctor) for _number in range(30)]

    def send(name: str, visit: Appointment) -> int:
        page = reverse(f"scheduling:{name}", args=[visit.token])
        return int(anonymous(acme).send(page).status_code)

    assert race(20, lambda number: send("cancel_visit", visits[number])) == [302] * 20
    offered = offers()
    assert {offer.patient_id for offer in offered} == {entry.patient_id for entry in entries[:20]}
    assert len(offered) == 20
    # Two browsers for each offer; the twentieth pair meets no more than the eighth (`--long`: all).
    taken = 20 if is_long else 8
    assert race(2 * taken, lambda number: send("accept_visit", offered[number // 2])) == [302] * 2 * taken
    assert Appointment.objects.filter(doctor=doctor, status=Status.BOOKED).count() == taken
    assert Wish.objects.filter(status=Wish.Status.BOOKED).count() == taken
    assert overlaps() == 0
