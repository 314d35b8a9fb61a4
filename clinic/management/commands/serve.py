"""`manage.py serve`: everything a running installation needs, started in order and stopped together."""

import errno
import hashlib
import http.client
import io
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import OperationalError, connections

from clinic.db.embedded import embedded_server
from clinic.management.processes import SECONDS_TO_STOP, Processes

WORKERS = 3
SECONDS_TO_ANSWER = 60
SIGNALS_TO_STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
FIRST_SERVER_ERROR = 500
# What migrate_schemas ends with when the installation works and only some clinics do not.
SOME_CLINICS_FAILED = 3
WHY_NO_PORT = {
    errno.EADDRINUSE: "is in use by another program",
    errno.EACCES: "may not be opened by this user",
}


class Stop(KeyboardInterrupt):
    """Somebody asked us to stop: no step that carries on after an error may swallow it."""


class Command(BaseCommand):
    """Prepare the database, then run the site and its worker until told to stop."""

    help = "Prepares the database, then runs the site and its worker until stopped with Ctrl-C."
    # The site's own processes load, and so check, the same code a moment later.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Promise: when this returns or raises, nothing that it started is still running."""
        started = time.monotonic()
        self.processes = Processes(settings.BASE_DIR)
        for number in SIGNALS_TO_STOP:
            # Under nohup a closed terminal is to be ignored.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, _stop)
        try:
            self.check_port()
            self.prepare()
            self.start_children()
            self.say_where(time.monotonic() - started)
            self.watch_children()
        except Stop:
            self.stdout.write("\nStopping …")
        finally:
            for number in SIGNALS_TO_STOP:
                signal.signal(number, signal.SIG_IGN)
            self.processes.stop()
            embedded_server(settings.DATA_DIR).release()

    # --- Before the site runs --------------------------------------------------------------------

    def check_port(self) -> None:
        """Refuse early, before anything is made, when the port cannot be ours."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((_host(), settings.PORT))
            except OSError as error:
                reason = WHY_NO_PORT.get(error.errno or 0, f"cannot be opened ({error.strerror})")
                advice = "choose another, as in PORT=8001"
                raise CommandError(f"Port {settings.PORT} of {_host()} {reason}: {advice}.") from error

    def prepare(self) -> None:
        """Bring database, static files and demo up to date, a line a step."""
        self.step("Database", self.reach_database)
        self.step("Roles", lambda out: call_command("prepare_database", stdout=out))
        self.step("Migrations", self.migrate)
        self.step("Static files", self.collect_static)
        if settings.DEMO:
            self.step("Demo clinics", self.make_demo)
        connections.close_all()

    def step(self, title: str, action: Callable[[OutputWrapper], str | None]) -> None:
        """One line on the terminal: what is being done, and how long it took."""
        started = time.monotonic()
        self.stdout.write(f"{title} … ", ending="")
        self.stdout.flush()
        progress = Progress(self.stdout)
        verdict = "failed"
        try:
            verdict = action(OutputWrapper(progress)) or "ready"
        finally:
            if progress.was_written:
                self.stdout.write(f"{title} … ", ending="")
            self.stdout.write(f"{verdict} ({time.monotonic() - started:.1f} s)")
            self.stdout.flush()

    def reach_database(self, out: OutputWrapper) -> str | None:
        """Open one connection as the owner; the embedded server was started by manage.py."""
        try:
            with connections["owner"].cursor() as cursor:
                cursor.execute("SHOW server_version")
                version = cursor.fetchone()[0].split()[0]
        except OperationalError as error:
            raise CommandError(f"The database cannot be reached: {' '.join(str(error).split())}") from error
        server = embedded_server(settings.DATA_DIR)
        if server.is_held:
            return f"PostgreSQL {version} in {server.cluster} ready, started in {server.seconds:.1f} s"
        return f"PostgreSQL {version} of DATABASE_URL ready"

    def migrate(self, out: OutputWrapper) -> str | None:
        """Name the clinics that could not be migrated, serve the others: DESIGN section 5, law 12."""
        try:
            call_command("migrate_schemas", stdout=out)
        except CommandError as error:
            if error.returncode != SOME_CLINICS_FAILED:
                raise
            self.stderr.write(str(error))
            return "ready but for the clinics above"
        return None

    def collect_static(self, out: OutputWrapper) -> str | None:
        """Gather the static files again only when one of them has changed."""
        listing = hashlib.sha256()
        for finder in get_finders():
            for path, storage in finder.list([]):
                facts = Path(storage.path(path)).stat()
                listing.update(f"{path}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
        return self.once(
            "static",
            listing.hexdigest(),
            lambda: call_command("collectstatic", interactive=False, verbosity=0),
        )

    def make_demo(self, out: OutputWrapper) -> str | None:
        """Fill the demo clinics unless this very database already has them."""
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT system_identifier || '/' || oid FROM pg_control_system(), pg_database"
                " WHERE datname = current_database()"
            )
            database = cursor.fetchone()[0]
        return self.once("demo", database, lambda: call_command("demo", stdout=out))

    def once(self, name: str, state: str, action: Callable[[], object]) -> str | None:
        """Run the action unless it was already done for this state."""
        stamp = settings.DATA_DIR / f"{name}.stamp"
        if stamp.exists() and stamp.read_text() == state:
            return "unchanged"
        stamp.unlink(missing_ok=True)
        action()
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        stamp.write_text(state)
        return None

    # --- While it runs ---------------------------------------------------------------------------

    def start_children(self) -> None:
        """Start site and worker, and wait until the site answers."""
        manage = str(settings.BASE_DIR / "manage.py")
        self.step("Site and worker", lambda out: self.wait_for_answer(manage))

    def wait_for_answer(self, manage: str) -> None:
        """Sync workers, no threads and no preload: DESIGN section 5, laws 6 and 13."""
        self.processes.start("The worker", sys.executable, manage, "work")
        self.processes.start(
            "The site",
            *(sys.executable, "-m", "gunicorn", "clinic.wsgi", "--bind", f"{_host()}:{settings.PORT}"),
            *("--workers", str(WORKERS), "--worker-class", "sync", "--timeout", "60"),
            *("--graceful-timeout", str(SECONDS_TO_STOP - 5), "--no-control-socket"),
            *("--log-level", "warning"),
        )
        deadline = time.monotonic() + SECONDS_TO_ANSWER
        while (status := _answer()) is None:
            self.processes.check()
            if time.monotonic() > deadline:
                raise CommandError(f"The site did not answer within {SECONDS_TO_ANSWER} seconds.")
            time.sleep(0.05)
        if status >= FIRST_SERVER_ERROR:
            raise CommandError(f"The site answers with error {status}: the reason is above.")

    def watch_children(self) -> None:
        """Wait for a child's end, or for Stop."""
        while True:
            self.processes.check()
            time.sleep(0.5)

    def say_where(self, seconds: float) -> None:
        """The addresses and, in the demo, who may log in."""
        lines = ["", f"Ready in {seconds:.1f} s. The platform: {_address(settings.PLATFORM_DOMAIN)}"]
        demo = settings.DATA_DIR / "demo.json"
        if settings.DEMO and demo.exists():
            lines += _demo_lines(json.loads(demo.read_text())["log_ins"])
        self.stdout.write("\n".join([*lines, "", "Stop with Ctrl-C."]))
        self.stdout.flush()


