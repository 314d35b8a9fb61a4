"""Columns of a table, and how a cell of each is read. What cannot be read is said in a sentence."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _
from phonenumber_field.phonenumber import PhoneNumber
from phonenumbers import NumberParseException

from clinic.db.current import connection
from clinic.moving.reading.book import NOT_COMPUTED
from clinic.moving.reading.shape import Shape
from clinic.moving.reading.sheet import folded

Reader = Callable[[str, Shape], Any]
# What a spreadsheet shows where it could not compute (ECMA-376, error values).
ERRORS = ("#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!")
# The months' names in the languages of tables: the first three letters tell them apart, but for some.
MONTHS = (
    *("jan", "feb|fév|fev", "mar|mär|mae|mrz", "apr|avr", "may|mai", "jun|juin", "jul|juil", "aug|aoû|aou"),
    *("sep", "oct|okt", "nov", "dec|dez|déc"),
)
ISO_DATE = re.compile(r"^(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]|$)")
SOLID = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
PARTS = re.compile(r"^(\d{1,2})[./\- ]+(\d{1,2})[./\- ]+(\d{4}|\d{2})(?:[T ]|$)")
WORDY = re.compile(r"^(\d{1,2})\.?[\s\-/]*([^\W\d_]{3,})\.?,?[\s\-/]*(\d{4}|\d{2})(?:[T ]|$)")
WORD_FIRST = re.compile(r"^([^\W\d_]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})(?:[T ]|$)")
TIME = re.compile(r"(?:^|[T ])(\d{1,2})[:h](\d{2})?(?::\d{2})?\s*(am|pm)?$", re.IGNORECASE)
YES = {"yes", "y", "true", "1", "x", "ja", "j", "oui", "o", "wahr", "vrai", "✓"}
NO = {"no", "n", "false", "0", "", "nein", "non", "falsch", "faux", "-"}


class Unreadable(Exception):
    """A cell says nothing its column could hold; the sentence says why."""


@dataclass(frozen=True)
class Column:
    """A column a room knows. `name`: of the fact; `aliases`: what its head may be called, in any language."""

    name: str
    label: Any
    read: Reader
    aliases: tuple[str, ...] = ()
    required: bool = False
    example: str = ""

    @property
    def known_as(self) -> set[str]:
        """Every name of the head, folded."""
        return {folded(name) for name in (self.name, str(self.label), *self.aliases)}

    def value(self, cell: str, shape: Shape) -> Any:
        """What the cell says; None when it is empty. Raises Unreadable."""
        if NOT_COMPUTED in cell:
            raise Unreadable(_("This is a formula without a stored value. Write the value itself."))
        if cell in ERRORS:
            raise Unreadable(
                _("The spreadsheet says %(error)s here. Write the value itself.") % {"error": cell}
            )
        if "\x00" in cell or "\ufffd" in cell:
            raise Unreadable(_("There are signs in it that cannot be read. Choose another encoding."))
        cell = without_mark(cell)
        return self.read(cell, shape) if cell else None


def without_mark(cell: str) -> str:
    """The cell without the apostrophe that keeps it from being a formula (clinic.tables)."""
    return cell[1:] if len(cell) > 1 and cell[0] == "'" and not cell[1].isalnum() else cell


def text(most: int, *, lines: bool = False) -> Reader:
    """Words, at most so many letters; on one line unless `lines`."""

    def read(cell: str, shape: Shape) -> str:
        if not lines:
            cell = " ".join(cell.split())
        # Signs that nobody sees; a name with them is never found again.
        cell = "".join(
            each for each in cell if each == "\n" or unicodedata.category(each) not in ("Cc", "Cf")
        )
        if len(cell) > most:
            raise Unreadable(
                _("This is too long: %(length)s letters, at most %(most)s.")
                % {"length": len(cell), "most": most}
            )
        return cell

    return read


def day(cell: str, shape: Shape) -> datetime.date:
    """A date, in the order of the table; ISO 8601 and months by name in any."""
    year, month, number = _parts(cell, shape)
    try:
        return datetime.date(_century(year), month, number)
    except ValueError:
        raise Unreadable(_("“%(cell)s” is no day of the calendar.") % {"cell": cell}) from None


def _parts(cell: str, shape: Shape) -> tuple[str, int, int]:
    if found := ISO_DATE.match(cell) or SOLID.match(cell):
        return found[1], int(found[2]), int(found[3])
    if found := PARTS.match(cell):
        one, two, year = int(found[1]), int(found[2]), found[3]
        if shape.date_order == "mdy":
            one, two = two, one
        if two > len(MONTHS) >= one:
            raise Unreadable(_other_way_round(cell, shape))
        return year, two, one
    if found := WORDY.match(cell):
        return found[3], _month(found[2], cell), int(found[1])
    if found := WORD_FIRST.match(cell):
        return found[3], _month(found[1], cell), int(found[2])
    raise Unreadable(_("“%(cell)s” is no date. Write it as 1980-12-31.") % {"cell": cell})


def _other_way_round(cell: str, shape: Shape) -> str:
    if shape.date_order == "mdy":
        return _("“%(cell)s” is no date when the month comes first.") % {"cell": cell}
    return _("“%(cell)s” is no date when the day comes first.") % {"cell": cell}


def _month(name: str, cell: str) -> int:
    wanted = name.casefold()
    for number, names in enumerate(MONTHS, start=1):
        if any(wanted.startswith(each) for each in names.split("|")):
            return number
    raise Unreadable(_("“%(cell)s” is no date. Write it as 1980-12-31.") % {"cell": cell})


def _century(year: str) -> int:
    """A year of two digits is the last one so written that is not yet to come."""
    if len(year) == 4:
        return int(year)
    today = timezone.localdate().year
    return int(year) + (today - int(year)) // 100 * 100


def moment(cell: str, shape: Shape) -> datetime.datetime:
    """A date with the time of day, in the clinic's zone."""
    found = TIME.search(cell)
    if not found:
        raise Unreadable(_("“%(cell)s” says no time of day. Write it as 2026-12-31 14:30.") % {"cell": cell})
    return at(day(cell, shape), clock(found[0].strip(" T"), shape))


