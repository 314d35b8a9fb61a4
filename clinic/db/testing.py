"""The tests' environment, as a pytest plugin: it must stand before Django reads its settings."""

import os
import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from clinic.db.embedded import embedded_server
from clinic.db.programs import EmbeddedError

HOME = Path(__file__).resolve().parents[2]
# Beside the data of a running demo, never in it.
DATA_DIR = HOME / (os.environ.get("DATA_DIR") or ".data") / "test"

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests() -> Generator[None, None, None]:
    """Start the throw-away server unless DATABASE_URL names one; the workers of a run inherit it."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ["DATA_DIR"] = str(DATA_DIR)
        os.environ["DEMO"] = "false"
        os.environ.setdefault("LOG_LEVEL", "ERROR")
        os.environ.setdefault("CHROMIUM", next(filter(None, map(shutil.which, BROWSERS)), ""))
        os.environ.setdefault("SECRET_KEY", "a key for tests, which protects nothing")
        if not os.environ.get("DATABASE_URL"):
            try:
                os.environ["DATABASE_URL"] = embedded_server(DATA_DIR, throwaway=True).acquire()
            except EmbeddedError as error:
                raise pytest.UsageError(str(error)) from error
    return (yield)


def pytest_unconfigure() -> None:
    """Stop the server with the run that started it."""
    embedded_server(DATA_DIR, throwaway=True).release()
