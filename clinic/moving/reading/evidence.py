"""How dates and amounts are written, told from cells that can be nothing else."""

import re
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

if TYPE_CHECKING:
    from clinic.moving.reading.sheet import Sheet

NUMBERS = re.compile(r"^(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})\b")
ISO = re.compile(r"^\d{4}[-./]\d{1,2}[-./]\d{1,2}\b")
POINT = re.compile(r"^-?[\d ,’']*\d\.\d{1,2}$")
COMMA = re.compile(r"^-?[\d .’']*\d,\d{1,2}$")
LAST_DAY, LAST_MONTH = 31, 12


def order_of(sheet: "Sheet", usual: str) -> tuple[str, Any]:
    """The order of day, month and year, and what speaks for it; "" where there are no dates."""
    first: dict[str, list[tuple[int, str]]] = {"dmy": [], "mdy": []}
    is_iso = is_any = False
    for row in sheet.rows:
        for cell in row.cells:
            if found := NUMBERS.match(cell):
                is_any = True
                if order := _only(int(found[1]), int(found[2])):
                    first[order].append((row.line, cell))
            is_iso = is_iso or bool(ISO.match(cell))
    if not is_any:
        return ("ymd", _("the year comes first")) if is_iso else (usual, "")
    likelier, other = sorted(first, key=lambda order: -len(first[order]))
    if not first[likelier]:
        return usual, _("no date tells: as is usual in the clinic; look at the examples")
    line, cell = first[likelier][0]
    why = _("“%(cell)s” in line %(line)s can be nothing else") % {"cell": cell, "line": line}
    if first[other]:
        count = len(first[other])
        told = ngettext(
            "%(why)s; %(count)s date can only be the other way round",
            "%(why)s; %(count)s dates can only be the other way round",
            count,
        )
        why = told % {"why": why, "count": count}
    return likelier, why


def _only(one: int, two: int) -> str:
    """The one order in which two numbers are a day and a month."""
    if LAST_MONTH < one <= LAST_DAY and two <= LAST_MONTH:
        return "dmy"
    return "mdy" if LAST_MONTH < two <= LAST_DAY and one <= LAST_MONTH else ""


def decimal_of(sheet: "Sheet") -> tuple[str, Any]:
    """The sign before the cents, and what speaks for it; "" where no cell has one."""
    found: dict[str, list[tuple[int, str]]] = {".": [], ",": []}
    for row in sheet.rows:
        for cell in row.cells:
            for sign, pattern in ((".", POINT), (",", COMMA)):
                if pattern.match(cell):
                    found[sign].append((row.line, cell))
    sign = max(found, key=lambda each: len(found[each]))
    if not found[sign]:
        return ".", ""
    line, cell = found[sign][0]
    return sign, _("“%(cell)s” in line %(line)s") % {"cell": cell, "line": line}
