"""The LMS method: from a value to its z-score and back.

T. J. Cole and P. J. Green, Statistics in Medicine 11 (1992) 1305-1319; restricted beyond three standard
deviations as in WHO Child Growth Standards: Methods and development (Geneva 2006), chapter 7, and M. de Onis
et al., Bulletin of the WHO 85 (2007) 660-667.
"""

import math
from statistics import NormalDist
from typing import NamedTuple

# Beyond this many standard deviations the tables were not made from children.
KNOWN = 3


class LMS(NamedTuple):
    """The skewness, median and coefficient of variation of one indicator for one sex at one age."""

    skewness: float
    median: float
    variation: float

    def plain_score(self, value: float) -> float:
        """z = ((y / M)^L - 1) / (L S), and its limit where L is nought."""
        if self.skewness == 0:
            return math.log(value / self.median) / self.variation
        return ((value / self.median) ** self.skewness - 1) / (self.skewness * self.variation)

    def plain_value(self, score: float) -> float:
        """The value whose plain score this is."""
        if self.skewness == 0:
            return self.median * math.exp(self.variation * score)
        return self.median * (1 + self.skewness * self.variation * score) ** (1 / self.skewness)

    def restricted_score(self, value: float) -> float:
        """The score of a skewed indicator: beyond ±3, in steps as wide as the one from 2 to 3."""
        score = self.plain_score(value)
        if abs(score) <= KNOWN:
            return score
        edge, step = self._edge(KNOWN if score > 0 else -KNOWN)
        return math.copysign(KNOWN, score) + (value - edge) / step

    def restricted_value(self, score: float) -> float:
        """The value whose restricted score this is."""
        if abs(score) <= KNOWN:
            return self.plain_value(score)
        side = math.copysign(KNOWN, score)
        edge, step = self._edge(side)
        return edge + (score - side) * step

    def _edge(self, side: float) -> tuple[float, float]:
        edge, inner = self.plain_value(side), self.plain_value(side - math.copysign(1, side))
        return edge, abs(edge - inner)

    def between(self, other: "LMS", share: float) -> "LMS":
        """What lies between this and `other`, each parameter for itself."""
        return LMS(*(here + share * (there - here) for here, there in zip(self, other, strict=True)))


def percentile(score: float) -> float:
    """How many of a hundred children have less."""
    return NormalDist().cdf(score) * 100


def score_of_percentile(percent: float) -> float:
    """The z-score below which so many of a hundred children are."""
    return NormalDist().inv_cdf(percent / 100)
