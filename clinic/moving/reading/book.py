"""Workbooks (XLSX, ECMA-376): what is shown in their cells, never what a formula would compute.

A workbook is a zip: how much is in it is looked at before it is opened, and it is read row by row.
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from itertools import islice
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.utils.translation import gettext as _
from openpyxl import load_workbook

from clinic.models import Refusal

ZIP = b"PK\x03\x04"
OLD_EXCEL = b"\xd0\xcf\x11\xe0"
LARGEST_INSIDE = 100 * 1024 * 1024
MOST_PARTS = 500
# Stands in a cell whose formula was never computed.
NOT_COMPUTED = "\ue000"
WIDEST = 200


def is_book(content: bytes) -> bool:
    """Whether it is a workbook, or at least a zip."""
    return content.startswith(ZIP)


def tops_of(content: bytes, count: int) -> dict[str, list[list[str]]]:
    """The first rows of every sheet that is not hidden, by its name. Raises Refusal as `rows_of` does."""
    _look_inside(content)
    with _opened(content, computed=True) as book:
        return {
            sheet.title: [[_cell(value, ()) for value in row[:WIDEST]] for row in islice(_rows(sheet), count)]
            for sheet in book.worksheets
            if sheet.sheet_state == "visible"
        }


def rows_of(content: bytes, name: str) -> Iterator[list[str]]:
    """Every row of a sheet as texts. Raises Refusal for what is no workbook or too large a one."""
    has_formulas = _look_inside(content)
    shown = _sheet(content, name, computed=True)
    written = _sheet(content, name, computed=False) if has_formulas else None
    for row in shown:
        formulas = next(written, ()) if written else ()
        yield [_cell(value, formulas[place : place + 1]) for place, value in enumerate(row[:WIDEST])]


def _look_inside(content: bytes) -> bool:
    """Whether there are formulas in it."""
    try:
        with ZipFile(BytesIO(content)) as parts:
            sizes = [part.file_size for part in parts.infolist()]
            if len(sizes) > MOST_PARTS or sum(sizes) > LARGEST_INSIDE:
                raise Refusal(_("This workbook is too large inside. Save the sheet as CSV."), "file")
            sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/")]
            return any(b"<f" in parts.read(name) for name in sheets)
    except (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise _no_book() from error


def _sheet(content: bytes, name: str, *, computed: bool) -> Iterator[tuple[Any, ...]]:
    with _opened(content, computed=computed) as book:
        yield from _rows(book[name])


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    # What a sheet says of its own size may be wrong.
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


@contextmanager
def _opened(content: bytes, *, computed: bool) -> Iterator[Any]:
    try:
        yield load_workbook(BytesIO(content), read_only=True, data_only=computed, keep_links=False)
    except Refusal:
        raise
    except Exception as error:
        # openpyxl raises whatever its XML comes upon.
        raise _no_book() from error


def _no_book() -> Refusal:
    return Refusal(_("This is no workbook that can be read. Save it anew as XLSX, or as CSV."), "file")


def _cell(value: Any, formula: tuple[Any, ...]) -> str:
    if value is None:
        is_formula = bool(formula) and (not isinstance(formula[0], str) or formula[0].startswith("="))
        return NOT_COMPUTED if is_formula and formula[0] is not None else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%d" if value.time() == datetime.time() else "%Y-%m-%d %H:%M")
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)
