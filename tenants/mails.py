"""The demo's delivered mails: files that Django's own backend wrote (never served outside a demo)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

# Between the messages that one connection wrote into one file.
RULE = b"-" * 79
KEY = re.compile(r"^(?P<file>[0-9]{8}-[0-9]{6}-[0-9]+)-(?P<number>[0-9]{1,4})$")
# What the page lists at most: the newest.
NEWEST = 200


@dataclass(frozen=True)
class Mail:
    """A delivered mail. `key` names it in addresses."""

    key: str
    subject: str
    to: str
    sender: str
    at: datetime
    text: str


def delivered() -> list[Mail]:
    """The newest mails first."""
    found: list[Mail] = []
    for path in sorted(_folder().glob("*.log"), reverse=True):
        found += reversed(_mails_in(path))
        if len(found) >= NEWEST:
            break
    return sorted(found, key=lambda mail: (mail.at, mail.key), reverse=True)[:NEWEST]


def read(key: str) -> Mail | None:
    """The mail of that key."""
    match = KEY.match(key)
    if match is None:
        return None
    path = _folder() / f"{match['file']}.log"
    return next((mail for mail in _mails_in(path) if mail.key == key), None) if path.is_file() else None


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)


def _mails_in(path: Path) -> list[Mail]:
    parts = [part.strip(b"\n") for part in path.read_bytes().split(b"\n" + RULE + b"\n")]
    return [_mail(f"{path.stem}-{number}", part) for number, part in enumerate(parts) if part]


def _mail(key: str, source: bytes) -> Mail:
    message = message_from_bytes(source, EmailMessage, policy=policy.default)
    body = message.get_body(("plain",))
    return Mail(
        key=key,
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        sender=str(message["From"] or ""),
        # Django writes UTC as -0000, which Python reads as no zone at all.
        at=parsedate_to_datetime(message["Date"]).replace(tzinfo=UTC),
        text=body.get_content() if body else "",
    )
