"""Tables that leave as files hold no formula that a person typed, and numbers as numbers."""

import csv
import html
import io
import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.tables import STARTS_A_FORMULA, Table, as_csv, as_xlsx, table_response

FORMULAS = (
    "=1+1",
    "+1",
    "-1+cmd|' /C calc'!A0",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
    '=HYPERLINK("http://evil.example")',
)


def read(content: bytes) -> list[list[str]]:
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content[3:].decode(), newline="")))


def table(*rows: tuple[object, ...], digits: int = 2) -> Table:
    return Table("Books", ["Day", "Text", "Amount"], rows, digits)


@pytest.mark.parametrize("text", FORMULAS)
def test_text_is_no_formula_in_a_csv(text: str) -> None:
    assert read(as_csv(table((text,))))[1] == [f"'{text}"]


@given(st.text(max_size=20))
def test_no_text_whatever_begins_a_cell_like_a_formula(text: str) -> None:
    (cell,) = read(as_csv(Table("", [""], [[text]])))[1] or [""]
    assert not cell.lstrip(" \u00a0").startswith(STARTS_A_FORMULA)
    assert cell in (text, f"'{text}")


def test_numbers_stay_numbers_and_days_are_written_as_iso_8601() -> None:
    row = (date(2026, 11, 2), Decimal("-1234.5"), 3, None, datetime(2026, 11, 2, 9, 5, tzinfo=UTC))
    assert read(as_csv(table(row)))[1] == ["2026-11-02", "-1234.50", "3", "", "2026-11-02 09:05"]
    assert read(as_csv(table((Decimal(-12),), digits=0)))[1] == ["-12"]
    assert read(as_csv(table((Decimal("1.5"),), digits=3)))[1] == ["1.500"]


def cells(content: bytes) -> list[tuple[str | None, str]]:
    """Each cell's type and value, shared strings looked up."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        strings = book.read("xl/sharedStrings.xml").decode()
    assert "<f>" not in sheet, "no formula"
    shared = [html.unescape(text) for text in re.findall(r"<si><t[^>]*>(.*?)</t></si>", strings, re.DOTALL)]
    found = re.findall(r'<c r="\w+"(?: s="\d+")?(?: t="(\w+)")?><v>(.*?)</v></c>', sheet)
    return [(kind or None, shared[int(value)] if kind == "s" else value) for kind, value in found]


def test_text_is_text_in_a_workbook_and_money_a_number() -> None:
    rows = [(date(2026, 11, 2), text, Decimal("-1234.56")) for text in FORMULAS]
    found = cells(as_xlsx(table(*rows)))[3:]
    texts = [value for kind, value in found if kind == "s"]
    assert [re.sub("_x000D_", "\r", text) for text in texts] == list(FORMULAS)
    assert [value for kind, value in found if kind is None and "-" in value] == ["-1234.56"] * len(FORMULAS)


def test_the_largest_amount_is_written_to_its_last_place() -> None:
    assert (None, "99999999999.999") in cells(as_xlsx(table((Decimal("99999999999.999"),), digits=3)))


def test_a_title_is_one_that_a_workbook_may_have() -> None:
    assert as_xlsx(Table("Books [2026/27]: a very long title indeed", ["'"], []))


def test_a_table_is_a_download_that_nobody_keeps() -> None:
    response = table_response(table(), "csv", "books-2026")
    assert response["Content-Disposition"] == 'attachment; filename="books-2026.csv"'
    assert response["Cache-Control"] == "private, no-store"