class Progress(io.StringIO):
    """What a step's command says, indented below the step's own line."""

    def __init__(self, out: OutputWrapper) -> None:
        super().__init__()
        self.out = out
        self.was_written = False

    def write(self, text: str, /) -> int:
        """Pass on the lines that say something."""
        for line in filter(str.strip, text.splitlines()):
            if not self.was_written:
                self.out.write()
                self.was_written = True
            self.out.write(f"  {line}")
            self.out.flush()
        return len(text)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _host() -> str:
    """Where we listen: this machine only, since demo passwords are known and a proxy sits beside us."""
    return os.environ.get("LISTEN") or "127.0.0.1"


def _answer() -> int | None:
    """The status of the platform's first page, or nothing while nobody listens."""
    # To connect to the address of all interfaces is to connect to this machine.
    connection = http.client.HTTPConnection(_host(), settings.PORT, timeout=SECONDS_TO_ANSWER)
    try:
        connection.request("GET", "/", headers={"Host": settings.PLATFORM_DOMAIN})
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def _address(domain: str) -> str:
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.PUBLIC_SCHEME}://{domain}{port}/"


def _demo_lines(log_ins: list[dict[str, str]]) -> list[str]:
    """The demo's log-ins by clinic; the port is today's, whatever it was when the demo was made."""
    lines: list[str] = []
    clinic = None
    for log_in in log_ins:
        if log_in["clinic"] != clinic:
            clinic = log_in["clinic"]
            lines += ["", f"{clinic}: {_address(urlsplit(log_in['url']).hostname or '')}"]
        lines.append(f"  {log_in['role']:<14} {log_in['email']:<40} {log_in['password']}")
    return lines
