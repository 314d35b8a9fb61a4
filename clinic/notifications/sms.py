"""Text messages: one function sends them, by whatever SMS_URL names.

file:                                    files in DATA_DIR/sms, for trying things out
twilio://SID:TOKEN@/+15005550006         Twilio's REST API, from this number (or sender's name)
twilio://SID:TOKEN@api.example/+1500…    another host that speaks the same
"""

import base64
import http.client
import json
import math
import unicodedata
from collections.abc import Callable
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlencode, urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.notifications.outcomes import NotSentError, RefusedError, UncertainError

TWILIO = "api.twilio.com"
TIMEOUT = 20
# Twilio's own numbers for "too many at once": https://www.twilio.com/docs/api/errors
TWILIO_BUSY = frozenset({14107, 20429, 21611})
# Answers to requests that were not taken up at all.
NOT_TAKEN = frozenset({401, 403, 404, 408, 429, 503})


def send_sms(to: str, text: str, reference: str) -> None:
    """Send one text message; `reference` names it for us.

    Raises NotSentError (try again), RefusedError (never) or UncertainError (nobody can know).
    """
    url = urlsplit(settings.SMS_URL)
    PROVIDERS[url.scheme](url, to, text, reference)


def _to_file(url: SplitResult, to: str, text: str, reference: str) -> None:
    folder = sms_folder()
    folder.mkdir(parents=True, exist_ok=True)
    at = timezone.now()
    draft = folder / f".{reference}"
    draft.write_text(f"To: {to}\nDate: {at.isoformat()}\n\n{text}\n", encoding="utf-8")
    # It appears when it is whole, and the same message is the same file.
    draft.rename(folder / f"{reference}.txt")


def sms_folder() -> Path:
    """Where text messages are kept that are written to files."""
    return Path(urlsplit(settings.SMS_URL).path or settings.DATA_DIR / "sms")


def _to_twilio(url: SplitResult, to: str, text: str, reference: str) -> None:
    sid, token = unquote(url.username or ""), unquote(url.password or "")
    server = http.client.HTTPSConnection(url.hostname or TWILIO, url.port, timeout=TIMEOUT)
    try:
        server.connect()
    except OSError as problem:
        raise NotSentError(_("The service for text messages could not be reached."), problem) from problem
    words = {"From": unquote(url.path.strip("/")), "To": to, "Body": text}
    login = base64.b64encode(f"{sid}:{token}".encode()).decode()
    heads = {"Authorization": f"Basic {login}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        server.request("POST", f"/2010-04-01/Accounts/{sid}/Messages.json", urlencode(words), heads)
        answer = server.getresponse()
        told = answer.read()
    except (OSError, http.client.HTTPException) as problem:
        raise UncertainError(
            _("The connection broke when the message was handed over: it may have arrived."), problem
        ) from problem
    finally:
        server.close()
    _read_answer(answer.status, told)


def _read_answer(status: int, told: bytes) -> None:
    """What Twilio's answer to a new message means: 201 and the message, or an error with a number."""
    try:
        facts = json.loads(told)
    except ValueError:
        facts = {}
    code = facts.get("error_code") if status == 201 else facts.get("code")
    heard = f"{status} {code or ''} {facts.get('error_message') or facts.get('message') or ''}".strip()
    if status == 201 and not code:
        return
    if status in NOT_TAKEN or code in TWILIO_BUSY:
        raise NotSentError(_("The service for text messages does not take messages from us now."), heard)
    if status >= 500 or (status < 400 and not code):
        raise UncertainError(_("The service for text messages did not say whether it was sent."), heard)
    raise RefusedError(_("The service for text messages refused this message. Check the number."), heard)


PROVIDERS: dict[str, Callable[[SplitResult, str, str, str], None]] = {"file": _to_file, "twilio": _to_twilio}

# The letters of GSM 03.38: a message of these holds 160 of them, any other letter makes it 70.
GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# These count twice.
GSM_EXTENSION = frozenset("^{}\\[~]|€")
# What typographers prefer, as phones write it.
PLAIN = str.maketrans({"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "..."})


def legible(text: str) -> str:
    """The text in letters that every phone has, on one line; other scripts stay as they are."""
    plain = "".join(_plain(letter) for letter in " ".join(text.split()).translate(PLAIN))
    return plain if is_gsm(plain) else " ".join(text.split())


def is_gsm(text: str) -> bool:
    """Whether the text is written in the letters of GSM 03.38 alone."""
    return set(text) <= GSM | GSM_EXTENSION


def length(text: str) -> int:
    """How much of a message's 160 places the text takes, if it `is_gsm`."""
    return len(text) + sum(letter in GSM_EXTENSION for letter in text)


def segments(text: str) -> int:
    """How many messages a phone makes of the text: each after the first has room for its number too."""
    alone, joined, places = (160, 153, length(text))
    if not is_gsm(text):
        alone, joined, places = 70, 67, len(text.encode("utf-16-le")) // 2
    return 1 if places <= alone else math.ceil(places / joined)


def _plain(letter: str) -> str:
    """The letter, or without its accents what is left of it."""
    if letter in GSM or letter in GSM_EXTENSION:
        return letter
    bare = "".join(part for part in unicodedata.normalize("NFKD", letter) if not unicodedata.combining(part))
    return bare or letter
