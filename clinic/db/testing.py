"""The tests' environment, as a pytest plugin: it must stand before Django reads its settings."""

import hashlib
import os
import shutil
import sys
from collections.abc import Generator
from pathlib import Path
from threading import Thread

import pytest
from pytest_django.plugin import blocking_manager_key

from clinic.db.embedded import SERVERS, embedded_server
from clinic.db.programs import EmbeddedError

HOME = Path(__file__).resolve().parents[2]
# Beside the data of a running demo, never in it.
DATA_DIR = HOME / (os.environ.get("DATA_DIR") or ".data") / "test"

# Where Linux keeps files in memory, and how many bytes must be free there: a run's databases and their log.
MEMORY = Path("/dev/shm")
ENOUGH = 2 << 30

# The same engine without windows first: a third cheaper, and nobody looks at the windows.
BROWSERS = (
    *("chromium-headless-shell", "chromium", "chromium-browser"),
    *("google-chrome", "google-chrome-stable"),
)


def cluster_home() -> Path:
    """Where the throw-away cluster lives: in memory if there is room, otherwise on the disk.

    Every race begins with a new copy of a database, some two thousand small files: on a disk that costs ten
    times as much.
    """
    home = MEMORY / f"clinic-test-{hashlib.sha256(str(DATA_DIR.resolve()).encode()).hexdigest()[:12]}"
    try:
        # A folder of this name may be somebody else's.
        home.mkdir(mode=0o711, exist_ok=True)
        fits = home.stat().st_uid == os.geteuid() and shutil.disk_usage(home).free >= ENOUGH
    except OSError:
        return DATA_DIR
    return home if fits else DATA_DIR


def keep_compiled() -> None:
    """Where no compiled files are wanted beside the sources, keep them with the tests' data.

    Otherwise every worker, and every command that a test starts, compiles the project and its libraries anew.
    """
    if sys.dont_write_bytecode:
        sys.dont_write_bytecode = False
        sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(DATA_DIR / "compiled")
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the throw-away server unless DATABASE_URL names one; the workers of a run inherit it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        keep_compiled()
        os.environ["DATA_DIR"] = str(DATA_DIR)
        os.environ["DEMO"] = "false"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        os.environ.setdefault("CHROMIUM", next(filter(None, map(shutil.which, BROWSERS)), ""))
        os.environ.setdefault("SECRET_KEY", "a key for tests, which protects nothing")
        if not os.environ.get("DATABASE_URL"):
            try:
                os.environ["DATABASE_URL"] = embedded_server(cluster_home(), throwaway=True).acquire()
            except EmbeddedError as error:
                raise pytest.UsageError(str(error)) from error
    return (yield)


BUILDING: list[Thread] = []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config) -> None:
    """Make the template while the workers look for their tests: otherwise one makes it and the rest wait."""

    def build() -> None:
        from tests import databases

        with config.stash[blocking_manager_key].unblock():
            databases.build_template(os.environ["CLINIC_TEST_RUN"])

    # A daemon: a run that is stopped does not wait. What fails here fails again in a worker, which says so.
    BUILDING.append(Thread(target=build, name="template", daemon=True))
    BUILDING[0].start()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish() -> None:
    """The template is dropped by who knows that nobody is making it."""
    for thread in BUILDING:
        thread.join()


def pytest_unconfigure() -> None:
    """Stop the server with the run that started it, and give its memory back."""
    for server in SERVERS.values():
        server.release()
        if server.data_dir.parent == MEMORY:
            server.remove()
