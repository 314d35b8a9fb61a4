"""The real site on a real port: gunicorn's sync workers over this worker's copy of the database."""

import multiprocessing
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, connections
from django.template.loader import get_template
from django.urls import reverse
from gunicorn.app.base import BaseApplication

from tests import databases

WORKERS = 4
# Where browsers find axe, beside the site's own static files.
AXE = "/static/axe.min.js"
# Who looks at one page after another needs no more: every process begins cold.
FOR_A_BROWSER = 2


class Served(NamedTuple):
    """A site that runs: the port it listens on, and the process that watches over its workers."""

    port: int
    master: int

    def workers(self) -> list[int]:
        """The ids of the processes that answer requests now."""
        children = subprocess.run(["pgrep", "-P", str(self.master)], capture_output=True, text=True)
        return [int(line) for line in children.stdout.split()]


class Site(BaseApplication):
    """Gunicorn, configured here instead of by a command line."""

    def __init__(self, listening: socket.socket, workers: int) -> None:
        self.listening = listening
        self.workers = workers
        super().__init__()

    def load_config(self) -> None:
        """Sync workers, as in production: a process is in one clinic at a time."""
        self.cfg.set("bind", f"fd://{self.listening.fileno()}")
        self.cfg.set("workers", self.workers)
        self.cfg.set("worker_class", "sync")
        self.cfg.set("loglevel", "error")
        self.cfg.set("control_socket_disable", True)

    def load(self) -> Callable[..., Any]:
        """The site as production loads it, and axe."""
        return with_axe(site())


@cache
def site() -> Callable[..., Any]:
    """The site as production loads it, probe included, with what its first pages would have to wait for.

    Loaded once in the process of the tests; those that answer are forked from it, and begin warm.
    """
    with databases.where_we_are():
        connection.set_schema_to_public()
        from clinic.wsgi import application
    for urlconf in (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF):
        reverse("account_login", urlconf)
    home = Path(settings.BASE_DIR) / "templates"
    for template in home.rglob("*.html"):
        get_template(str(template.relative_to(home)))
    return application


def with_axe(application: Callable[..., Any]) -> Callable[..., Any]:
    """The application, which also hands out axe: to be kept by the browser, as what never changes."""
    script = (Path(__file__).parent / "vendor" / "axe.min.js").read_bytes()
    headers = [("Content-Type", "text/javascript"), ("Cache-Control", "max-age=31536000, immutable")]

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if environ["PATH_INFO"] != AXE:
            return application(environ, start_response)
        start_response("200 OK", headers)
        return [script]

    return answer


def _serve(listening: socket.socket, workers: int) -> None:
    os.setpgrp()
    # What tests opened before Playwright's loop began is hidden from `close_all` while it runs: not ours.
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None
    # The test that started us may stand in a clinic.
    connection.set_schema_to_public()
    Site(listening, workers).run()


@contextmanager
def serving(workers: int = WORKERS) -> Iterator[Served]:
    """Run the site while the block lasts. Every host name leads to it, and its links lead to itself."""
    site()
    connections.close_all()
    usual = settings.PUBLIC_PORT
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listening:
        listening.set_inheritable(True)
        port = listening.getsockname()[1]
        settings.PUBLIC_PORT = str(port)
        # Forked, so that it has this worker's settings (its own database, its port).
        process = multiprocessing.get_context("fork").Process(target=_serve, args=(listening, workers))
        process.start()
        try:
            _wait(port)
            yield Served(port, process.pid or 0)
        finally:
            settings.PUBLIC_PORT = usual
            # The master and its workers: nobody waits for an answer any more.
            with suppress(ProcessLookupError):
                os.killpg(process.pid or 0, signal.SIGKILL)
            process.kill()
            process.join()


def _wait(port: int) -> None:
    """Ask for a page until it is answered: the kernel queues the request until a worker takes it."""
    asking = HTTPConnection("127.0.0.1", port, timeout=60)
    asking.request("GET", "/", headers={"Host": "localhost"})
    status = asking.getresponse().status
    asking.close()
    if status >= 500:
        raise RuntimeError(f"The site answers with error {status}.")
