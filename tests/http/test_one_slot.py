"""Fifty people send the same time at the same moment to the real site: it is given away once."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from scheduling.models import Appointment, BookingPolicy
from scheduling.models.states import HOLDING
from tests import databases
from tests.http.clients import Answer, Booking
from tests.scheduling.factories import doctor_with_hours, free_times, requested
from tests.server import Served

# With `--long` all twenty of the issue; in each everything has to hold, the second finds warm processes.
ROUNDS, ALL_ROUNDS = 2, 20
PEOPLE = 50
OVERLAPS = """
    SELECT one.id FROM scheduling_appointment one JOIN scheduling_appointment other
      ON one.doctor_id = other.doctor_id AND one.id < other.id
     AND tstzrange(one.starts_at, one.ends_at) && tstzrange(other.starts_at, other.ends_at)
   WHERE one.status = ANY(%s) AND other.status = ANY(%s)
"""
ANOTHER = """
    INSERT INTO scheduling_appointment
    SELECT (jsonb_populate_record(visit, jsonb_build_object(
      'id', gen_random_uuid(), 'token_hash', 'another', 'starts_at', visit.starts_at + interval '5 minutes'
    ))).* FROM scheduling_appointment visit WHERE visit.id = %s
    RETURNING id
"""


def overlaps() -> list[Any]:
    """Pairs of visits that hold the same moment of one doctor."""
    holding = [str(status) for status in HOLDING]
    return databases.rows(OVERLAPS, holding, holding)


def at_once(bookings: list[Booking], port: int) -> list[Answer | Exception]:
    """Send all of them at the same moment."""
    start = Barrier(len(bookings))
    answers: list[Answer | Exception] = []

    def send(booking: Booking) -> None:
        start.wait()
        try:
            answers.append(booking.send(port))
        except Exception as error:
            answers.append(error)

    senders = [Thread(target=send, args=(booking,)) for booking in bookings]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return answers


def test_a_time_sent_by_fifty_is_booked_once_and_the_others_are_offered_more(
    site: Served, acme: Any, is_long: bool
) -> None:
    rounds = ALL_ROUNDS if is_long else ROUNDS
    # All of them share one internet address.
    BookingPolicy.objects.create(most_per_address=1000)
    doctor = doctor_with_hours()
    for number, slot in enumerate(free_times(doctor)[:rounds]):
        bookings = [
            Booking(
                acme.host(),
                doctor.pk,
                slot.starts_at.isoformat(),
                f"P{number}of{person}",
                f"{number}:{person}",
            )
            for person in range(PEOPLE)
        ]
        answers = at_once(bookings, site.port)
        assert [answer for answer in answers if isinstance(answer, Exception)] == []
        led_on = [answer for answer in answers if answer.status == 302]
        told = [answer for answer in answers if answer.status == 200]
        assert (len(led_on), len(told)) == (1, PEOPLE - 1), [answer.status for answer in answers]
        for answer in told:
            assert "This time is not free any more. Please choose another one." in answer.text
            assert "Free times nearby" in answer.text
            assert 'name="starts_at"' in answer.text
        assert overlaps() == []
    assert Appointment.objects.holding().filter(doctor=doctor).count() == rounds


@pytest.mark.django_db
def test_the_database_itself_refuses_an_overlapping_row() -> None:
    visit = requested()
    with pytest.raises(IntegrityError, match="exclusion constraint"), transaction.atomic():
        databases.rows(ANOTHER, visit.pk)
    assert Appointment.objects.count() == 1
