"""What both lists, the platform's and the clinic's, know of what was typed."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from records.medicines.lists import Fact, Kind, Known, Lists, Severity
from records.medicines.models import ClinicInteraction, ClinicMedicineName, ClinicSubstance
from records.medicines.reading import candidates
from records.terminology.models import Interaction, MedicineName, Substance

# The platform's first: where one of the two decides, the later one does.
SUBSTANCES: tuple[Any, ...] = (Substance, ClinicSubstance)
NAMES: tuple[Any, ...] = (MedicineName, ClinicMedicineName)
INTERACTIONS: tuple[Any, ...] = (Interaction, ClinicInteraction)


def known_of(texts: Iterable[str]) -> Lists:
    """The part of the lists that `texts` can be about, in a few small statements however many there are."""
    typed: set[str] = set().union(*(candidates(text) for text in texts))
    names: dict[str, tuple[str, ...]] = {}
    for model in NAMES:
        found = model.objects.filter(key__in=typed).values_list("key", "means")
        names |= {key: tuple(means) for key, means in found}
    meant = typed.union(*names.values())
    known = _known(meant)
    # Classes are known all of them; what is said of those that nobody named, or is of, is not asked.
    named = known.keys() & meant
    together, crossing = _facts(named.union(*(known[key].classes for key in named)))
    return Lists(
        known=known,
        names=names,
        together=together,
        crossing=crossing,
        has_substances=_any_medicine(known),
        has_interactions=bool(together) or any(model.objects.exists() for model in INTERACTIONS),
    )


def _any_medicine(known: dict[str, Known]) -> bool:
    """Whether the lists name any medicine at all; asked only where none was typed."""
    if any(one.kind == Kind.MEDICINE for one in known.values()):
        return True
    return any(model.objects.filter(kind=Kind.MEDICINE).exists() for model in SUBSTANCES)


def _known(keys: set[str]) -> dict[str, Known]:
    """Those named, and every class. Where both lists know one, neither takes anything from the other."""
    known: dict[str, Known] = {}
    wanted = Q(key__in=keys) | Q(kind=Kind.CLASS)
    for model in SUBSTANCES:
        columns = ("key", "name", "kind", "classes", "duplicate", "cross")
        for key, name, kind, classes, duplicate, cross in model.objects.filter(wanted).values_list(*columns):
            before = known.get(key, Known(name, Kind(kind)))
            known[key] = Known(
                before.name,
                before.kind,
                before.classes | frozenset(classes),
                before.duplicate or duplicate,
                "stop" if "stop" in (before.cross, cross) else before.cross or cross,
            )
    return known


Facts = dict[tuple[str, str], tuple[Fact, ...]]


def _facts(keys: set[str]) -> tuple[Facts, Facts]:
    """What is said about any two of `keys`: taken together, and as an allergy to the first."""
    together: Facts = defaultdict(tuple)
    crossing: Facts = defaultdict(tuple)
    for model in INTERACTIONS:
        columns = ("kind", "first", "second", "severity", "effect", "advice", "source")
        found = model.objects.filter(first__in=keys, second__in=keys).values_list(*columns)
        for kind, first, second, severity, effect, advice, source in found:
            fact = (Fact(Severity(severity).rank, effect, advice, source),)
            if kind == "allergy":
                crossing[first, second] += fact
            else:
                together[min(first, second), max(first, second)] += fact
    return dict(together), dict(crossing)
