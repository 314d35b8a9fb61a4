"""The embedded PostgreSQL: a server in the data folder, running for as long as a process needs it.

Who needs it is said by shared file locks, which the kernel lets go of when a process ends, however it ends.
A guardian process waits for the last of them and then stops the server, so a short command never takes the
server from under a running site, and nothing is left behind by a killed one. Nothing of Django is used here.

    data folder/postgres            the cluster
    data folder/postgres.guard      held while the server is started or stopped
    data folder/postgres.users      shared by everyone who uses the server
    data folder/postgres.guardian   held by the guardian
"""

import fcntl
import hashlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from clinic.db.programs import VERSION, EmbeddedError, private_folder, run

DATABASE = "clinic"
OWNER = "postgres"
PORT = 5432
# How long the server waits for the next command after the last one, in seconds.
PATIENCE = 20.0
# The kernel's limit for the path of a socket is 107 bytes (103 on macOS).
LONGEST_SOCKET_PATH = 103

# For two cores, some hundred connections and many small schemas.
SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "1GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "1",
    "max_locks_per_transaction": "256",
    "timezone": "UTC",
}
# For data that may be lost at a power cut: tests.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    # Databases that live for a second need no cleaning.
    "autovacuum": "off",
    "checkpoint_timeout": "1h",
    # They may live in memory.
    "max_wal_size": "256MB",
}


SERVERS: dict[Path, "EmbeddedServer"] = {}


