"""Values as a chart: where each line, dot and mark stands in an SVG. A table beside it says the same."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

# The size of a drawing in its own units; the page scales it.
WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 42, 14, 12, 26
# About how many marks stand at an axis.
MARKS_UP, MARKS_ALONG = 4, 3
# The least part of a value that the vertical axis shows.
SHARE_SEEN = 0.1
Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """A line of the grid with what it stands for."""

    place: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Dot:
    """One value."""

    x: str
    y: str
    title: str


@dataclass(frozen=True)
class Line:
    """Values joined in their order. `css`: how it is drawn; `name` stands at its end."""

    name: str
    css: str
    path: str
    dots: Sequence[Dot] = ()
    end: Dot | None = None


@dataclass
class Chart:
    """All that the component draws. `label` says in words what is seen."""

    label: Any
    along: Sequence[Mark]
    up: Sequence[Mark]
    lines: list[Line] = field(default_factory=list)
    width: int = WIDTH
    height: int = HEIGHT

    left, top = LEFT, TOP

    @property
    def floor(self) -> int:
        """Where the horizontal axis lies."""
        return self.height - BOTTOM

    @property
    def far(self) -> int:
        """Where the horizontal axis ends."""
        return self.width - RIGHT


class Frame:
    """The window of values that a chart shows: from values to places."""

    def __init__(
        self,
        along: Sequence[float],
        up: Sequence[float],
        width: int,
        height: int,
        *,
        finest: float = 0,
        highest: float = math.inf,
    ) -> None:
        self.width, self.height = width, height
        self.first, self.last = min(along), max(along)
        self.steps = round_steps(*widened(min(up), max(up), highest), MARKS_UP, finest)

    def x(self, value: float) -> float:
        """How far right; a single moment stands in the middle."""
        room = self.width - LEFT - RIGHT
        span = self.last - self.first
        return LEFT + room * ((value - self.first) / span if span else 0.5)

    def y(self, value: float) -> float:
        """How far down."""
        low, high = self.steps[0], self.steps[-1]
        room = self.height - TOP - BOTTOM
        return TOP + room * (1 - (value - low) / (high - low))

    def place(self, point: Point) -> tuple[str, str]:
        """Both as SVG writes numbers, whatever the language of the page."""
        return f"{self.x(point[0]):.1f}", f"{self.y(point[1]):.1f}"

    def line(
        self, name: str, css: str, points: Iterable[Point], titles: Iterable[str] = (), *, named: bool = False
    ) -> Line:
        """The points as a line; with `titles`, each as a dot that tells its value."""
        places = [self.place(point) for point in points]
        dots = [Dot(x, y, title) for (x, y), title in zip(places, titles, strict=False)]
        end = Dot(*places[-1], name) if named and places else None
        return Line(name, css, " ".join(",".join(place) for place in places), dots, end)

    def marks_up(self, write: Callable[[float], str]) -> list[Mark]:
        """The grid's lines from below."""
        return [Mark(f"{self.y(step):.1f}", write(step)) for step in self.steps]

    def marks_along(self, places: Sequence[float], write: Callable[[float], str]) -> list[Mark]:
        """The marks of the horizontal axis; the outer ones keep within the drawing."""
        anchors = ["start", *["middle"] * (len(places) - 2), "end"] if len(places) > 1 else ["middle"]
        return [
            Mark(f"{self.x(place):.1f}", write(place), anchor)
            for place, anchor in zip(places, anchors, strict=True)
        ]


def widened(low: float, high: float, highest: float) -> tuple[float, float]:
    """At least a tenth of the value is seen: what hardly changes shall not look like a mountain."""
    lacking = max(abs(high) * SHARE_SEEN - (high - low), 0) or (0 if high > low else 1)
    top = min(high + lacking / 2, max(highest, high))
    return top - max(high - low + lacking, top - low), top


def round_steps(low: float, high: float, count: int, finest: float = 0) -> list[float]:
    """Round numbers, evenly apart, that enclose low and high: about `count` steps, none below `finest`."""
    rough = max((high - low) / count, finest)
    power = 10 ** math.floor(math.log10(rough))
    steps = (power * times for times in (1, 2, 2.5, 5, 10))
    step = next(step for step in steps if step >= rough * 0.999 and is_multiple(step, finest))
    first = math.floor(low / step)
    last = max(math.ceil(high / step), first + 1)
    return [round(number * step, 6) for number in range(first, last + 1)]


def is_multiple(step: float, finest: float) -> bool:
    """Whether marks so far apart can be written as the values are: not every 2.5 of whole numbers."""
    return not finest or math.isclose(step / finest, round(step / finest))
