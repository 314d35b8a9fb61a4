"""Writing a message: our words, with the clinic's own in their place where there are any. The only place."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.template import Context, Template, engines
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language

from clinic.db.current import connection
from clinic.languages import speaking
from clinic.notifications.models import Channel
from clinic.notifications.sms import legible
from clinic.texts.models import MessageText, has_own
from clinic.texts.wordings import PLACEHOLDERS

NAME = re.compile(r"\{(\w+)\}")


def compose(
    kind: str,
    channel: str,
    template: str,
    context: Mapping[str, Any],
    language: str,
    words: Mapping[str, str] | None = None,
) -> tuple[str, str]:
    """Subject and text of a message, in `language` and the clinic's zone; a text message has no subject.

    `words`: what stands in place of parts of our own; if None, what the clinic has stored. Only a message
    that the clinic words itself costs a question.
    """
    zone = getattr(connection.tenant, "time_zone", "") or "UTC"
    with speaking(language), timezone.override(ZoneInfo(zone)):
        words = stored(kind, channel) if words is None else words
        own = {part: filled(text, channel, context) for part, text in words.items() if text}
        text = own.get("text") or render_to_string(template, {**context, "own": own})
        if own.get("text") and "{patient}" not in words["text"]:
            text = whose(context) + text
    if channel == Channel.SMS:
        return "", legible(text.strip())
    subject, _line, body = text.strip().partition("\n")
    return subject.removeprefix("Subject:").strip(), body.strip() + "\n"


def stored(kind: str, channel: str) -> Mapping[str, str]:
    """The clinic's own words in the language being spoken."""
    language = get_language() or ""
    if not has_own(connection.tenant, kind, channel, language):
        return {}
    found = MessageText.objects.versions(kind, channel, language).first()
    return found.words if found else {}


def whose(context: Mapping[str, Any]) -> str:
    """Whose visit it is, for who reads in another's place: a parent may have several children."""
    reader, patient = context.get("reader"), context.get("patient")
    return f"{patient.member.name}: " if reader and patient and reader.pk != patient.pk else ""


def filled(text: str, channel: str, context: Mapping[str, Any]) -> str:
    """The clinic's words with what their names stand for, in one go: what a value says is no name again."""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        if name not in PLACEHOLDERS:
            return found.group(0)
        return _template(name, channel).render(Context(dict(context))).strip()

    return NAME.sub(value, text.replace("\r\n", "\n").strip())


@cache
def _template(name: str, channel: str) -> Template:
    """Our own template for a name: what a clinic writes is never one."""
    placeholder = PLACEHOLDERS[name]
    says = placeholder.in_short if channel == Channel.SMS and placeholder.in_short else placeholder.says
    engine = engines["django"].engine  # type: ignore[attr-defined]
    return Template(f"{{% load clinic %}}{{% autoescape off %}}{says}{{% endautoescape %}}", engine=engine)
