"""Wording messages. A version is a new row; the present one is the last."""

import re
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.models import Refusal, relayed
from clinic.texts.composing import NAME
from clinic.texts.models import MessageText, parts_of
from clinic.texts.wordings import Wording

BRACE = re.compile(r"[{}]")


@transaction.atomic
def update_message_text(
    wording: Wording, *, by: Any, channel: str, language: str, seen: int, **words: str
) -> MessageText:
    """Say these words from now on, where they are not empty. `seen`: the version that was changed.

    Raises Refusal beside the part that names what is unknown or leaves out what must stay, and when
    somebody else has changed the text in the meantime.
    """
    check_words(wording, words)
    return _write(wording, by, channel, language, seen, words)


@transaction.atomic
def use_standard_text(wording: Wording, *, by: Any, channel: str, language: str, seen: int) -> MessageText:
    """Say our own words again. What the clinic's said stays among the versions."""
    return _write(wording, by, channel, language, seen, {})


def check_words(wording: Wording, words: Mapping[str, str]) -> None:
    """Refuse what could not be said, beside the part in which it stands."""
    for part, text in words.items():
        allowed = wording.names_in(part)
        for name in NAME.findall(text):
            if name not in allowed:
                raise Refusal(
                    _("{%(name)s} means nothing here. Use those named below.") % {"name": name}, part
                )
        if BRACE.search(NAME.sub("", text)):
            raise Refusal(_("Braces { } stand around one of the names below, and nowhere else."), part)
        missing = [name for name in wording.needed_in(part) if f"{{{name}}}" not in text]
        if text and missing:
            names = ", ".join(f"{{{name}}}" for name in missing)
            raise Refusal(
                _("This must stay in it, or the reader is lost: %(names)s") % {"names": names}, part
            )


def _write(
    wording: Wording, by: Any, channel: str, language: str, seen: int, words: Mapping[str, str]
) -> MessageText:
    # One at a time: the clinic's row says which texts are its own, for all of them together.
    organization = type(connection.tenant).objects.locked(connection.tenant.pk)
    said = {part: words.get(part, "").replace("\r\n", "\n").strip() for part in parts_of(channel)}
    written = MessageText(
        kind=wording.kind,
        channel=channel,
        language=language,
        version=seen + 1,
        author=by.name if by else "",
        **said,
    )
    with relayed(MessageText):
        written.save(force_insert=True)
    organization.own_texts = [text.key for text in MessageText.objects.current() if text.is_own]
    organization.save(update_fields=["own_texts"])
    # Whatever is written in this very request says it too.
    connection.tenant.own_texts = organization.own_texts
    return written
