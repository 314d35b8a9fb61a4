"""What a clinic may be called and what may stand in its facts."""

import re
import secrets
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError
from babel.numbers import list_currencies
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

SCHEMA_NAME = r"^t_[0-9a-f]{16}$"
HOST = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$"
# A host that can be owned: a name below another one.
OWN_HOST = HOST.removesuffix("*$") + "+$"
# Addresses that people or programs take for something else than a clinic.
RESERVED_LABELS = (
    *(
        "account",
        "accounts",
        "admin",
        "api",
        "app",
        "apps",
        "assets",
        "autoconfig",
        "autodiscover",
        "billing",
        "blog",
    ),
    *(
        "cdn",
        "clinic",
        "clinics",
        "dev",
        "docs",
        "email",
        "ftp",
        "help",
        "imap",
        "info",
        "localhost",
        "login",
        "mail",
    ),
    *(
        "media",
        "mx",
        "news",
        "ns1",
        "ns2",
        "pop",
        "postmaster",
        "public",
        "root",
        "security",
        "signup",
        "smtp",
    ),
    *("staging", "static", "status", "support", "system", "test", "webmail", "wpad", "www"),
)
# Two hyphens in the third and fourth place mark an encoded name (RFC 5891, xn--): it can look like another.
LABEL = r"^(?!..--)[a-z][a-z0-9-]{0,30}[a-z0-9]$"
COLOUR = r"^#[0-9a-f]{6}$"


def is_currency(value: str) -> None:
    """Accept the ISO 4217 codes that Babel knows."""
    if value not in list_currencies():
        raise ValidationError(_("This is not a currency code, such as EUR or NGN."))


def is_time_zone(value: str) -> None:
    """Accept the names of the IANA time zone database."""
    if value not in available_timezones():
        raise ValidationError(_("This is not a time zone, such as Europe/Dublin."))


def is_locale(value: str) -> None:
    """Accept the locales that Babel knows, written as en_NG."""
    try:
        Locale.parse(value)
    except (UnknownLocaleError, ValueError) as error:
        raise ValidationError(_("This is not a language and region, such as en_NG.")) from error


def is_label(value: str) -> None:
    """Accept what may stand before the platform's domain."""
    if not re.match(LABEL, value):
        raise ValidationError(
            _("Use 2 to 32 small letters, digits and hyphens. Begin with a letter; end without a hyphen.")
        )
    if value in RESERVED_LABELS:
        raise ValidationError(_("This address is reserved. Please choose another one."))


def generated_schema_name() -> str:
    """A schema name that nobody chose and that is never used twice (64 random bits)."""
    return f"t_{secrets.token_hex(8)}"
