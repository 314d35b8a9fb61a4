"""Fifty clients want the times of one doctor: our insert beside the lock that most programs take."""

import time
from functools import partial
from itertools import count
from typing import Any

import psycopg
from django.conf import settings
from django.db import transaction
from psycopg import sql
from psycopg.conninfo import make_conninfo

from clinic.bench import world
from clinic.bench.clients import Client, Race, connected, run
from clinic.bench.figures import Figure, at_least, at_most, in_turn, number, ratio
from clinic.bench.world import Clinic, inside
from clinic.db.current import connection
from scheduling.models import Appointment
from scheduling.models.states import HOLDING

CLIENTS, WANTED, ROUNDS = 50, 32, 4
DEADLOCK = "40P01"
ON_CONFLICT = " ON CONFLICT DO NOTHING"
LOCK = "SELECT 1 FROM members_doctorprofile WHERE member_id = {} FOR UPDATE"
OVERLAPPING = (
    "SELECT 1 FROM scheduling_appointment "
    "WHERE doctor_id = {} AND status = ANY ({}) AND starts_at < {} AND ends_at > {} LIMIT 1"
)
# Weeks from the first one that nothing else books.
LATER = 4


def measure(clinic: Clinic) -> list[Figure]:
    """Attempts a second, and the longest wait of any client. Every time is given once, whoever wanted it."""
    races: dict[str, list[Race]] = {name: [] for name in VARIANTS}
    weeks = count(LATER)
    with connected(site_url(), CLIENTS) as connections:

        def race(variant: str) -> float:
            run = _race(clinic, variant, next(weeks), connections)
            races[variant].append(run)
            return run.rate

        for name in VARIANTS:
            race(name)  # warm
        races.update((name, []) for name in VARIANTS)
        taken = in_turn({name: partial(race, name) for name in VARIANTS}, ROUNDS)
    longest = {name: max(race.longest for race in runs) for name, runs in races.items()}
    deadlocks = sum(race.errors.count(DEADLOCK) for race in races["ours"])
    title = f"{CLIENTS} clients, one doctor"
    return [
        Figure(
            f"{title}: attempts a second",
            number(max(taken["ours"])),
            f"SELECT FOR UPDATE {number(max(taken['lock']))}",
            ratio(taken["ours"], taken["lock"]),
            at_least(3),
        ),
        Figure(
            f"{title}: longest wait",
            f"{longest['ours'] * 1000:.0f} ms",
            f"SELECT FOR UPDATE {longest['lock'] * 1000:.0f} ms",
            longest["ours"] / longest["lock"],
        ),
        Figure(f"{title}: deadlocks", str(deadlocks), "none", deadlocks, at_most(0, ""), ""),
    ]


def _race(clinic: Clinic, variant: str, week: int, connections: list[psycopg.Connection]) -> Race:
    """One run: a week of the doctor that nobody has booked yet."""
    race = Race()
    clients = [VARIANTS[variant](clinic, race, wishes) for wishes in _wishes(clinic, week)]
    race.seconds, race.errors = run(connections, clients)
    check(clinic, week, race)
    return race


def site_url() -> str:
    """The site's own login, as libpq names it."""
    facts = settings.DATABASES["default"]
    host, port = facts["OPTIONS"].get("host", facts["HOST"]), facts["OPTIONS"].get("port", facts["PORT"])
    return make_conninfo(
        host=host, port=port, dbname=facts["NAME"], user=facts["USER"], password=facts["PASSWORD"]
    )


def _wishes(clinic: Clinic, week: int) -> list[list[Appointment]]:
    """For each client the same times of one doctor, in an order and for a patient of its own."""
    at = world.times(clinic.monday + week * world.WEEK)[:WANTED]
    people = enumerate(clinic.patients[:CLIENTS])
    return [
        [world.booked(clinic.doctors[0], who, at[place]) for place in order(turn)] for turn, who in people
    ]


def order(turn: int) -> list[int]:
    """Each of the wanted places once; odd steps around a power of two miss none."""
    return [(turn + step * (2 * turn + 1)) % WANTED for step in range(WANTED)]


def inserts(clinic: Clinic, wishes: list[Appointment]) -> list[str]:
    """What `insert_unless_taken` sends for each of the wishes, without the connection's prefix."""
    sent: list[tuple[str, Any]] = []

    def catch(execute: Any, statement: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        sent.append((statement, params))
        return execute(statement, params, many, context)

    first = wishes[0]
    with inside(clinic), transaction.atomic():
        with connection.execute_wrapper(catch):
            Appointment.objects.insert_unless_taken(first)
        transaction.set_rollback(True)
        ((statement, params),) = sent
        with connection.cursor() as cursor:
            return [
                cursor.cursor.mogrify(
                    statement, [_swapped(first, wish).get(value, value) for value in params]
                )
                for wish in wishes
            ]


def _swapped(one: Appointment, other: Appointment) -> dict[Any, Any]:
    """The values of one wish, and what takes their place in another's statement."""
    names = ("pk", "doctor_id", "patient_id", "starts_at", "ends_at", "calendar_id")
    return {getattr(one, name): getattr(other, name) for name in names}


def prefix_of(clinic: Clinic) -> str:
    """What our backend sends before each statement in this clinic."""
    with inside(clinic):
        return connection.prefix()


def _text(statement: str, *values: Any) -> str:
    return sql.SQL(statement).format(*map(sql.Literal, values)).as_string(None)


def _ours(clinic: Clinic, race: Race, wishes: list[Appointment]) -> Client:
    """One message for each attempt, with the path and the role in it."""
    prefix = prefix_of(clinic)
    statements = [prefix + statement for statement in inserts(clinic, wishes)]
    yield prefix
    for statement in statements:
        since = time.perf_counter()
        answer = yield statement
        race.note(since, won=answer.rows == 1)


def _lock(clinic: Clinic, race: Race, wishes: list[Appointment]) -> Client:
    """Lock the doctor, look whether the time is free, insert. Path and role are set once, for nothing."""
    prefix = prefix_of(clinic)
    pairs = list(zip(wishes, inserts(clinic, wishes), strict=True))
    lock = _text(LOCK, wishes[0].doctor_id)
    yield prefix
    for wish, statement in pairs:
        since = time.perf_counter()
        yield "BEGIN"
        yield lock
        overlapping = yield _text(
            OVERLAPPING, wish.doctor_id, [*map(str, HOLDING)], wish.ends_at, wish.starts_at
        )
        if not overlapping.rows:
            yield statement.replace(ON_CONFLICT, "")
        yield "COMMIT"
        race.note(since, won=not overlapping.rows)


VARIANTS = {"ours": _ours, "lock": _lock}


def check(clinic: Clinic, week: int, race: Race) -> None:
    """Every time was given to exactly one client of the clinic, and nothing went wrong."""
    first = clinic.monday + week * world.WEEK
    with inside(clinic):
        given = Appointment.objects.filter(
            doctor=clinic.doctors[0], starts_at__gte=world.times(first)[0]
        ).count()
    if race.errors or not given == race.won == WANTED:
        raise RuntimeError(f"Of {WANTED} times {given} are booked, {race.won} won; errors: {race.errors[:3]}")
