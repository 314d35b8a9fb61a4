"""A patient's values through time: what belongs on one chart, and the chart with its table."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from babel.dates import format_skeleton
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.languages import notation
from clinic.templatetags.clinic import day
from records.observations.drawing import HEIGHT, MARKS_ALONG, WIDTH, Chart, Frame, Line
from records.observations.kinds import BMI, BY_NAME, Kind
from records.observations.models import Observation

# A grown person's height is that of the last time; a child's only of the same day.
GROWN_YEARS = 19
# Days within which marks along the axis name the day, not the month.
SHORT_SPAN = datetime.timedelta(days=150)

PANELS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (gettext_lazy("Blood pressure"), ("systolic", "diastolic")),
    (BY_NAME["weight"].label, ("weight",)),
    (gettext_lazy("Height"), ("height", "length")),
    (BMI.label, ("bmi",)),
    (BY_NAME["head"].label, ("head",)),
    (BY_NAME["pulse"].label, ("pulse",)),
    (BY_NAME["temperature"].label, ("temperature",)),
    (BY_NAME["oxygen"].label, ("oxygen",)),
    (BY_NAME["breathing"].label, ("breathing",)),
    (BY_NAME["glucose"].label, ("glucose",)),
    (BY_NAME["pain"].label, ("pain",)),
)


@dataclass(frozen=True)
class Reading:
    """A value at a moment; without an observation it was computed."""

    kind: Kind
    value: Decimal
    at: datetime.datetime
    observation: Observation | None = None


@dataclass(frozen=True)
class Row:
    """What one chart shows of one moment."""

    at: datetime.datetime
    readings: Sequence[Reading]

    @property
    def shown(self) -> str:
        """The values with their unit: 132/82 mmHg."""
        numbers = "/".join(reading.kind.shown(reading.value) for reading in self.readings)
        return f"{numbers} {self.readings[0].kind.sign}"

    @property
    def note(self) -> Any:
        """What the numbers alone do not tell: which of the two, or how it was measured."""
        if len(self.readings) == 1 and self.readings[0].kind.name in ("systolic", "diastolic", "length"):
            return self.readings[0].kind.label
        return ""

    @property
    def by(self) -> Any:
        """Who recorded it; nobody recorded what was computed."""
        observation = self.readings[0].observation
        return observation.recorded_by if observation else None


@dataclass
class Panel:
    """What stands on one chart: a title, the rows from the latest to the first, and their drawing."""

    title: Any
    kinds: tuple[Kind, ...]
    rows: list[Row] = field(default_factory=list)

    @property
    def latest(self) -> Row:
        """The last row in time."""
        return self.rows[0]

    @property
    def before(self) -> Row | None:
        """The one before it."""
        return self.rows[1] if len(self.rows) > 1 else None

    @property
    def is_computed(self) -> bool:
        """Whether nobody measured it."""
        return self.kinds == (BMI,)

    @cached_property
    def chart(self) -> Chart | None:
        """The drawing; one value is no trend."""
        return draw(self) if len(self.rows) > 1 else None


def panels_of(observations: Iterable[Observation], born: datetime.date | None) -> list[Panel]:
    """One panel for each title of PANELS of which something is known."""
    readings = readings_of(observations)
    readings += body_mass_indexes(readings, born)
    found = []
    for title, names in PANELS:
        panel = Panel(title, tuple(BY_NAME[name] for name in names))
        panel.rows = _rows([each for each in readings if each.kind.name in names], names)
        if panel.rows:
            found.append(panel)
    return found


def readings_of(observations: Iterable[Observation]) -> list[Reading]:
    """What was measured, as values of their kinds."""
    return [Reading(each.kind, each.value, each.measured_at, each) for each in observations]


def body_mass_indexes(readings: Sequence[Reading], born: datetime.date | None) -> list[Reading]:
    """Weight in kg by the square of the height in m, wherever both are known together."""
    heights = [each for each in readings if each.kind.name in ("height", "length")]
    found = []
    for weight in readings:
        height = _height_at(weight.at, heights, born) if weight.kind.name == "weight" else None
        if height:
            value = weight.value / (height.value / 100) ** 2
            found.append(Reading(BMI, round(value, 2), weight.at))
    return found


def _height_at(
    moment: datetime.datetime, heights: Sequence[Reading], born: datetime.date | None
) -> Reading | None:
    on = timezone.localdate(moment)
    known = [each for each in heights if timezone.localdate(each.at) <= on]
    last = max(known, key=lambda each: each.at, default=None)
    if last is None or timezone.localdate(last.at) == on:
        return last
    return last if is_grown(born, timezone.localdate(last.at)) else None


def is_grown(born: datetime.date | None, on: datetime.date) -> bool:
    """Whether the patient no longer grew on that day; an unknown age is an adult's."""
    return born is None or (on - born).days >= GROWN_YEARS * 365.25


def _rows(readings: Sequence[Reading], names: Sequence[str]) -> list[Row]:
    moments: dict[datetime.datetime, list[Reading]] = {}
    for reading in readings:
        moments.setdefault(reading.at, []).append(reading)
    return [
        Row(at, sorted(moments[at], key=lambda each: names.index(each.kind.name)))
        for at in sorted(moments, reverse=True)
    ]


def draw(panel: Panel, width: int = WIDTH, height: int = HEIGHT) -> Chart:
    """The panel's rows as lines through time."""
    readings = [reading for row in reversed(panel.rows) for reading in row.readings]
    times = [reading.at.timestamp() for reading in readings]
    kind = panel.kinds[0]
    frame = Frame(
        times,
        [float(reading.value) for reading in readings],
        width,
        height,
        finest=10.0**-kind.places,
        highest=float(kind.most),
    )
    lines = [_line(frame, number, kind, readings) for number, kind in enumerate(panel.kinds)]
    return Chart(
        _in_words(panel),
        frame.marks_along(_along(frame), _date_writer(frame)),
        frame.marks_up(lambda value: panel.kinds[0].shown(value)),
        [line for line in lines if line.path],
        width,
        height,
    )


def _line(frame: Frame, number: int, kind: Kind, readings: Sequence[Reading]) -> Line:
    own = [reading for reading in readings if reading.kind is kind]
    points = [(reading.at.timestamp(), float(reading.value)) for reading in own]
    titles = [f"{day(reading.at)}: {kind.shown(reading.value)} {kind.sign}" for reading in own]
    return frame.line(str(kind.label), f"trend-line-{number}", points, titles)


def _along(frame: Frame) -> list[float]:
    span = frame.last - frame.first
    return [frame.first + span * part / (MARKS_ALONG - 1) for part in range(MARKS_ALONG)]


def _date_writer(frame: Frame) -> Any:
    short = frame.last - frame.first <= SHORT_SPAN.total_seconds()

    def write(moment: float) -> str:
        local = timezone.localtime(datetime.datetime.fromtimestamp(moment, datetime.UTC))
        return format_skeleton("MMMd" if short else "yMMM", local.replace(tzinfo=None), locale=notation())

    return write


def _in_words(panel: Panel) -> str:
    return _("%(what)s: %(count)d values from %(first)s to %(last)s, the latest %(value)s.") % {
        "what": panel.title,
        "count": len(panel.rows),
        "first": day(panel.rows[-1].at),
        "last": day(panel.latest.at),
        "value": panel.latest.shown,
    }
