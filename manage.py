#!/usr/bin/env python3
"""The installation's command line: finds or starts the database, then hands over to Django."""

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path

HOME = Path(__file__).resolve().parent


def main() -> None:
    """Run one management command; what the person at the terminal can mend ends in one sentence."""
    if sys.version_info < (3, 11):
        sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    try:
        prepare_environment()
        run_command()
    except KeyboardInterrupt:
        sys.exit(130)


def run_command() -> None:
    """Hand over to Django; a database that cannot be reached is a sentence, any other error its own."""
    try:
        from django.core.management import execute_from_command_line
        from django.db import OperationalError
    except ModuleNotFoundError:
        sys.exit(f"{sys.executable} has no Django: run `make run` once, then use .venv/bin/python.")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        # Only an error of the connection itself has no SQLSTATE.
        if "--traceback" in sys.argv or getattr(error.__cause__, "sqlstate", None):
            raise
        sys.exit(f"The database cannot be reached: {' '.join(str(error).split())}")


def prepare_environment() -> None:
    """Fill in what a machine without a configuration lacks: the data folder, the database, the secret key."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic.settings")
    data_dir = HOME / (os.environ.get("DATA_DIR") or ".data")
    os.environ["DATA_DIR"] = str(data_dir)
    url = os.environ.get("DATABASE_URL", "")
    if url and not url.startswith(("postgres://", "postgresql://")):
        sys.exit("DATABASE_URL must name a PostgreSQL server: postgresql://user:password@host:5432/database.")
    if not (os.environ.setdefault("PORT", "8000").isdecimal() and 0 < int(os.environ["PORT"]) < 65536):
        sys.exit(f"PORT must be a number from 1 to 65535, not {os.environ['PORT']!r}.")
    try:
        if not url:
            start_database(data_dir)
        if not os.environ.get("SECRET_KEY"):
            os.environ["SECRET_KEY"] = own_secret_key(data_dir, may_be_made=not url or is_demo())
    except OSError as error:
        sys.exit(f"The data folder {data_dir} cannot be used: {error.strerror} ({error.filename}).")


def start_database(data_dir: Path) -> None:
    """Start the embedded PostgreSQL, or join it, and name it in DATABASE_URL."""
    from clinic.db.embedded import embedded_server
    from clinic.db.programs import EmbeddedError

    try:
        os.environ["DATABASE_URL"] = embedded_server(data_dir).acquire()
    except EmbeddedError as error:
        sys.exit(str(error))


def own_secret_key(data_dir: Path, *, may_be_made: bool) -> str:
    """The key of this data folder, made at the first start; production must bring its own."""
    if not may_be_made:
        sys.exit("SECRET_KEY is not set: a production site needs one, long, random and kept secret.")
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "secret_key"
    if not path.exists():
        # Linked into place when whole: two first starts at once agree on one key.
        draft = data_dir / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return path.read_text()


def is_demo() -> bool:
    """Whether this is a demo site, read as the settings read it."""
    return os.environ.get("DEMO", "").lower() in ("true", "on", "ok", "y", "yes", "1")


if __name__ == "__main__":
    main()
