"""What has to be known of a table before its cells mean anything."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext_lazy as _

ENCODINGS: Mapping[str, Any] = MappingProxyType(
    {
        "utf-8": _("UTF-8 (all languages)"),
        "utf-16": _("UTF-16 (Excel’s “Unicode text”)"),
        "cp1252": _("Windows-1252 (Western European)"),
        "iso-8859-1": _("Latin-1 (ISO 8859-1)"),
        "iso-8859-15": _("Latin-9 (ISO 8859-15, with €)"),
        "cp1250": _("Windows-1250 (Central European)"),
        "cp1251": _("Windows-1251 (Cyrillic)"),
        "mac_roman": _("Mac Roman (old Macintosh)"),
    }
)
SEPARATORS: Mapping[str, Any] = MappingProxyType(
    {",": _("comma ,"), ";": _("semicolon ;"), "\t": _("tab"), "|": _("bar |")}
)
QUOTES: Mapping[str, Any] = MappingProxyType({'"': _('double quotes "'), "'": _("single quotes '")})
DATE_ORDERS: Mapping[str, Any] = MappingProxyType(
    {
        "dmy": _("day, month, year (31/12/1980)"),
        "mdy": _("month, day, year (12/31/1980)"),
        "ymd": _("year, month, day (1980-12-31)"),
    }
)
DECIMALS: Mapping[str, Any] = MappingProxyType({".": _("point (12.50)"), ",": _("comma (12,50)")})


@dataclass(frozen=True)
class Shape:
    """How a table is written. `head`: the line of the columns' heads, from 1; 0 when there is none.

    `sheet`: of a workbook, the name of the one that is read.
    """

    encoding: str = ""
    separator: str = ""
    quote: str = '"'
    head: int = 1
    date_order: str = "dmy"
    decimal: str = "."
    sheet: str = ""

    def stored(self) -> dict[str, Any]:
        """As a row of the database holds it."""
        return asdict(self)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Shape":
        """As it was stored."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})
