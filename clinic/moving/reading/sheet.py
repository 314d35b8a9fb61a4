"""A table that was read: its heads, its rows by their line in the file, and how it was recognised."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from clinic.models import Refusal
from clinic.moving.reading import book, comma
from clinic.moving.reading.encoding import decoded, encoding_of
from clinic.moving.reading.evidence import decimal_of, order_of
from clinic.moving.reading.shape import DATE_ORDERS, DECIMALS, ENCODINGS, SEPARATORS, Shape

MOST_ROWS = 20_000
# Rows of empty cells that a sheet drags along.
MOST_LINES = 200_000
MOST_COLUMNS = 100
# In so many lines the columns' heads are looked for.
TOP = 10


class Row(NamedTuple):
    """A row, by its line in the file as a spreadsheet counts them."""

    line: int
    cells: list[str]


class Sheet(NamedTuple):
    """A table. `said`: what was recognised of it, each in a sentence."""

    shape: Shape
    heads: list[str]
    rows: list[Row]
    said: list[Any]
    # The names of a workbook's sheets.
    sheets: list[str]

    def column(self, place: int) -> list[str]:
        """All cells of a column."""
        return [row.cells[place] for row in self.rows if place < len(row.cells)]


def read(content: bytes, *, known: Iterable[str], chosen: Shape | None = None, usual: str = "dmy") -> Sheet:
    """The table of `content`, by the `chosen` shape or as it is recognised. Raises Refusal with a sentence.

    `known`: what heads are called, folded; `usual`: the order of dates where none of them tells.
    """
    is_book = book.is_book(content)
    if content.startswith(book.OLD_EXCEL):
        raise Refusal(_("This is a workbook of the old kind (XLS). Save it as XLSX, or as CSV."), "file")
    shape, said, sheets = (chosen or Shape()), [], []
    if is_book:
        tops = book.tops_of(content, TOP)
        sheets = list(tops)
        if shape.sheet not in tops:
            shape = shape_with(shape, sheet=_likeliest(tops, set(known)))
        lines = _counted(book.rows_of(content, shape.sheet))
        said.append(_("A workbook (XLSX): its sheet “%(name)s” is read.") % {"name": shape.sheet})
    else:
        if chosen is None:
            shape, said = _recognised(content)
        lines = _counted(comma.rows_of(decoded(content, shape.encoding), shape))
    if not lines:
        raise Refusal(_("The file is empty."), "file")
    if chosen is None:
        shape = shape_with(shape, head=_head(lines, set(known)))
    sheet = _sheet(shape, lines, said, sheets)
    return sheet if chosen else _written(sheet, usual)


def _likeliest(tops: dict[str, list[list[str]]], known: set[str]) -> str:
    """The sheet with the most heads that are known, by its first rows; else the first with any."""
    scores = {
        name: (max((sum(folded(cell) in known for cell in row) for row in rows), default=0), len(rows) > 1)
        for name, rows in tops.items()
    }
    return max(scores, key=lambda name: scores[name], default="")


def shape_with(shape: Shape, **facts: Any) -> Shape:
    """The shape with some of it otherwise."""
    return Shape.of({**shape.stored(), **facts})


def _recognised(content: bytes) -> tuple[Shape, list[Any]]:
    encoding, why = encoding_of(content)
    text = decoded(content, encoding)
    separator = comma.separator_of(text)
    shape = Shape(encoding=encoding, separator=separator, quote=comma.quote_of(text, separator))
    reasons = {
        "mark": _("the file says so itself"),
        "valid": _("all of it can be read so"),
        "guess": _("most likely: look whether accents are right"),
    }
    said = [
        _("Encoding: %(name)s (%(why)s).") % {"name": ENCODINGS[encoding], "why": reasons[why]},
        _("Columns are parted by: %(sign)s.") % {"sign": SEPARATORS[separator]},
    ]
    return shape, said


def _counted(rows: Iterable[list[str]]) -> list[Row]:
    """The rows that hold anything, by their lines. Raises Refusal when there are too many."""
    found: list[Row] = []
    for line, cells in enumerate(rows, start=1):
        if any(cell.strip() for cell in cells):
            found.append(Row(line, [cell.strip() for cell in cells]))
        if len(found) > MOST_ROWS + TOP or line > MOST_LINES:
            raise Refusal(
                _("At most %(most)s rows are brought in at once. Split the file.") % {"most": MOST_ROWS},
                "file",
            )
    if max((len(row.cells) for row in found), default=0) > MOST_COLUMNS:
        raise Refusal(_("There are too many columns. Is it the right separator?"), "file")
    return found


def _head(lines: list[Row], known: set[str]) -> int:
    """The line of the heads: where most cells are called as heads are; else the first that is only words."""
    scores = [(sum(folded(cell) in known for cell in row.cells), -row.line) for row in lines[:TOP]]
    best, line = max(scores)
    if best:
        return -line
    cells = [cell for cell in lines[0].cells if cell]
    return lines[0].line if not any(letter.isdigit() for cell in cells for letter in cell) else 0


def folded(text: str) -> str:
    """A head as it is compared: small letters and digits only."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _sheet(shape: Shape, lines: list[Row], said: list[Any], sheets: list[str]) -> Sheet:
    heads = next((row.cells for row in lines if row.line == shape.head), [])
    rows = [row for row in lines if row.line > shape.head]
    if not rows:
        raise Refusal(_("There are no rows below the heads of the columns."), "file")
    width = max(len(heads), *(len(row.cells) for row in rows)) if not heads else len(heads)
    heads = heads or [_("Column %(number)s") % {"number": number + 1} for number in range(width)]
    return Sheet(shape, heads, rows, said, sheets)


def _written(sheet: Sheet, usual: str) -> Sheet:
    """With how dates and amounts are written, by what their cells can only be."""
    order, said = order_of(sheet, usual)
    decimal, comma_said = decimal_of(sheet)
    head = (
        _("The heads of the columns stand in line %(line)s.") % {"line": sheet.shape.head}
        if sheet.shape.head
        else _("There are no heads: the columns are counted.")
    )
    shape = shape_with(sheet.shape, date_order=order, decimal=decimal)
    told = [_("Dates: %(order)s (%(why)s).") % {"order": DATE_ORDERS[order], "why": said}] if said else []
    if comma_said:
        told.append(
            _("Amounts: decimal %(sign)s (%(why)s).") % {"sign": DECIMALS[decimal], "why": comma_said}
        )
    return Sheet(shape, sheet.heads, sheet.rows, [*sheet.said, head, *told], sheet.sheets)
