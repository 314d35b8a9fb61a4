"""A worker is killed in the middle of a booking; the browser sends the form again: one booking."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest
from django.db import connections
from psycopg import sql

from scheduling.models import Appointment
from tests.http.clients import Answer, Booking
from tests.scheduling.factories import doctor_with_hours, free_times
from tests.server import Served

# Where the worker stands when it dies, and how many bookings are stored when it is gone for good.
STORING = "scheduling_appointment"  # before its row is there
COMMITTING = "audit_auditevent"  # the trail is written in the commit itself, which PostgreSQL still ends
WAITING = "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
# In seconds, however busy the machine is: a page that fails before it gets there would never come.
PATIENCE = 120.0


@contextmanager
def beside() -> Iterator[psycopg.Connection]:
    """The owner's connection to the same database, beside everybody else's."""
    parameters = connections["owner"].get_connection_params()
    parameters.pop("cursor_factory", None)
    with psycopg.connect(**parameters) as connection:
        yield connection


def stuck(holder: psycopg.Connection) -> int:
    """The database's process that waits for what `holder` holds, as soon as there is one."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        # Within the holder's transaction, whose picture of the others is otherwise taken once.
        holder.execute("SELECT pg_stat_clear_snapshot()")
        if found := holder.execute(WAITING).fetchone():
            return int(found[0])
    raise AssertionError("Nobody came to wait: the form was answered before it reached the table.")


@pytest.mark.parametrize(("table", "stored"), [(STORING, 0), (COMMITTING, 1)])
def test_a_form_sent_again_after_its_worker_was_killed_books_once(
    table: str, stored: int, one_worker: Served, acme: Any
) -> None:
    doctor = doctor_with_hours()
    starts_at = free_times(doctor)[0].starts_at.isoformat()
    booking = Booking(acme.host(), doctor.pk, starts_at, "Ada", key="the same")
    outcome: list[Answer | Exception] = []

    def send() -> None:
        try:
            outcome.append(booking.send(one_worker.port))
        except ConnectionError as error:
            outcome.append(error)

    sender = Thread(target=send)
    (worker,) = one_worker.workers()
    with beside() as holder:
        name = sql.Identifier(acme.schema_name, table)
        holder.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(name))
        sender.start()
        left_over = stuck(holder)
        os.kill(worker, signal.SIGKILL)
        sender.join()
    assert isinstance(outcome[0], ConnectionError), "the browser got no answer"
    with beside() as observer:
        gone = "SELECT 1 FROM pg_stat_activity WHERE pid = %s"
        while observer.execute(gone, [left_over]).fetchone():
            observer.execute("SELECT pg_stat_clear_snapshot()")
    assert Appointment.objects.count() == stored
    again = booking.send(one_worker.port)
    assert again.status == 302
    assert booking.send(one_worker.port).location == again.location
    assert Appointment.objects.get().patient.member.given_name == "Ada"
