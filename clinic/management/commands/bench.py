"""`manage.py bench`: what the installation costs, each figure beside its yardstick in the same run."""

import os
import platform
import secrets
import shutil
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from importlib import metadata
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from clinic.bench import backends, calendar, clinics, contention, posts, rush, slots, world
from clinic.bench.figures import table
from clinic.db.embedded import embedded_server

PARTS = ("django", "django-tenants", "psycopg", "gunicorn")


class Command(BaseCommand):
    """Exit status 1 when a figure that must be kept (DESIGN section 7) is not."""

    help = "Measures the installation on a database of its own, which is thrown away afterwards."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many clinics `migrate` is measured over, and whether this process is the one that measures."""
        parser.add_argument("--clinics", type=int, default=50, help="For `migrate` with nothing to do (50).")
        parser.add_argument("--here", action="store_true", help="Measure on this process's own database.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Measure in a process whose settings lead to the throwaway server, or be that process."""
        if options["here"]:
            self.measure(options["clinics"])
        else:
            sys.exit(on_throwaway_server("bench", "--here", f"--clinics={options['clinics']}"))

    def measure(self, number: int) -> None:
        """Take every figure, print the table, and exit with 1 when something is not kept."""
        started = time.monotonic()
        self.stdout.write(f"{versions()}\n{load()}\n")
        clinic, _other = self.step("Two clinics", world.build)
        figures = [
            *self.step("Pages on three backends", lambda: backends.measure(clinic)),
            *self.step("A day's calendar", calendar.measure),
            *self.step("Free times", lambda: slots.measure(clinic)),
            *self.step("Fifty clients", lambda: contention.measure(clinic)),
            *self.step("Bookings through the site", lambda: posts.measure(clinic)),
            *self.step("A rush for one doctor", lambda: rush.measure(clinic)),
            *self.step("New clinics", clinics.new_clinic),
            *self.step(f"Migrating {number} clinics", lambda: clinics.nothing_to_migrate(number)),
        ]
        failed = [figure for figure in figures if not figure.is_met]
        verdict = f"{len(failed)} NOT met." if failed else "All that must be kept is met."
        self.stdout.write(f"\n{table(figures)}\n\n{load()}. {time.monotonic() - started:.0f} s. {verdict}")
        if failed:
            sys.exit(1)

    def step(self, title: str, work: Callable[[], Any]) -> Any:
        """One line on the terminal: what is being measured, and how long that took."""
        started = time.monotonic()
        self.stdout.write(f"{title} … ", ending="")
        self.stdout.flush()
        result = work()
        self.stdout.write(f"{time.monotonic() - started:.0f} s")
        self.stdout.flush()
        return result


def on_throwaway_server(*arguments: str) -> int:
    """Run the management command on a server made for it beside the installation's own; its exit status."""
    folder = settings.DATA_DIR / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    server = embedded_server(folder, throwaway=True)
    if not server.stop():
        raise CommandError(f"Another bench is running in {folder}.")
    shutil.rmtree(folder)
    environment = os.environ | {
        "DATA_DIR": str(folder),
        "DATABASE_URL": server.acquire(),
        "SECRET_KEY": secrets.token_hex(),
        "DEMO": "false",
        "LOG_LEVEL": "CRITICAL",
    }
    environment.pop("DATABASE_OWNER_URL", None)
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    try:
        return subprocess.run(command, env=environment).returncode
    finally:
        server.release()
        shutil.rmtree(folder, ignore_errors=True)


def versions() -> str:
    """On what is measured."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('fsync')")
        server, fsync = cursor.fetchone()
    parts = ", ".join(f"{name} {metadata.version(name)}" for name in PARTS)
    return (
        f"Python {platform.python_version()}, {parts}, PostgreSQL {server.split()[0]} (fsync {fsync}), "
        f"{os.cpu_count()} cores."
    )


def load() -> str:
    """How busy the machine is, ourselves included."""
    return "Load average over 1, 5, 15 minutes: " + ", ".join(f"{one:.2f}" for one in os.getloadavg())