def day_or_moment(cell: str, shape: Shape) -> datetime.date:
    """A date, with the time of day where the cell says one."""
    return moment(cell, shape) if TIME.search(cell) else day(cell, shape)


def clock(cell: str, shape: Shape) -> datetime.time:
    """A time of day: 14:30, 2.30 pm, 14h30."""
    found = TIME.match(cell)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    if found and found[3]:
        hour = hour % 12 + 12 * (found[3].lower() == "pm")
    try:
        return datetime.time(hour, minute)
    except ValueError:
        raise Unreadable(_("“%(cell)s” is no time of day. Write it as 14:30.") % {"cell": cell}) from None


def at(date: datetime.date, time: datetime.time) -> datetime.datetime:
    """The instant, in the clinic's zone."""
    return timezone.make_aware(datetime.datetime.combine(date, time))


def amount(cell: str, shape: Shape) -> Decimal:
    """An amount of money or another number; signs of currencies and thousands are passed over."""
    bare = re.sub(r"[\s’']|[^\d.,\-]", "", cell)
    thousands = "," if shape.decimal == "." else "."
    bare = bare.replace(thousands, "").replace(",", ".")
    try:
        number = Decimal(bare)
    except InvalidOperation:
        raise Unreadable(_("“%(cell)s” is no number.") % {"cell": cell}) from None
    if abs(number) >= Decimal(10) ** 9:
        raise Unreadable(_("“%(cell)s” is too much.") % {"cell": cell})
    return number


def whole(cell: str, shape: Shape) -> int:
    """A whole number that is not negative."""
    if not re.fullmatch(r"\d{1,6}(?:[.,]0+)?", cell, re.ASCII):
        raise Unreadable(_("“%(cell)s” is no whole number.") % {"cell": cell})
    return int(re.split("[.,]", cell)[0])


def yes_or_no(cell: str, shape: Shape) -> bool:
    """Yes or no, in the languages of tables."""
    if cell.casefold() in YES | NO:
        return cell.casefold() in YES
    raise Unreadable(_("“%(cell)s” is neither yes nor no.") % {"cell": cell})


def email(cell: str, shape: Shape) -> str:
    """An e-mail address."""
    address = cell.removeprefix("mailto:").strip()
    try:
        validate_email(address)
    except ValidationError:
        raise Unreadable(_("“%(cell)s” is no e-mail address.") % {"cell": cell}) from None
    if len(address) > 254:
        raise Unreadable(_("“%(cell)s” is no e-mail address.") % {"cell": cell})
    return address


def phone(cell: str, shape: Shape) -> PhoneNumber:
    """A phone number; without + it is one of the clinic's country (libphonenumber)."""
    country = str(connection.tenant.country or "")
    try:
        number = PhoneNumber.from_string(cell, region=country or None)
    except NumberParseException:
        number = None
    if number is None or not number.is_valid():
        raise Unreadable(
            _("“%(cell)s” is no phone number. Write it with + and the country’s code.") % {"cell": cell}
        )
    return number


def choice(words: Mapping[Any, str]) -> Reader:
    """One of several values, each by its words: {"female": "f w frau …"}."""
    meant = {folded(word) or word: value for value, listed in words.items() for word in str(listed).split()}
    meant |= {folded(str(value)): value for value in words}

    def read(cell: str, shape: Shape) -> str:
        found = meant.get(cell) or meant.get(folded(cell) or cell)
        if found is None:
            raise Unreadable(
                _("“%(cell)s” is not known here. Write one of: %(words)s.")
                % {"cell": cell, "words": ", ".join(str(value) for value in words if value)}
            )
        return found

    return read


def several(most: int) -> Reader:
    """Several things in one cell, parted by ; or | or line breaks, else by commas."""
    one = text(most)

    def read(cell: str, shape: Shape) -> list[str]:
        parts = re.split(r"[;|\n]", cell) if re.search(r"[;|\n]", cell) else cell.split(",")
        found = [one(part.strip(), shape) for part in parts if part.strip()]
        # Once each, whatever their letters.
        return list({part.casefold(): part for part in found}.values())

    return read
