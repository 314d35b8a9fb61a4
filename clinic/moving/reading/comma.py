"""Text of columns: which sign parts them, and what stands in each line."""

import csv
from collections.abc import Iterator
from io import StringIO

from django.utils.translation import gettext as _

from clinic.models import Refusal
from clinic.moving.reading.shape import SEPARATORS, Shape

LOOKED_AT = 60
LONGEST_CELL = 100_000


def separator_of(text: str) -> str:
    """The sign that parts most lines into the same number of columns, and into most of them."""
    lines = text.splitlines()[:LOOKED_AT]
    return max(SEPARATORS, key=lambda sign: _evenness(lines, sign))


def _evenness(lines: list[str], sign: str) -> tuple[float, int]:
    widths = [len(row) for row in _rows("\n".join(lines), sign, '"') if row]
    if not widths or max(widths) < 2:
        return 0.0, 0
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    return (widths.count(usual) / len(widths) if usual > 1 else 0.0), usual


def quote_of(text: str, separator: str) -> str:
    """What stands around a cell that holds the separator."""
    return "'" if text.count(f"{separator}'") > text.count(f'{separator}"') else '"'


def rows_of(text: str, shape: Shape) -> Iterator[list[str]]:
    """Every line as its cells. Raises Refusal where a line has no end."""
    try:
        yield from _rows(text, shape.separator, shape.quote)
    except csv.Error as error:
        raise Refusal(
            _("The file cannot be taken apart: look at its quotes, or choose another separator."), "separator"
        ) from error


def _rows(text: str, separator: str, quote: str) -> Iterator[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    return iter(csv.reader(StringIO(text, newline=""), delimiter=separator, quotechar=quote))
