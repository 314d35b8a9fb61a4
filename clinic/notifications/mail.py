"""Letters: how one leaves by SMTP, step by step, so that it is known how far it got."""

import re
import smtplib
import socket
import time
from contextlib import suppress
from email.mime.text import MIMEText
from email.utils import formataddr
from types import TracebackType
from typing import Any, Self, cast

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.notifications.enclosures import drawn
from clinic.notifications.models import OutboxMessage
from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError

# Answers of a mail server (RFC 5321, section 4.2): from here on they are final refusals.
FINAL = 500
START_INPUT, CLOSING = 354, 421
# Seconds for which a server is sure to listen after a letter.
ATTENTION = 2


class Postbox:
    """A connection to the mail server, opened for the first letter and used for the next ones too."""

    def __init__(self) -> None:
        self.backend: Any = get_connection()
        self.spoken_at = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._hang_up()

    def send(self, message: OutboxMessage) -> None:
        """Send one letter. Raises NotSentError, RefusedError or UncertainError."""
        letter = letter_of(message)
        if not isinstance(self.backend, EmailBackend):
            self.backend.send_messages([letter])
            return
        try:
            sender = sanitize_address(letter.from_email, "utf-8")
            recipient = sanitize_address(("", message.recipient), "utf-8")
            # Django's own kind of message, which its stubs do not name.
            text = cast(Any, letter.message()).as_bytes(linesep="\r\n")
        except ValueError as problem:
            raise RefusedError(_("This is not an e-mail address. Correct it."), problem) from problem
        try:
            self._hand_over(self._server(), sender, recipient, text)
        except UncertainError:
            self._hang_up()
            raise
        except (OSError, smtplib.SMTPException) as problem:
            self._hang_up()
            raise NotSentError(_("The mail server could not be reached."), problem) from problem

    def _server(self) -> smtplib.SMTP:
        """The server, ready for a letter; one that has hung up since the last letter is called again."""
        if self.backend.connection and self._is_awake():
            return self.backend.connection
        self._hang_up()
        try:
            self.backend.open()
        except smtplib.SMTPAuthenticationError as problem:
            sentence = _("The mail server does not accept our log-in: tell whoever runs this site.")
            raise NotSentError(sentence, problem) from problem
        # The end of a letter is sent by itself: it does not wait until its beginning is acknowledged.
        self.backend.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.backend.connection

    def _is_awake(self) -> bool:
        """Whether the server still listens: asked when it has heard nothing from us for a while."""
        if time.monotonic() - self.spoken_at < ATTENTION:
            return True
        try:
            return self.backend.connection.noop()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False

    def _hand_over(self, server: smtplib.SMTP, sender: str, recipient: str, text: bytes) -> None:
        server.ehlo_or_helo_if_needed()
        self._expect(server, server.mail(sender), _("The mail server does not take messages from us."))
        refused = _("The mail server takes no messages for this address. Check it.")
        self._expect(server, server.rcpt(recipient), refused)
        self._expect(server, server.docmd("data"), _("The mail server refused this message."), START_INPUT)
        # A line that begins with a dot would end the letter (RFC 5321, section 4.5.2).
        server.send(re.sub(rb"(?m)^\.", b"..", text.rstrip(b"\r\n")) + b"\r\n")
        try:
            server.send(b".\r\n")
            answer = server.getreply()
        except (OSError, smtplib.SMTPException) as problem:
            raise UncertainError(
                _("The connection broke when the message was handed over: it may have arrived."), problem
            ) from problem
        self._expect(server, answer, _("The mail server refused this message."))
        self.spoken_at = time.monotonic()

    def _expect(
        self, server: smtplib.SMTP, answer: tuple[int, bytes], refused: str, wanted: int | None = None
    ) -> None:
        """Go on if the server's answer is the one that is wanted; else it is ready for the next letter."""
        code, words = answer
        if code == wanted or (wanted is None and 200 <= code < 300):
            return
        if code == CLOSING:
            self._hang_up()
        with suppress(OSError, smtplib.SMTPException):
            server.rset()
        heard = f"{code} {words.decode(errors='replace')}"
        if code >= FINAL:
            raise RefusedError(refused, heard)
        raise NotSentError(_("The mail server asked us to try again later."), heard)

    def _hang_up(self) -> None:
        with suppress(OSError, smtplib.SMTPException):
            self.backend.close()
        if isinstance(self.backend, EmailBackend):
            self.backend.connection = None


def letter_of(message: OutboxMessage) -> EmailMessage:
    """The letter as mail programs get it."""
    name = getattr(connection.tenant, "name", "") or settings.PLATFORM_DOMAIN
    # A line break in a head is refused by the mail library, and the letter would never go out.
    sender = " ".join(name.split())
    letter = EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=formataddr((sender, settings.DEFAULT_FROM_EMAIL)),
        to=[message.recipient],
        headers={"Message-ID": f"<{message.pk}@{settings.PLATFORM_DOMAIN}>"},
    )
    if message.calendar:
        letter.attach(_calendar_part(message.calendar))
    if message.enclosure:
        paper = drawn(message.enclosure)
        letter.attach(paper.filename, paper.content, "application/pdf")
    return letter


def _calendar_part(calendar: str) -> MIMEText:
    """The .ics file of a letter; the head repeats its METHOD, by which mail programs know what to do."""
    part = MIMEText(calendar, "calendar", "utf-8")
    methods = [line.partition(":")[2] for line in calendar.splitlines() if line.startswith("METHOD:")]
    if methods:
        part.set_param("method", methods[0])
    part.add_header("Content-Disposition", "attachment", filename="visit.ics")
    return part
