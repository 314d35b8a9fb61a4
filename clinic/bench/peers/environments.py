"""A peer's own environment: made once, kept in the data folder, filled from the package index."""

import json
import subprocess
import venv
from pathlib import Path
from typing import NamedTuple

import psycopg
from django.conf import settings
from psycopg import sql


class NotRunError(Exception):
    """Why a peer could not be measured: one sentence."""


class Peer(NamedTuple):
    """A program of others: its packages in the index (as pip takes them), the module that drives it, and what
    is to be known of it beside the figures."""

    name: str
    packages: tuple[str, ...]
    module: str
    comparison: str


def installed(peer: Peer, folder: Path) -> Path:
    """The Python of the peer's environment. Raises NotRunError when it cannot be made."""
    home = folder / peer.name
    python, stamp = home / "bin" / "python", home / "installed"
    wanted = "\n".join(peer.packages)
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    venv.create(home, with_pip=True, clear=True)
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *peer.packages]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise NotRunError(f"it could not be installed: {_last_line(done.stderr)}")
    stamp.write_text(wanted)
    return python


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it said nothing"])[-1]


class Driven:
    """A peer's process on a database of its own, asked as clinic.bench.peers.driving says."""

    def __init__(self, peer: Peer, python: Path) -> None:
        self.process = subprocess.Popen(
            [python, "-m", peer.module, database(peer.name)],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def ask(self, verb: str, number: int) -> dict[str, float]:
        """What doing it that often costs, each time. Raises NotRunError when the peer ends instead."""
        stdin, stdout = self.process.stdin, self.process.stdout
        if stdin is None or stdout is None or self.process.poll() is not None:
            raise NotRunError(f"it ended: {_last_line(self.stop())}")
        stdin.write(json.dumps([verb, number]) + "\n")
        stdin.flush()
        said = stdout.readline()
        if not said:
            raise NotRunError(f"it ended: {_last_line(self.stop())}")
        costs: dict[str, float] = json.loads(said)
        return costs

    def stop(self) -> str:
        """End the process; what it complained about."""
        self.process.kill()
        return self.process.communicate()[1] or ""


def database(name: str) -> str:
    """The URL of a fresh database beside the bench's own."""
    owner = settings.DATABASES["owner"]
    host = owner["OPTIONS"].get("host", owner["HOST"])
    port = owner["OPTIONS"].get("port", owner["PORT"]) or 5432
    with psycopg.connect(
        dbname="postgres", user=owner["USER"], host=host, port=port, autocommit=True
    ) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return f"postgresql://{owner['USER']}@/{name}?host={host}&port={port}"
