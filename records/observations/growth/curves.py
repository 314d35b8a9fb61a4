"""WHO's percentile curves with a child's values among them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.observations.drawing import Chart, Frame, Line, Mark, Point
from records.observations.growth.children import Grown
from records.observations.growth.lms import LMS, score_of_percentile
from records.observations.growth.standards import (
    LAST_DAY,
    LAST_MONTH,
    MONTH,
    STANDS_FROM,
    Indicator,
    by_age,
    by_stature,
)

PERCENTILES = (3, 15, 50, 85, 97)
MEDIAN = 50
WIDTH, HEIGHT = 420, 340
YEAR = 365.25


@dataclass(frozen=True)
class Window:
    """A part of childhood that is drawn as one chart: its days, and its marks in years (or months)."""

    name: str
    label: Any
    first: int
    last: int
    step: int
    marks: tuple[int, ...]
    in_months: bool = False

    def holds(self, grown: Grown, indicator: Indicator) -> bool:
        """Whether a value belongs on this chart; lengths have one of their own, and heights."""
        if indicator == Indicator.WEIGHT_FOR_STATURE and grown.days < STANDS_FROM <= self.last:
            return False
        return self.first <= grown.days <= self.last

    def day_of(self, mark: int) -> float:
        """The day of life at which a mark stands, within the window."""
        return min(max(mark * (MONTH if self.in_months else YEAR), self.first), self.last)


WINDOWS = (
    Window("0-2", gettext_lazy("0 to 2 years"), 0, STANDS_FROM - 1, 10, (0, 6, 12, 18, 24), in_months=True),
    Window("0-5", gettext_lazy("0 to 5 years"), 0, LAST_DAY, 32, (0, 1, 2, 3, 4, 5)),
    Window(
        "5-19",
        gettext_lazy("5 to 19 years"),
        LAST_DAY + 1,
        int(LAST_MONTH * MONTH),
        61,
        (5, 7, 9, 11, 13, 15, 17, 19),
    ),
)


def window_for(name: str, days: int) -> Window:
    """The part of childhood that was asked for; otherwise the one that ends latest before which one is."""
    asked = next((window for window in WINDOWS if window.name == name), None)
    return asked or next((window for window in WINDOWS if days <= window.last), WINDOWS[-1])


def draw_growth(indicator: Indicator, sex: str, window: Window, found: Sequence[Grown]) -> Chart | None:
    """The curves of the window with the child's values on them; None where WHO has no table."""
    by_length = indicator == Indicator.WEIGHT_FOR_STATURE
    known = _by_stature(sex, window) if by_length else _by_age(indicator, sex, window)
    if not known:
        return None
    curves = {percent: _curve(known, percent) for percent in PERCENTILES}
    held = [grown for grown in found if window.holds(grown, indicator)]
    own = sorted(held, key=lambda grown: grown.place)
    points = [(grown.place, float(grown.value)) for grown in own]
    heights = [y for _x, y in points] + [y for curve in curves.values() for _x, y in curve]
    frame = Frame([place for place, _lms in known], heights, WIDTH, HEIGHT)
    lines = [_drawn(frame, percent, curve) for percent, curve in curves.items()]
    lines.append(frame.line("", "trend-own", points, [f"{each.age}: {each.shown}" for each in own]))
    label = _in_words(indicator, window, len(own))
    marks = _centimetres(frame) if by_length else _ages(frame, window)
    return Chart(label, marks, frame.marks_up(lambda value: f"{value:g}"), lines, WIDTH, HEIGHT)


Known = Sequence[tuple[float, LMS]]


def _by_age(indicator: Indicator, sex: str, window: Window) -> Known:
    days = [*range(window.first, window.last, window.step), window.last]
    known = ((float(day), by_age(indicator, sex, day)) for day in days)
    return [(day, lms) for day, lms in known if lms]


def _by_stature(sex: str, window: Window) -> Known:
    known = ((float(stature), by_stature(sex, window.last, Decimal(stature))) for stature in range(45, 121))
    return [(stature, lms) for stature, lms in known if lms]


def _curve(known: Known, percent: int) -> list[Point]:
    score = score_of_percentile(percent)
    return [(place, lms.plain_value(score)) for place, lms in known]


def _drawn(frame: Frame, percent: int, curve: Sequence[Point]) -> Line:
    outer = percent in (PERCENTILES[0], PERCENTILES[-1])
    css = "trend-curve-outer" if outer else "trend-curve-middle" if percent == MEDIAN else ""
    return frame.line(str(percent), f"trend-curve {css}".strip(), curve, named=True)


def _ages(frame: Frame, window: Window) -> list[Mark]:
    words = _("%(n)d mo") if window.in_months else _("%(n)d y")
    ages = {window.day_of(mark): words % {"n": mark} for mark in window.marks}
    shown = [day for day in ages if frame.first <= day <= frame.last]
    return frame.marks_along(shown, ages.__getitem__)


def _centimetres(frame: Frame) -> list[Mark]:
    places = range(math.ceil(frame.first / 15) * 15, math.floor(frame.last) + 1, 15)
    return frame.marks_along([float(place) for place in places], lambda place: f"{place:.0f} cm")


def _in_words(indicator: Indicator, window: Window, count: int) -> str:
    return _(
        "%(what)s, %(ages)s: WHO's percentiles 3, 15, 50, 85 and 97, and %(count)d values of this child."
    ) % {"what": indicator.label, "ages": window.label, "count": count}
