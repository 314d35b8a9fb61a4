"""The demo's delivered mails and text messages: files that were written instead (never outside a demo)."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from clinic.notifications.sms import sms_folder

# Between the messages that one connection wrote into one file.
RULE = b"-" * 79
KEY = re.compile(r"^(?P<file>[0-9]{8}-[0-9]{6}-[0-9]+)-(?P<number>[0-9]{1,4})$")
TEXT = re.compile(r"^sms-(?P<file>[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$")
# What the page lists at most: the newest.
NEWEST = 200


@dataclass(frozen=True)
class Mail:
    """A delivered mail, or a text message: without subject and sender. `key` names it in addresses."""

    key: str
    subject: str
    to: str
    sender: str
    at: datetime
    text: str
    # The names of the files that went along.
    files: tuple[str, ...] = ()


def delivered() -> list[Mail]:
    """The newest first."""
    found = _newest_texts()
    several = len(found)
    for path in sorted(_folder().glob("*.log"), reverse=True):
        found += reversed(_mails_in(path))
        if len(found) >= NEWEST + several:
            break
    return sorted(found, key=lambda mail: (mail.at, mail.key), reverse=True)[:NEWEST]


def read(key: str) -> Mail | None:
    """The mail of that key."""
    if text := TEXT.match(key):
        path = sms_folder() / f"{text['file']}.txt"
        return _text(path) if path.is_file() else None
    match = KEY.match(key)
    if match is None:
        return None
    path = _folder() / f"{match['file']}.log"
    return next((mail for mail in _mails_in(path) if mail.key == key), None) if path.is_file() else None


def _newest_texts() -> list[Mail]:
    # Their names are keys of version 7, in order of time.
    return [_text(path) for path in sorted(sms_folder().glob("*.txt"), reverse=True)[:NEWEST]]


def _text(path: Path) -> Mail:
    """The text message that clinic.notifications.sms wrote."""
    heads, _line, text = path.read_text(encoding="utf-8").partition("\n\n")
    facts = dict(line.split(": ", 1) for line in heads.splitlines())
    moment = datetime.fromisoformat(facts["Date"]).astimezone(UTC)
    return Mail(f"sms-{path.stem}", "", facts["To"], "", moment, text)


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
        files=tuple(part.get_filename("") for part in message.iter_attachments()),
    )
