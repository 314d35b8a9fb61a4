"""The starter lists as plain values, read from their files: the pure check needs no database."""

import csv
from functools import cache
from pathlib import Path

from django.conf import settings

from records.medicines.checking import Finding, Typed, check
from records.medicines.lists import Fact, Kind, Known, Lists, Severity
from records.terminology.medicine_files import INTERACTIONS, NAMES, SUBSTANCES, Shape, parse
from records.terminology.words import key_of

FOLDER = Path(settings.BASE_DIR) / "records" / "terminology" / "data" / "medicines"


def text_of(shape: Shape) -> str:
    return (FOLDER / f"{shape.name}.csv").read_text(encoding="utf-8")


def lines_of(shape: Shape) -> list[dict[str, str]]:
    return list(csv.DictReader(text_of(shape).splitlines()))


@cache
def starter() -> Lists:
    substances, wrong = parse(SUBSTANCES, text_of(SUBSTANCES), {})
    kinds = {row["key"]: row["kind"] for row in substances}
    names, wrong_names = parse(NAMES, text_of(NAMES), kinds)
    pairs, wrong_pairs = parse(INTERACTIONS, text_of(INTERACTIONS), kinds)
    assert not [*wrong, *wrong_names, *wrong_pairs]
    facts = {
        (row["kind"], row["first"], row["second"]): (
            Fact(Severity(row["severity"]).rank, row["effect"], row["advice"], row["source"]),
        )
        for row in pairs
    }
    return Lists(
        known={
            row["key"]: Known(
                row["name"], Kind(row["kind"]), frozenset(row["classes"]), row["duplicate"], row["cross"]
            )
            for row in substances
        },
        names={row["key"]: tuple(row["means"]) for row in names},
        together={key[1:]: fact for key, fact in facts.items() if key[0] == "interaction"},
        crossing={key[1:]: fact for key, fact in facts.items() if key[0] == "allergy"},
    )


def found(
    *sheet: str, current: tuple[str, ...] = (), allergies: tuple[str, ...] = (), lists: Lists | None = None
) -> list[Finding]:
    """What is found about medicines typed as `Ibuprofen` or `Belladonna|C30`."""
    typed = [Typed(*row.split("|")) for row in sheet]
    taken = [Typed(*row.split("|")) for row in current]
    return list(check(typed, lists=lists or starter(), current=taken, allergies=allergies))


def members(key: str) -> list[str]:
    """The medicines of a class, or the medicine itself."""
    known = starter().known
    if known[key].kind != Kind.CLASS:
        return [key]
    return sorted(name for name, one in known.items() if key in one.classes)


def synonym(key: str) -> str:
    """Another name for exactly this substance, where there is one."""
    others = sorted(name for name, means in starter().names.items() if means == (key,))
    return others[0] if others else key


__all__ = ["FOLDER", "found", "key_of", "lines_of", "members", "starter", "synonym", "text_of"]
