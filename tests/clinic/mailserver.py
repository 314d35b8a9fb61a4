"""A real mail server on loopback. What it does with a letter stands in the letter's address."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from threading import Event
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message as MessageHandler
from aiosmtpd.smtp import SMTP


class Letterbox(MessageHandler):
    """Takes letters; `refused@`, `later@`, `broken@` and `held@` fare as their names say."""

    def __init__(self) -> None:
        super().__init__()
        self.letters: list[Message] = []
        self.holding = Event()
        self.let_go = Event()
        self.connections: set[Any] = set()

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox"
        if address.startswith("later@"):
            return "450 4.2.1 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:
        # Not by the address: a port that was let go may be given again.
        self.connections.add(session)
        to = envelope.rcpt_tos[0]
        if to.startswith("spam@"):
            return "554 5.7.1 not wanted"
        await super().handle_DATA(server, session, envelope)
        if to.startswith("broken@"):
            server.transport.abort()
        if to.startswith("held@"):
            self.holding.set()
            while not self.let_go.is_set():
                await asyncio.sleep(0.02)
        return "250 OK"

    def handle_message(self, message: Message) -> None:
        self.letters.append(message)

    @property
    def recipients(self) -> list[str]:
        """To whom the letters went, in order."""
        return [str(letter["To"]) for letter in self.letters]


class Loopback(Controller):
    """The library's server on whatever port is free."""

    def _trigger_server(self) -> None:
        assert self.server
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def receiving(settings: Any) -> Iterator[Letterbox]:
    """The server, and the site's settings lead to it."""
    letterbox = Letterbox()
    controller = Loopback(letterbox, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    settings.EMAIL_TIMEOUT = 5
    try:
        yield letterbox
    finally:
        letterbox.let_go.set()
        controller.stop()
