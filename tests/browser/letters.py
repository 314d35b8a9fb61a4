"""What the worker does, done in the test's own process, and the letters that it sent."""

import asyncio
import re
from threading import Thread
from unittest.mock import patch

from django.core import mail
from django.db import connections
from procrastinate.contrib.django import app

ADDRESS = re.compile(r"https?://\S+")
# Every periodic job was due so long ago that it waits for its next time.
LONG_AGO = ("periodic_defaults", {"max_delay": -1})


def do_jobs() -> None:
    """Do every job that was asked for, as the worker does them, and end.

    What it does by the clock is tests/clinic/test_jobs.py's matter: it would make the schemas of the next
    three clinics in the middle of a visit.
    """
    failed: list[BaseException] = []

    def work() -> None:
        try:
            connector = app.connector.get_worker_connector()
            with app.replace_connector(connector) as working, patch.object(working, *LONG_AGO):
                asyncio.run(_work())
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    # In a thread of its own: Playwright's event loop runs in ours.
    worker = Thread(target=work)
    worker.start()
    worker.join()
    if failed:
        raise failed[0]


async def _work() -> None:
    async with app.open_async():
        await app.run_worker_async(wait=False, concurrency=1, install_signal_handlers=False)


def link_in_letter(to: str, subject: str) -> str:
    """The first address in the newest letter to somebody whose subject has these words."""
    do_jobs()
    letters = [letter for letter in mail.outbox if letter.to == [to] and subject in letter.subject]
    assert letters, f"no letter {subject!r} to {to} among {[letter.subject for letter in mail.outbox]}"
    found = ADDRESS.search(str(letters[-1].body))
    assert found, letters[-1].body
    return found.group()
