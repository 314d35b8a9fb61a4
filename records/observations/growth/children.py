"""One child's values beside WHO's tables: scores, percentiles and curves."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.members.models import PatientProfile
from records.observations.growth.lms import KNOWN, percentile
from records.observations.growth.standards import (
    SEXES,
    Indicator,
    as_measured_at_that_age,
    by_age,
    by_stature,
)
from records.observations.kinds import BMI, BY_NAME, Kind
from records.observations.trends import Reading

# Beyond so many standard deviations WHO speaks of a problem of growth or nutrition; the doctor judges.
REMARKABLE = 2
STATURES = ("height", "length")
IN_YEARS_FROM = 24


@dataclass(frozen=True)
class Grown:
    """One value of a child with its place among the children of the same age and sex."""

    at: datetime.datetime
    days: int
    age: str
    kind: Kind
    value: Decimal
    score: float
    # Where it stands on its chart: days of life, or the length in cm.
    place: float
    note: Any = ""

    @property
    def shown(self) -> str:
        """The value with its unit."""
        return f"{self.kind.shown(self.value)} {self.kind.sign}"

    @property
    def z(self) -> str:
        """The z-score with its sign."""
        return f"{self.score:+.2f}".replace("-", "\N{MINUS SIGN}")

    @property
    def percentile(self) -> str:
        """How many of a hundred children have less; beyond ±3 nobody has counted."""
        if abs(self.score) > KNOWN:
            return _("below 0.1") if self.score < 0 else _("above 99.9")
        return f"{percentile(self.score):.1f}"

    @property
    def is_remarkable(self) -> bool:
        """Whether it lies beyond ±2 standard deviations."""
        return abs(self.score) > REMARKABLE


def may_be_compared(patient: PatientProfile) -> bool:
    """Whether birth date and gender are known, by which WHO's tables go."""
    return patient.date_of_birth is not None and patient.gender in SEXES


class Measured(NamedTuple):
    """What is compared: a reading, the value, and the length or height of the same day in cm."""

    reading: Reading
    value: Decimal
    stature: Decimal | None = None
    note: Any = ""


def growth_of(patient: PatientProfile, indicator: Indicator, readings: Sequence[Reading]) -> list[Grown]:
    """The child's values of one indicator, latest first; those of an age without a table are left out."""
    find = {
        Indicator.STATURE: _statures,
        Indicator.BMI: _indexes,
        Indicator.WEIGHT_FOR_STATURE: _weights_with_stature,
    }.get(indicator, _as_measured)
    found = (_grown(patient, indicator, each) for each in find(patient, indicator, readings))
    return sorted((each for each in found if each), key=lambda each: each.at, reverse=True)


def _grown(patient: PatientProfile, indicator: Indicator, measured: Measured) -> Grown | None:
    reading, value, stature, note = measured
    days = days_of_life(patient, reading.at)
    place = float(days)
    if indicator == Indicator.WEIGHT_FOR_STATURE and stature:
        known, place = by_stature(patient.gender, days, stature), float(stature)
    else:
        known = by_age(indicator, patient.gender, days)
    if known is None:
        return None
    kind = BMI if indicator == Indicator.BMI else reading.kind
    age = age_in_words(patient, reading.at)
    return Grown(reading.at, days, age, kind, value, indicator.score(known, value), place, note)


def _as_measured(
    patient: PatientProfile, indicator: Indicator, readings: Sequence[Reading]
) -> Iterator[Measured]:
    for reading in readings:
        if reading.kind is BY_NAME[indicator.value]:
            yield Measured(reading, reading.value)


def _statures(
    patient: PatientProfile, indicator: Indicator, readings: Sequence[Reading]
) -> Iterator[Measured]:
    for reading in readings:
        if reading.kind.name in STATURES:
            stature = _adjusted(patient, reading)
            note = ""
            if stature > reading.value:
                note = _("measured standing: 0.7 cm added")
            elif stature < reading.value:
                note = _("measured lying: 0.7 cm taken off")
            yield Measured(reading, stature, note=note)


def _indexes(
    patient: PatientProfile, indicator: Indicator, readings: Sequence[Reading]
) -> Iterator[Measured]:
    for each in _weights_with_stature(patient, indicator, readings):
        if each.stature:
            yield Measured(each.reading, each.value / (each.stature / 100) ** 2, each.stature)


def _weights_with_stature(
    patient: PatientProfile, indicator: Indicator, readings: Sequence[Reading]
) -> Iterator[Measured]:
    """A growing child's weight belongs with the length or height of the same day alone."""
    statures = {
        timezone.localdate(reading.at): _adjusted(patient, reading)
        for reading in readings
        if reading.kind.name in STATURES
    }
    for weight in readings:
        stature = statures.get(timezone.localdate(weight.at))
        if weight.kind is BY_NAME["weight"] and stature:
            yield Measured(weight, weight.value, stature)


def _adjusted(patient: PatientProfile, reading: Reading) -> Decimal:
    lying = reading.kind is BY_NAME["length"]
    return as_measured_at_that_age(reading.value, days_of_life(patient, reading.at), lying=lying)


def days_of_life(patient: PatientProfile, moment: datetime.datetime) -> int:
    """Age in days on the day of `moment`; the birth date must be known."""
    born = patient.date_of_birth
    return (timezone.localdate(moment) - born).days if born else -1


def age_in_words(patient: PatientProfile, moment: datetime.datetime) -> str:
    """Age in days, then in completed months, from two years on in years and months."""
    born, on = patient.date_of_birth, timezone.localdate(moment)
    if born is None:
        return ""
    months = (on.year - born.year) * 12 + on.month - born.month - (on.day < born.day)
    if on == born:
        return _("at birth")
    if months < 1:
        return ngettext("%(n)d day", "%(n)d days", (on - born).days) % {"n": (on - born).days}
    if months < IN_YEARS_FROM:
        return ngettext("%(n)d month", "%(n)d months", months) % {"n": months}
    years, rest = divmod(months, 12)
    if not rest:
        return ngettext("%(n)d year", "%(n)d years", years) % {"n": years}
    return _("%(years)d y %(months)d mo") % {"years": years, "months": rest}
