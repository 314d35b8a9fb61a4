"""What is known of medicines, as plain values: the check reads nothing else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What an entry of the list of substances is."""

    MEDICINE = "medicine"
    REMEDY = "remedy"
    CLASS = "class"
    ALLERGEN = "allergen"


class Severity(StrEnum):
    """How grave it is when two meet, the gravest first."""

    CONTRAINDICATED = "contraindicated"
    MAJOR = "major"
    MODERATE = "moderate"
    MINOR = "minor"

    @property
    def rank(self) -> int:
        """0 for the gravest."""
        return list(Severity).index(self)


@dataclass(frozen=True)
class Known:
    """A substance, or a class of them. `duplicate` and `cross` say something of classes alone."""

    name: str
    kind: Kind
    classes: frozenset[str] = frozenset()
    # Whether two members at once are the same treatment twice.
    duplicate: bool = False
    # What an allergy to one member means for the others: "stop", "warn" or nothing.
    cross: str = ""


@dataclass(frozen=True, order=True)
class Fact:
    """What a list says about two that meet."""

    rank: int
    effect: str
    advice: str
    source: str

    @property
    def severity(self) -> Severity:
        """How grave it is."""
        return list(Severity)[self.rank]


@dataclass(frozen=True)
class Lists:
    """Everything the lists say about what was typed; keys are those of `key_of`.

    `together` goes by two keys in alphabetical order; `crossing` by what the patient does not tolerate and
    what is prescribed. `has_…` say whether the lists hold anything at all.
    """

    known: Mapping[str, Known] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: Mapping[tuple[str, str], tuple[Fact, ...]] = field(default_factory=dict)
    crossing: Mapping[tuple[str, str], tuple[Fact, ...]] = field(default_factory=dict)
    has_substances: bool = True
    has_interactions: bool = True

    @property
    def is_whole(self) -> bool:
        """Whether there is anything to check against."""
        return self.has_substances and self.has_interactions

    def means(self, key: str) -> tuple[str, ...]:
        """The substances meant by a name; none when it is not known, or leads to something unknown."""
        if key in self.known:
            return (key,)
        meant = self.names.get(key, ())
        return meant if all(part in self.known for part in meant) else ()

    def groups(self, key: str) -> frozenset[str]:
        """The substance itself and its classes."""
        return self.known[key].classes | {key}

    def facts(self, first: str, second: str) -> tuple[Fact, ...]:
        """What is said about two substances or any of their classes, the gravest first."""
        pairs = ((one, other) for one in self.groups(first) for other in self.groups(second))
        return _gathered(self.together.get(pair if pair[0] <= pair[1] else pair[::-1], ()) for pair in pairs)

    def crossed(self, allergy: str, prescribed: str) -> tuple[Fact, ...]:
        """What an allergy to one is said to mean for another, the gravest first."""
        pairs = ((one, other) for one in self.groups(allergy) for other in self.groups(prescribed))
        return _gathered(self.crossing.get(pair, ()) for pair in pairs)


def _gathered(found: Iterable[tuple[Fact, ...]]) -> tuple[Fact, ...]:
    return tuple(sorted({fact for facts in found for fact in facts}))
