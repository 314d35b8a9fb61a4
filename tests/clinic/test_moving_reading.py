"""Tables as they come: encodings, separators, dates, amounts, workbooks; told by evidence, never computed."""

import datetime
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from clinic.models import Refusal
from clinic.moving.reading import Shape, Sheet, read
from clinic.moving.tables import columns
from clinic.moving.tables.columns import Column, Unreadable

KNOWN = {"name", "dob", "fee"}
TEXT = "Name;DOB\nRenée Müller;31.12.1980\nÅsa Öberg;01.02.1990\n"


def table(content: bytes) -> Sheet:
    return read(content, known=KNOWN)


@pytest.mark.parametrize(
    ("written", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16"),
        ("iso-8859-1", "iso-8859-1"),
    ],
)
def test_the_encoding_is_recognised(written: str, encoding: str) -> None:
    sheet = table(TEXT.encode(written))
    assert (sheet.shape.encoding, sheet.heads) == (encoding, ["Name", "DOB"])
    assert sheet.rows[0].cells == ["Renée Müller", "31.12.1980"]


def test_letters_of_windows_and_of_other_scripts_are_told_apart() -> None:
    assert table("Name\nRenée – “Zoë”\n".encode("cp1252")).shape.encoding == "cp1252"
    russian = "Имя\n" + "Иванова Мария Петровна\nСмирнов Алексей\n" * 5
    assert table(russian.encode("cp1251")).rows[0].cells == ["Иванова Мария Петровна"]


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_separator_is_the_one_that_parts_evenly(sign: str) -> None:
    lines = [sign.join(["Name", "Note", "DOB"]), sign.join(["Ada", '"a, b; c|d"', "1980-01-02"])] * 3
    sheet = table("\n".join(lines).encode())
    assert (sheet.shape.separator, len(sheet.heads)) == (sign, 3)


@pytest.mark.parametrize(
    ("dates", "order"),
    [
        (["31/12/1980", "01/02/1990"], "dmy"),
        (["12/31/1980", "01/02/1990"], "mdy"),
        (["1980-12-31"], "ymd"),
        (["01/02/1990"], "dmy"),
        (["31/12/1980", "30/12/1980", "12/31/1980"], "dmy"),
    ],
)
def test_the_order_of_dates_is_told_by_those_that_can_be_nothing_else(dates: list[str], order: str) -> None:
    assert table(("DOB\n" + "\n".join(dates)).encode()).shape.date_order == order


def test_heads_are_found_below_a_title_and_may_be_missing() -> None:
    assert table(b"List of 2024;\n;\nName;DOB\nAda;1980-01-02\n").shape.head == 3
    assert table(b"Ada;1980-01-02\nEze;1981-01-02\n").shape.head == 0


def read_as(reader: Any, cell: str, **shape: str) -> Any:
    return Column("x", "X", reader).value(cell, Shape(**shape))


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("31.12.1980", "1980-12-31"),
        ("1/2/80", "1980-02-01"),
        ("1980-12-31 00:00:00", "1980-12-31"),
        ("19801231", "1980-12-31"),
        ("3. März 1980", "1980-03-03"),
        ("3 août 1980", "1980-08-03"),
        ("December 3, 1980", "1980-12-03"),
    ],
)
def test_a_date_is_read_however_it_is_written(cell: str, day: str) -> None:
    assert str(read_as(columns.day, cell)) == day


@pytest.mark.parametrize("cell", ["31.02.1980", "12/31/1980", "yesterday", "0", "99.99.9999", "29221"])
def test_what_is_no_date_is_a_sentence(cell: str) -> None:
    with pytest.raises(Unreadable, match="“" + cell):
        read_as(columns.day, cell)


def test_amounts_hours_and_choices_are_read() -> None:
    assert read_as(columns.amount, "1.234,50 €", decimal=",") == Decimal("1234.50")
    assert read_as(columns.amount, "$1,234.50") == Decimal("1234.50")
    assert read_as(columns.clock, "2:30 pm") == datetime.time(14, 30)
    assert read_as(columns.clock, "14h30") == datetime.time(14, 30)
    assert read_as(columns.yes_or_no, "Oui") is True
    assert read_as(columns.several(50), "Nuts; nuts; Dust, fine") == ["nuts", "Dust, fine"]
    for reader in (columns.amount, columns.clock, columns.yes_or_no, columns.email, columns.whole):
        with pytest.raises(Unreadable):
            read_as(reader, "perhaps")


def test_an_exports_own_mark_before_a_formula_is_taken_away_again() -> None:
    assert read_as(columns.text(50), "'=1+1") == "=1+1"
    assert read_as(columns.text(50), "'s-Gravenhage") == "'s-Gravenhage"


def book(*rows: list[Any]) -> bytes:
    file, made = BytesIO(), Workbook()
    for row in rows:
        made.active.append(row)
    made.save(file)
    return file.getvalue()


def test_a_workbook_is_read_and_its_formulas_are_not() -> None:
    sheet = table(book(["Name", "DOB", "Fee"], ["Ada", datetime.date(1980, 12, 31), 12.5], ["=A2", 7, 3.0]))
    assert sheet.rows[0].cells == ["Ada", "1980-12-31", "12.5"]
    assert sheet.rows[1].cells[1:] == ["7", "3"]
    with pytest.raises(Unreadable, match="a formula without a stored value"):
        read_as(columns.text(50), sheet.rows[1].cells[0])
    with pytest.raises(Unreadable, match="#REF!"):
        read_as(columns.text(50), "#REF!")


def test_the_sheet_with_the_heads_is_read_and_never_a_hidden_one() -> None:
    file, made = BytesIO(), Workbook()
    made.active.title, made.active.sheet_state = "Old", "hidden"
    made.active.append(["Name", "DOB"])
    made.active.append(["Hidden", ""])
    made.create_sheet("Cover").append(["Given out by the old system"])
    for name, person in (("People", "Ada"), ("Others", "Bola")):
        made.create_sheet(name).append(["Name", "DOB"])
        made[name].append([person, ""])
    made.active = 1
    made.save(file)
    sheet = table(file.getvalue())
    assert (sheet.shape.sheet, sheet.sheets) == ("People", ["Cover", "People", "Others"])
    assert [row.cells[0] for row in sheet.rows] == ["Ada"]
    other = read(file.getvalue(), known=[], chosen=Shape(sheet="Others"))
    assert [row.cells[0] for row in other.rows] == ["Bola"]


def test_a_workbook_that_is_too_large_inside_is_not_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clinic.moving.reading.book.LARGEST_INSIDE", 1000)
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 1001)
    with pytest.raises(Refusal, match="too large inside"):
        table(file.getvalue())


def test_too_many_rows_or_columns_are_refused() -> None:
    with pytest.raises(Refusal, match="At most 20000 rows"):
        table(b"Name\n" + b"Ada\n" * 20_011)
    with pytest.raises(Refusal, match="too many columns"):
        table(b";".join([b"a"] * 101) + b"\n")


@pytest.mark.parametrize(
    "content", [b"\x00" * 50, b"\xff\xfe", b'"', b"\n\n", b"a\rb\rc", b";;;\n;;", bytes(range(256))]
)
def test_whatever_is_sent_is_a_table_or_a_sentence(content: bytes) -> None:
    with suppress(Refusal):
        assert table(content).rows
