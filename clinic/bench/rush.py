"""A rush for one doctor: fifty people at once want times that overlap, a hundred times, at the real site."""

import datetime
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from statistics import quantiles
from threading import Barrier
from typing import Any, NamedTuple

from clinic.bench import world
from clinic.bench.figures import Figure, at_most
from clinic.bench.posts import form, send, serving
from clinic.bench.world import ZONE, Clinic, inside
from scheduling.models import Appointment

PEOPLE, ROUNDS = 50, 100
# Weeks from the first one that nothing else books.
WEEKS = range(30, 33)
# Each wants half an hour, beginning so many minutes after the round's time: all of these overlap.
BEGINNINGS = (0, 5, 10, 15)


class Answer(NamedTuple):
    """How the site answered, and after how many seconds."""

    status: int
    seconds: float


def measure(clinic: Clinic) -> list[Figure]:
    """How long people wait in a rush, and how many rounds were not won by exactly one of them."""
    weeks = [clinic.monday + week * world.WEEK for week in WEEKS]
    # Every full hour: what one round wants does not reach into the next.
    times = [at for week in weeks for at in world.times(week)[::2]][: ROUNDS + 1]
    with serving() as port, ThreadPoolExecutor(PEOPLE) as pool:
        # The first is not counted: a site that has just started has its templates still to read.
        rounds = [_rush(clinic, port, pool, at) for at in times][1:]
    answers = [answer for one in rounds for answer in one]
    wrong = sum(sorted(answer.status for answer in one) != [200] * (PEOPLE - 1) + [302] for one in rounds)
    with inside(clinic):
        booked = Appointment.objects.for_doctor(clinic.doctors[0]).holding()
        taken = booked.filter(starts_at__gte=times[0]).count()
    if taken != len(times):
        raise RuntimeError(f"{taken} visits were booked in {len(times)} rounds.")
    slowest = quantiles((answer.seconds for answer in answers), n=100)[98]
    title = f"{ROUNDS} rounds of {PEOPLE} who want overlapping times"
    return [
        Figure(
            f"{title}: the 99th of 100 waits", f"{slowest:.2f} s", "a second", slowest, at_most(1, " s"), " s"
        ),
        Figure(f"{title}: rounds without one winner", str(wrong), "none", wrong, at_most(0, ""), ""),
    ]


def _rush(clinic: Clinic, port: int, pool: ThreadPoolExecutor, at: datetime.datetime) -> list[Answer]:
    start, places = Barrier(PEOPLE), count()

    def ask(_person: Any) -> Answer:
        place = next(places)
        begins = at + datetime.timedelta(minutes=BEGINNINGS[place % len(BEGINNINGS)])
        wish = world.booked(clinic.doctors[0], clinic.patients[place], begins)
        typed = form(wish, secrets.token_hex(12)) | {
            "starts_at": "",
            "other_time": f"{begins.astimezone(ZONE):%Y-%m-%dT%H:%M}",
            "minutes": world.SLOT // datetime.timedelta(minutes=1),
        }
        start.wait()
        asked = time.perf_counter()
        status = send(port, clinic, typed).status
        return Answer(status, time.perf_counter() - asked)

    return list(pool.map(ask, range(PEOPLE)))
