"""The programs that make up a running installation: started together, stopped together."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from django.core.management.base import CommandError

SECONDS_TO_STOP = 15


class Processes:
    """The children of one parent. When one ends by itself, the installation is broken."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, *command: str) -> None:
        """Start a child in its own session: Ctrl-C reaches only the parent, which stops the children."""
        self.running[name] = subprocess.Popen(
            command,
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )

    def check(self) -> None:
        """Refuse to go on with half an installation."""
        for name, child in self.running.items():
            if child.poll() is not None:
                raise CommandError(
                    f"{name} stopped by itself (exit status {child.returncode}), so everything was stopped: "
                    "the reason is above."
                )

    def stop(self) -> None:
        """Ask politely, then insist."""
        for child in self.running.values():
            child.terminate()
        deadline = time.monotonic() + SECONDS_TO_STOP
        for child in self.running.values():
            try:
                child.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
            # A killed site leaves its workers behind, for half a minute, on our port.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    """Linux: a killed parent takes its children along, so none of them keeps the port."""
    if sys.platform == "linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGTERM)
