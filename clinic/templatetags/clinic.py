"""What templates say in the clinic's own way: money, days, times; and the key by which a form counts once."""

import secrets
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from clinic.admin_models import AppList
from clinic.db.current import connection
from clinic.http import SENT_AS
from clinic.idempotency.middleware import FIELD
from clinic.languages import notation

register = template.Library()


@register.simple_tag(takes_context=True)
def idempotency_key(context: Any) -> SafeString:
    """The hidden field that lets a form count only once, however often it is sent.

    Beside it, where the person may act for several, for whom the page was drawn (members/acting.py).
    """
    hidden = '<input type="hidden" name="{}" value="{}">'
    key = format_html(hidden, FIELD, secrets.token_urlsafe(18))
    drawn_for = getattr(context.get("request"), SENT_AS, "")
    return key + format_html(hidden, SENT_AS, drawn_for) if drawn_for else key


@register.simple_tag
def fresh_key() -> str:
    """The bare key, for buttons that htmx sends with `hx-vals` from within another form."""
    return secrets.token_urlsafe(18)


@cache
def _sprite() -> str:
    return static("vendor/icons/icons.svg")


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """A symbol of static/vendor/icons/icons.svg, beside words; alone, it has a `label` to be heard.

    `css`: icon-lg, or icon-flip for arrows that turn where one reads from the right. This is a tag and not
    a component because a list has a hundred of them.
    """
    heard = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    drawn = '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>'
    return format_html(drawn, css, heard, _sprite(), name)


@register.simple_tag
def state(value: str = "", label: Any = "", tone: str = "") -> SafeString:
    """A state in words, with a colour. `tone` (wait, info, here, good, bad) overrides the value's own.

    The tone of each stored value is decided in one place: static/css/parts.css, "states".
    """
    css = f"state state-{value} state-tone-{tone}" if tone else f"state state-{value}"
    return format_html('<span class="{}">{}</span>', css, label or value)


# What a hyphen is not: as long as a plus is wide.
MINUS = "\N{MINUS SIGN}"


@register.filter
def money(amount: Decimal | str | None, currency: str = "") -> str:
    """The amount with its currency, in the clinic's notation and the currency's own decimals."""
    if amount is None or amount == "":
        return ""
    code = currency or getattr(connection.tenant, "currency", "") or "XXX"
    return format_currency(amount, code, locale=notation()).replace("-", MINUS)


@register.filter
def number(value: Decimal) -> str:
    """The number in the clinic's notation, without zeros that look like a thousand: 1.5 for 1.500."""
    return format_decimal(value, locale=notation())


@register.filter
def clock(moment: datetime | None) -> str:
    """The time of day in the clinic's zone: 09:30 or 9:30 AM, by its locale."""
    return format_time(timezone.localtime(moment).time(), "short", locale=notation()) if moment else ""


@register.filter
def day(moment: date | None, length: str = "medium") -> str:
    """The date in the clinic's notation (length: short, medium, long, full)."""
    if not moment:
        return ""
    local = timezone.localtime(moment).date() if isinstance(moment, datetime) else moment
    return format_date(local, length, locale=notation())


@register.filter
def day_time(moment: datetime | None) -> str:
    """Date and time in the clinic's zone and notation."""
    if not moment:
        return ""
    return f"{day(moment)}, {clock(moment)}"


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value of `key`, or None."""
    return mapping.get(key)


@register.simple_tag(takes_context=True)
def models_of_admin(context: Any, models: AppList, show_changelinks: bool = False) -> SafeString:
    """The models of an admin (`clinic.admin_models`), with the one on whose page we are marked."""
    return models.drawn(context["request"].path, bool(show_changelinks))
