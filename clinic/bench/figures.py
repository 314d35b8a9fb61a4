"""How figures are taken and shown: short bursts in turn, compared pair by pair, beside what must be kept."""

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple, TypeVar

Taken = TypeVar("Taken")


class Keep(NamedTuple):
    """The bound that a figure must keep."""

    bound: float
    is_floor: bool
    unit: str = " ×"

    def __str__(self) -> str:
        return f"{'≥' if self.is_floor else '≤'} {self.bound:g}{self.unit}"

    def holds(self, value: float) -> bool:
        """Whether `value` is within the bound."""
        return value >= self.bound if self.is_floor else value <= self.bound


def at_least(bound: float) -> Keep:
    """Times the yardstick, or more."""
    return Keep(bound, is_floor=True)


def at_most(bound: float, unit: str = " ×") -> Keep:
    """Times the yardstick (or `unit`), or less."""
    return Keep(bound, is_floor=False, unit=unit)


@dataclass(frozen=True)
class Figure:
    """A line of the table. `value` is a ratio, or a number of things where `keep` has such a unit."""

    what: str
    ours: str
    yardstick: str
    value: float
    keep: Keep | None = None
    unit: str = " ×"

    @property
    def is_met(self) -> bool:
        """Whether what must be kept is kept; nothing to keep is always kept."""
        return self.keep is None or self.keep.holds(self.value)

    @property
    def cells(self) -> tuple[str, ...]:
        """The line's cells as text."""
        verdict = "" if self.keep is None else "met" if self.is_met else "NOT met"
        return (
            self.what,
            self.ours,
            self.yardstick,
            number(self.value) + self.unit,
            str(self.keep or ""),
            verdict,
        )


HEADINGS = ("what", "ours", "yardstick", "ours to yardstick", "keep", "")


def table(figures: list[Figure]) -> str:
    """All figures, in columns."""
    rows = [HEADINGS, *(figure.cells for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(line.rstrip() for line in lines)


def in_turn(variants: Mapping[str, Callable[[], Taken]], rounds: int) -> dict[str, list[Taken]]:
    """What each variant's burst answers, `rounds` times; each round another variant begins."""
    taken: dict[str, list[Taken]] = {name: [] for name in variants}
    names = list(variants)
    for number_of_round in range(rounds):
        first = number_of_round % len(names)
        for name in names[first:] + names[:first]:
            gc.collect()
            taken[name].append(variants[name]())
    return taken


def ratio(ones: list[float], others: list[float]) -> float:
    """The median of the ratios of what was taken in the same round."""
    return median(one / other for one, other in zip(ones, others, strict=True))


def milliseconds(seconds: float) -> str:
    """A time as the table shows it."""
    return f"{number(seconds * 1000)} ms"


def number(value: float) -> str:
    """Three digits are enough for anything measured."""
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
