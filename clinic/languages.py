"""In which language something is written: pages in the site's own, messages in their reader's."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.utils import translation

from clinic.db.current import connection

_spoken: ContextVar[str] = ContextVar("language of the message being written", default="")


def languages() -> list[tuple[str, str]]:
    """The languages we can write in, each by its own name."""
    return list(settings.LANGUAGES)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Write in `language` (a key of settings.LANGUAGES; else the clinic's own), dates and times included."""
    spoken = language if language in dict(settings.LANGUAGES) else nearest(_clinics_locale())
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
