"""Tables that leave as files: CSV (RFC 4180) and XLSX, in which nothing a person typed is a formula.

A spreadsheet takes a cell of a CSV that begins with one of `= + - @`, a tab or a line break for a formula
(OWASP, CSV Injection: https://owasp.org/www-community/attacks/CSV_Injection). Text of this kind is given an
apostrophe in front; numbers are written as numbers. A cell of an XLSX has a type, so text there stays text
as it was typed.
"""

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any, NamedTuple

import xlsxwriter
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

# The full-width forms are taken for the others where the spreadsheet's language is an East Asian one.
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What Excel holds in a cell, and in the name of a sheet.
LONGEST_TEXT = 32_767
LONGEST_TITLE = 31
WIDEST = 60
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


class Table(NamedTuple):
    """Rows under their heads. `digits`: the decimal places of its amounts of money (Decimal)."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]
    digits: int = 2


def is_file_kind(kind: str | None) -> bool:
    """Whether tables leave as this kind of file."""
    return kind in TYPES


def table_response(table: Table, kind: str, name: str) -> HttpResponse:
    """The table as a download `name` of the `kind`: csv or xlsx."""
    content = as_csv(table) if kind == "csv" else as_xlsx(table)
    response = HttpResponse(content, content_type=TYPES[kind])
    filename = f"{name}.{kind}"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def as_csv(table: Table) -> bytes:
    """The table as CSV in UTF-8, with the mark by which Excel knows that."""
    file = StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([harmless(str(name)) for name in table.head])
    for row in table.rows:
        writer.writerow([_written(cell, table.digits) for cell in row])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def harmless(text: str) -> str:
    """The text as a cell of a CSV that no spreadsheet takes for a formula."""
    return f"'{text}" if text.lstrip(" \u00a0").startswith(STARTS_A_FORMULA) else text


def _written(cell: Any, digits: int) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:.{digits}f}"
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, datetime):
        return timezone.localtime(cell).strftime("%Y-%m-%d %H:%M")
    return cell.isoformat() if isinstance(cell, date) else harmless(str(cell))


def as_xlsx(table: Table) -> bytes:
    """The table as a workbook of one sheet, its head kept in sight."""
    file = BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {"in_memory": True, **plain}) as book:
        sheet = book.add_worksheet(_title(table.title))
        styles = {
            Decimal: book.add_format({"num_format": "#,##0" + "." * bool(table.digits) + "0" * table.digits}),
            date: book.add_format({"num_format": "yyyy-mm-dd"}),
            datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        bold = book.add_format({"bold": True})
        for column, name in enumerate(table.head):
            sheet.write_string(0, column, str(name), bold)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                _put(sheet, number, column, cell, styles)
        sheet.freeze_panes(1, 0)
        sheet.autofit(WIDEST * 7)
    return file.getvalue()


def _title(text: str) -> str:
    return "".join(" " if letter in "[]:*?/\\'" else letter for letter in text)[:LONGEST_TITLE]


def _put(sheet: Any, row: int, column: int, cell: Any, styles: dict[type, Any]) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Decimal | int):
        sheet.write_number(row, column, cell, styles[Decimal] if isinstance(cell, Decimal) else None)
    elif isinstance(cell, datetime):
        sheet.write_datetime(row, column, timezone.make_naive(cell), styles[datetime])
    elif isinstance(cell, date):
        sheet.write_datetime(row, column, cell, styles[date])
    else:
        sheet.write_string(row, column, str(cell)[:LONGEST_TEXT])
