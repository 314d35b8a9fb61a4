"""In which language something is written: pages in the site's own, messages in their reader's."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.utils import translation

from clinic.db.current import connection

_spoken: ContextVar[str] = ContextVar("language of the message being written", default="")


def languages(organization: Any = None) -> list[tuple[str, str]]:
    """The languages the clinic (else the one we are in) writes, each by its own name; among them its own."""
    organization = organization or connection.tenant
    chosen = getattr(organization, "letter_languages", None)
    own = nearest(getattr(organization, "locale", "") or settings.LANGUAGE_CODE)
    return [(code, name) for code, name in settings.LANGUAGES if not chosen or code in {own, *chosen}]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in `language` (one of the clinic's; else its own), dates and times included."""
    spoken = language if language in dict(languages()) else nearest(_clinics_locale())
    token = _spoken.set(spoken)
    try:
        with translation.override(spoken):
            yield
    finally:
        _spoken.reset(token)


def nearest(locale: str) -> str:
    """The language of ours that is nearest to a locale: French for fr_CA."""
    try:
        return translation.get_supported_language_variant(locale.replace("_", "-").lower())
    except LookupError:
        return settings.LANGUAGE_CODE


def notation() -> str:
    """The locale of dates, times and money: the clinic's, unless another language is being spoken."""
    own, spoken = _clinics_locale(), _spoken.get()
    return own if not spoken or own.replace("-", "_").split("_")[0] == spoken else spoken


def _clinics_locale() -> str:
    return getattr(connection.tenant, "locale", "") or settings.LANGUAGE_CODE