class EmbeddedServer:
    """The server of one data folder, as seen by one process."""

    def __init__(self, data_dir: Path, *, throwaway: bool = False) -> None:
        self.data_dir = data_dir
        self.cluster = self.data_dir / "postgres"
        self.settings = SETTINGS | (THROWAWAY_SETTINGS if throwaway else {})
        # How long the last start or joining took.
        self.seconds = 0.0
        self._hold: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this process has asked for the server and not let it go."""
        return self._hold is not None

    def acquire(self) -> str:
        """Start the server unless it runs, keep it while this process lives; answer the owner's URL."""
        started = time.monotonic()
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            with self._guard():
                if self._hold is None:
                    self._hold = self._open("users", fcntl.LOCK_SH)
                self._ensure_serving()
        except PermissionError as error:
            raise EmbeddedError(
                f"The database in {self.cluster} belongs to another user (see {error.filename}): "
                "run as that user, or set DATA_DIR to a folder of your own."
            ) from error
        self.seconds = time.monotonic() - started
        return f"postgresql://{OWNER}@/{DATABASE}?host={quote(str(self._socket_dir()), safe='')}&port={PORT}"

    def release(self) -> None:
        """Say that this process is done; stop the server at once when nobody else uses it."""
        if self._hold is None:
            return
        os.close(self._hold)
        self._hold = None
        self.stop()

    def watch(self) -> None:
        """Be the guardian: wait for the last user, linger a little, stop the server."""
        with suppress(BlockingIOError, FileNotFoundError):
            guardian = self._open("guardian", fcntl.LOCK_EX | fcntl.LOCK_NB)
            stopped = False
            while not stopped:
                os.close(self._open("users", fcntl.LOCK_EX))
                time.sleep(PATIENCE)
                with self._guard():
                    stopped = self._stop_if_unused()
                    if stopped:
                        # Within the guard: whoever starts the server next must see that it needs a guardian.
                        os.close(guardian)

    def stop(self) -> bool:
        """Stop the server unless somebody uses it; answer whether it is stopped."""
        with self._guard():
            # The guardian, woken by the last user's end, holds the lock for an instant: look again.
            for _ in range(5):
                if self._stop_if_unused():
                    return True
                time.sleep(0.02)
        return False

    def remove(self) -> None:
        """Stop the server and delete its cluster, unless somebody uses it."""
        with self._guard():
            if self._stop_if_unused():
                shutil.rmtree(self.cluster, ignore_errors=True)

    def _open(self, name: str, operation: int) -> int:
        handle = os.open(self.data_dir / f"{self.cluster.name}.{name}", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, operation)
        except BlockingIOError:
            os.close(handle)
            raise
        return handle

    @contextmanager
    def _guard(self) -> Iterator[None]:
        handle = self._open("guard", fcntl.LOCK_EX)
        try:
            yield
        finally:
            os.close(handle)

    def _is_free(self, name: str) -> bool:
        try:
            os.close(self._open(name, fcntl.LOCK_EX | fcntl.LOCK_NB))
        except BlockingIOError:
            return False
        return True

    def _ensure_serving(self) -> None:
        unguarded = self._is_free("guardian")
        if not unguarded and self._answers():
            return
        if not (self.cluster / "PG_VERSION").exists():
            self._create_cluster()
        if not self._answers():
            self._start()
        self._create_database()
        if unguarded:
            subprocess.Popen(
                [sys.executable, "-m", "clinic.db.embedded", str(self.data_dir)],
                cwd=Path(__file__).parents[2],
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _stop_if_unused(self) -> bool:
        if not self._is_free("users"):
            return False
        if (self.cluster / "postmaster.pid").exists():
            run(self.cluster, "pg_ctl", "-D", str(self.cluster), "-m", "fast", "-w", "stop", check=False)
        return True

    def _answers(self) -> bool:
        if not (self.cluster / "postmaster.pid").exists():
            return False
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self._socket_dir() / f".s.PGSQL.{PORT}")) == 0

    def _socket_dir(self) -> Path:
        # Of this very cluster: a server whose data folder was deleted removes its socket a minute later,
        # and must not take the socket of the next cluster in the same place.
        born = (self.cluster / "PG_VERSION").stat().st_mtime_ns
        name = hashlib.sha256(f"{self.cluster} {born}".encode()).hexdigest()[:8]
        folder = self.cluster / f"socket-{name}"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) <= LONGEST_SOCKET_PATH:
            return folder
        return Path(tempfile.gettempdir()) / f"clinic-{name}"

    def _create_cluster(self) -> None:
        fresh = self.cluster.with_suffix(".new")
        shutil.rmtree(fresh, ignore_errors=True)
        private_folder(fresh, self.cluster)
        # The built-in locale is the same on every machine, whatever locales it has installed.
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
        # Only who may enter the cluster's folder (mode 700) reaches its socket, hence no passwords.
        run(
            self.cluster,
            "initdb",
            "--auth=trust",
            f"--username={OWNER}",
            "--no-sync",
            *locale,
            "-D",
            str(fresh),
        )
        fresh.rename(self.cluster)

    def _start(self) -> None:
        if (version := (self.cluster / "PG_VERSION").read_text().strip()) != str(VERSION):
            raise EmbeddedError(f"The database in {self.cluster} is of PostgreSQL {version}, not {VERSION}.")
        private_folder(self._socket_dir(), self.cluster)
        log = self.cluster / "log"
        if log.exists():
            log.replace(log.with_suffix(".old"))
        settings = self.settings | {"unix_socket_directories": str(self._socket_dir())}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        at = ("-D", str(self.cluster), "-l", str(log))
        try:
            run(self.cluster, "pg_ctl", *at, "-o", options, "-w", "-t", "60", "start")
        except EmbeddedError as error:
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            said = next((line for line in reversed(lines) if "FATAL" in line), "no reason is in its log")
            raise EmbeddedError(f"The embedded PostgreSQL did not start: {said} (see {log}).") from error

    def _create_database(self) -> None:
        at = ("-h", str(self._socket_dir()), "-p", str(PORT), "-U", OWNER)
        found = run(self.cluster, "psql", *at, "-Atc", "SELECT datname FROM pg_database", "postgres")
        if DATABASE not in found.split():
            run(self.cluster, "createdb", *at, DATABASE)


def embedded_server(data_dir: Path, *, throwaway: bool = False) -> EmbeddedServer:
    """This process's one view of the server in a data folder."""
    return SERVERS.setdefault(data_dir.resolve(), EmbeddedServer(data_dir.resolve(), throwaway=throwaway))


if __name__ == "__main__":
    EmbeddedServer(Path(sys.argv[1])).watch()
