"""Tables to take away: what a spreadsheet opens without running anything that somebody typed."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO
from typing import Any

from django.http import HttpResponse

# A cell that begins with one of these is a formula to a spreadsheet (OWASP, "CSV Injection").
FORMULA = ("=", "+", "-", "@", "\t", "\r")
# By it a spreadsheet knows that the file is UTF-8.
MARK = "\ufeff"


def harmless(cell: Any) -> Any:
    """The cell as it may stand in a table: what would be run is text; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, int | Decimal):
        return cell
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA) else text


def csv_response(rows: Iterable[Sequence[Any]], filename: str) -> HttpResponse:
    """The rows as a table to be stored, comma-separated (RFC 4180)."""
    written = StringIO()
    csv.writer(written).writerows([harmless(cell) for cell in row] for row in rows)
    response = HttpResponse(MARK + written.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    response["Cache-Control"] = "private, no-store"
    return response
