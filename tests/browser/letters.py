"""What the worker does, done in the test's own process, and the letters that it sent."""

import asyncio
import re
from threading import Thread

from django.core import mail
from django.db import connections
from procrastinate.contrib.django import app

ADDRESS = re.compile(r"https?://\S+")


def do_jobs() -> None:
    """Do every job that waits, as the worker does them, and end."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            with app.replace_connector(app.connector.get_worker_connector()):
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
