"""WHO's tables: which of them holds for a child of a sex, an age and a length.

Sources of the tables and rules: README.md in this folder.
"""

import csv
import math
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db import models
from django.utils.translation import gettext_lazy as _

from records.observations.growth.lms import LMS

HERE = Path(__file__).parent / "tables"
SEXES = ("female", "male")
# The last day of the standards, and how long a month of the reference is.
LAST_DAY, MONTH = 1856, 30.4375
# From this day on a child stands to be measured; what lying gives more.
STANDS_FROM, LYING_MORE = 731, Decimal("0.7")
LAST_MONTH = 228


class Indicator(models.TextChoices):
    """What of a child is compared."""

    WEIGHT = "weight", _("Weight for age")
    STATURE = "stature", _("Length or height for age")
    BMI = "bmi", _("Body mass index for age")
    HEAD = "head", _("Head circumference for age")
    WEIGHT_FOR_STATURE = "weight_for_stature", _("Weight for length or height")

    @property
    def is_skewed(self) -> bool:
        """Whether weight is in it, so that the scores beyond ±3 are restricted."""
        return self not in (Indicator.STATURE, Indicator.HEAD)

    def score(self, known: LMS, value: Decimal) -> float:
        """The z-score of a value, as WHO computes it for this indicator."""
        return known.restricted_score(float(value)) if self.is_skewed else known.plain_score(float(value))


def by_age(indicator: Indicator, sex: str, days: int) -> LMS | None:
    """The parameters at an age in days; None where WHO has no table."""
    if 0 <= days <= LAST_DAY:
        return table(f"{indicator}_by_day")[sex].get(days)
    months = days / MONTH
    if indicator == Indicator.HEAD or months > LAST_MONTH:
        return None
    return _interpolated(table(f"{indicator}_by_month")[sex], months)


def by_stature(sex: str, days: int, stature: Decimal) -> LMS | None:
    """The parameters of weight at a length (below 731 days) or height, in cm; None where WHO has no table."""
    if not 0 <= days <= LAST_DAY:
        return None
    known = table("weight_by_length" if days < STANDS_FROM else "weight_by_height")[sex]
    return _interpolated(known, float(stature * 10))


def as_measured_at_that_age(stature: Decimal, days: int, *, lying: bool) -> Decimal:
    """The length of a child below 731 days, the height of an older one, however it was measured."""
    if lying and days >= STANDS_FROM:
        return stature - LYING_MORE
    if not lying and days < STANDS_FROM:
        return stature + LYING_MORE
    return stature


def _interpolated(known: Mapping[int, LMS], place: float) -> LMS | None:
    below = math.floor(place)
    share = place - below
    low, high = known.get(below), known.get(below + 1)
    if low is None or share == 0:
        return low
    return low.between(high, share) if high else None


@cache
def table(name: str) -> Mapping[str, Mapping[int, LMS]]:
    """One of WHO's tables, by sex and then by day, month or tenth of a centimetre."""
    path = HERE / f"{name}.csv"
    found: dict[str, dict[int, LMS]] = {sex: {} for sex in SEXES}
    with path.open(newline="") as file:
        rows = csv.reader(file)
        next(rows)
        for sex, place, *parameters in rows:
            found[sex][int(place)] = LMS(*map(float, parameters))
    return found
