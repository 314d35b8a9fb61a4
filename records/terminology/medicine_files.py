"""The three files of what is known of medicines (docs/medicines.md): reading them, line by line.

Nothing is guessed. A line that cannot be read is named by its number, and then no line is loaded.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from records.terminology.words import LONGEST_NAME, key_of

MOST_LINES = 50_000
KINDS = ("medicine", "remedy", "class", "allergen")
SEVERITIES = ("contraindicated", "major", "moderate", "minor")
CROSSES = ("", "stop", "warn")
ABOUT = ("interaction", "allergy")

Row = dict[str, Any]


@dataclass(frozen=True)
class Wrong:
    """A line that cannot be read, by its number in the file (the heading is line 1)."""

    line: int
    why: str

    def __str__(self) -> str:
        return _("Line %(line)s: %(why)s") % {"line": self.line, "why": self.why}


class Unreadable(Exception):
    """A line's cell that makes no sense; the message says why."""


@dataclass(frozen=True)
class Shape:
    """One of the three files: its columns, and how a line becomes a row. `identity` names a row."""

    name: str
    columns: tuple[str, ...]
    identity: tuple[str, ...]
    row: Callable[[Mapping[str, str]], Row]
    # The columns of a row that name substances which have to be known.
    refers: tuple[str, ...]

    def key(self, row: Mapping[str, Any]) -> tuple[Any, ...]:
        """What makes a row the same as another."""
        return tuple(row[name] for name in self.identity)


def _named(cells: Mapping[str, str], column: str) -> str:
    key = key_of(cells[column])
    if not key:
        raise Unreadable(_("“%(column)s” is empty.") % {"column": column})
    if len(cells[column]) > LONGEST_NAME or len(key) > LONGEST_NAME:
        raise Unreadable(_("“%(column)s” is too long.") % {"column": column})
    return key


def _choice(cells: Mapping[str, str], column: str, choices: Sequence[str]) -> str:
    value = cells[column].casefold()
    if value not in choices:
        known = ", ".join(choice for choice in choices if choice)
        raise Unreadable(
            _("“%(column)s” is “%(value)s”; it is one of: %(known)s.")
            % {"column": column, "value": cells[column][:40], "known": known}
        )
    return value


def _several(text: str, separator: str) -> list[str]:
    return sorted({key_of(part) for part in text.split(separator)} - {""})


def _substance(cells: Mapping[str, str]) -> Row:
    kind, classes = _choice(cells, "kind", KINDS), _several(cells["classes"], ";")
    duplicate, cross = _choice(cells, "duplicate", ("", "warn")), _choice(cells, "cross", CROSSES)
    if kind != "medicine" and classes:
        raise Unreadable(_("Only a medicine has classes."))
    if kind != "class" and (duplicate or cross):
        raise Unreadable(_("Only a class says “duplicate” and “cross”."))
    return {
        "key": _named(cells, "name"),
        "name": cells["name"],
        "kind": kind,
        "classes": classes,
        "duplicate": duplicate == "warn",
        "cross": cross,
        "source": _sourced(cells),
    }


def _medicine_name(cells: Mapping[str, str]) -> Row:
    means = _several(cells["means"], "+")
    if not means:
        raise Unreadable(_("“means” is empty."))
    return {
        "key": _named(cells, "name"),
        "name": cells["name"],
        "means": means,
        "source": _sourced(cells),
    }


def _interaction(cells: Mapping[str, str]) -> Row:
    about = _choice(cells, "kind", ABOUT)
    first, second = _named(cells, "first"), _named(cells, "second")
    if about == "interaction":
        first, second = sorted((first, second))
    if not cells["effect"]:
        raise Unreadable(_("Say the effect."))
    return {
        "kind": about,
        "first": first,
        "second": second,
        "severity": _choice(cells, "severity", SEVERITIES),
        "effect": _short(cells, "effect"),
        "advice": _short(cells, "advice"),
        "source": _sourced(cells),
    }


def _short(cells: Mapping[str, str], column: str) -> str:
    if len(cells[column]) > 500:
        raise Unreadable(_("“%(column)s” is too long.") % {"column": column})
    return cells[column]


