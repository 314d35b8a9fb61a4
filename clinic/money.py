"""Rounding money to what its currency is counted in."""

from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

from clinic.models import Refusal

NOTHING = Decimal(0)
SMALLEST = Decimal("0.001")


def digits_of(currency: str) -> int:
    """How many places `currency` is counted in (ISO 4217: JPY 0, EUR 2, KWD 3)."""
    return get_currency_precision(currency)


def coin(digits: int) -> Decimal:
    """The smallest amount of a currency of `digits` places: 0.01 of two."""
    return Decimal(1).scaleb(-digits)


def rounded(amount: Decimal, digits: int) -> Decimal:
    """`amount` in `digits` places, halves away from zero, as PostgreSQL's round() does."""
    return amount.quantize(coin(digits), rounding=ROUND_HALF_UP)


def in_coins(amount: Decimal, digits: int) -> None:
    """Refuse an amount that has more decimal places than its currency."""
    if amount != rounded(amount, digits):
        raise Refusal(_("The amount has more decimal places than the currency."), "amount")
