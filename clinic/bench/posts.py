"""Bookings through the real site, gunicorn and all, beside bare inserts of the same rows."""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from itertools import count, islice, product
from typing import Any, NamedTuple
from urllib.parse import urlencode

import psycopg
from django.conf import settings

from accounts.members.roles import Role
from clinic.bench import world
from clinic.bench.contention import LATER, inserts, prefix_of, site_url
from clinic.bench.figures import Figure, in_turn, number, ratio
from clinic.bench.world import CSRF_TOKEN, Clinic, inside
from scheduling.models import Appointment

WORKERS, CLIENTS, POSTS, ROUNDS = 2, 4, 24, 6
SECONDS_TO_ANSWER = 60
PATH = "/appointments/new/"


def measure(clinic: Clinic) -> list[Figure]:
    """Bookings a second at the front desk, by people who send forms at the same time."""
    # The first doctor and the first fifty patients race against each other in these weeks.
    later = clinic.monday + LATER * world.WEEK
    free = (
        world.booked(doctor, clinic.patients[-place], at)
        for at, (place, doctor) in product(world.times(later), list(enumerate(clinic.doctors))[1:])
    )
    with (
        serving() as port,
        psycopg.connect(site_url(), autocommit=True) as raw,
        ThreadPoolExecutor(CLIENTS) as pool,
    ):
        raw.execute(prefix_of(clinic).encode())

        def post() -> float:
            wishes = list(islice(free, POSTS))
            started = time.perf_counter()
            typed = [form(wish, secrets.token_hex(12)) for wish in wishes]
            answers = list(pool.map(lambda sent: send(port, clinic, sent), typed))
            seconds = time.perf_counter() - started
            check(clinic, wishes, answers)
            return POSTS / seconds

        def insert() -> float:
            wishes = list(islice(free, POSTS))
            statements = inserts(clinic, wishes)
            started = time.perf_counter()
            for statement in statements:
                raw.execute(statement.encode())
            seconds = time.perf_counter() - started
            check(clinic, wishes, [])
            return POSTS / seconds

        taken = in_turn({"ours": post, "raw": insert}, ROUNDS)
    return [
        Figure(
            f"bookings a second: {CLIENTS} clients at the site's {WORKERS} workers",
            number(max(taken["ours"])),
            f"bare inserts, one client {number(max(taken['raw']))}",
            ratio(taken["ours"], taken["raw"]),
        )
    ]


def form(wish: Appointment, key: str) -> dict[str, Any]:
    """What the front desk's form sends; `key` is its idempotency key."""
    return {
        "csrfmiddlewaretoken": CSRF_TOKEN,
        "idempotency_key": key,
        "patient": wish.patient_id,
        "doctor": wish.doctor_id,
        "starts_at": wish.starts_at.isoformat(),
        "reason": "",
    }


class Answer(NamedTuple):
    """What the site answered."""

    status: int
    location: str


def send(port: int, clinic: Clinic, typed: dict[str, Any]) -> Answer:
    """Send the front desk's form."""
    headers = {
        "Host": clinic.organization.host(),
        "Cookie": clinic.cookies[Role.RECEPTIONIST],
        "Content-Type": "application/x-www-form-urlencoded",
    }
    site = HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_ANSWER)
    try:
        site.request("POST", PATH, urlencode(typed), headers)
        answer = site.getresponse()
        answer.read()
        return Answer(answer.status, answer.getheader("Location") or "")
    finally:
        site.close()


def check(clinic: Clinic, wishes: list[Appointment], answers: list[Answer]) -> None:
    """Each form was answered by the day it was booked on, and each wish is a visit of this clinic."""
    with inside(clinic):
        stored = sum(
            Appointment.objects.filter(
                doctor_id=wish.doctor_id,
                patient_id=wish.patient_id,
                starts_at=wish.starts_at,
                status="booked",
            ).count()
            for wish in wishes
        )
    expected = [Answer(302, f"/day/?on={wish.starts_at.date()}") for wish in wishes]
    if stored != len(wishes) or (answers and answers != expected):
        raise RuntimeError(
            f"{stored} of {len(wishes)} visits are booked; the first answer was {answers[:1]}."
        )


@contextmanager
def serving() -> Iterator[int]:
    """The site on a port of this machine, as `serve` runs it, but for the number of workers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = ["-m", "gunicorn", "clinic.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS)]
    quiet = ["--worker-class", "sync", "--no-control-socket", "--log-level", "error"]
    process = subprocess.Popen([sys.executable, *command, *quiet], cwd=settings.BASE_DIR)
    try:
        _wait(process, port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    """Knock until the site opens. Raises RuntimeError when it does not."""
    for _knock in count():
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if process.poll() is not None or _knock > SECONDS_TO_ANSWER * 20:
            raise RuntimeError("The site did not start: the reason is above.")
        time.sleep(0.05)