def _sourced(cells: Mapping[str, str]) -> str:
    if not cells["source"]:
        raise Unreadable(_("Name the source."))
    return _short(cells, "source")


SUBSTANCES = Shape(
    "substances",
    ("name", "kind", "classes", "duplicate", "cross", "source"),
    ("key",),
    _substance,
    ("classes",),
)
NAMES = Shape("names", ("name", "means", "source"), ("key",), _medicine_name, ("means",))
INTERACTIONS = Shape(
    "interactions",
    ("kind", "first", "second", "severity", "effect", "advice", "source"),
    ("kind", "first", "second"),
    _interaction,
    ("first", "second"),
)
# In the order in which they are loaded: each speaks of what the ones before it name.
SHAPES = {shape.name: shape for shape in (SUBSTANCES, NAMES, INTERACTIONS)}


def parse(shape: Shape, text: str, known: Mapping[str, str]) -> tuple[list[Row], list[Wrong]]:
    """The rows of a file, and the lines that are wrong.

    `known`: the substances that may be spoken of besides the file's own, with their kinds.
    """
    if "\0" in text:
        return [], [Wrong(1, _("This is not a text file."))]
    reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), restkey="", strict=True)
    rows: dict[tuple[Any, ...], tuple[int, Row]] = {}
    wrong: list[Wrong] = []
    try:
        missing = [column for column in shape.columns if column not in (reader.fieldnames or ())]
        if missing:
            return [], [Wrong(1, _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)})]
        for line, cells in _lines(reader):
            _take(shape, line, cells, rows, wrong)
    except csv.Error as error:
        wrong.append(Wrong(reader.line_num, str(error)))
    wrong += _strangers(shape, rows, known)
    return [row for _line, row in rows.values()], sorted(wrong, key=lambda found: found.line)


def _lines(reader: "csv.DictReader[str]") -> Iterator[tuple[int, dict[str, Any]]]:
    for count, cells in enumerate(reader):
        if count >= MOST_LINES:
            raise csv.Error(_("This file has too many lines."))
        yield reader.line_num, cells


def _take(
    shape: Shape,
    line: int,
    cells: dict[str, Any],
    rows: dict[tuple[Any, ...], tuple[int, Row]],
    wrong: list[Wrong],
) -> None:
    try:
        if "" in cells or None in cells.values():
            raise Unreadable(_("It has more or fewer cells than the heading."))
        row = shape.row({name: " ".join(cells[name].split()) for name in shape.columns})
    except Unreadable as problem:
        wrong.append(Wrong(line, str(problem)))
        return
    before = rows.setdefault(shape.key(row), (line, row))
    if before[0] != line:
        wrong.append(Wrong(line, _("It says again what line %(line)s says.") % {"line": before[0]}))


def _strangers(
    shape: Shape, rows: Mapping[tuple[Any, ...], tuple[int, Row]], known: Mapping[str, str]
) -> Iterator[Wrong]:
    """What a line speaks of must be in the list of substances, or nothing would ever come of the line."""
    own = {row["key"]: row["kind"] for _line, row in rows.values()} if shape is SUBSTANCES else {}
    everything = {**own, **known}
    for line, row in rows.values():
        for name in _referred(shape, row):
            if name not in everything:
                yield Wrong(line, _("“%(name)s” is not in the list of substances.") % {"name": name})
            elif shape is SUBSTANCES and everything[name] != "class":
                yield Wrong(line, _("“%(name)s” is not a class.") % {"name": name})
        kind = known.get(row["key"], row["kind"]) if shape is SUBSTANCES else ""
        if kind and kind != row["kind"]:
            # Nobody's amoxicillin becomes a remedy, which nothing is checked of.
            why = _("The platform’s list knows “%(name)s” as another kind: %(kind)s.")
            yield Wrong(line, why % {"name": row["name"], "kind": kind})


def _referred(shape: Shape, row: Row) -> list[str]:
    values = [row[column] for column in shape.refers]
    return [name for value in values for name in (value if isinstance(value, list) else [value])]
