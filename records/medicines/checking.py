"""The check of a prescription: what is known to be dangerous, and what nobody can say.

A pure function of what was typed and of the lists. Nothing passes in silence: a word that nobody knows, a
list that is empty, an allergy nobody can read are findings as well. The order of the rows changes nothing.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, product

from django.utils.translation import gettext as _

from records.medicines.kinds import FindingKind, Level, label_of, title_of
from records.medicines.lists import Fact, Kind, Lists, Severity
from records.medicines.reading import ABOUT_ALLERGIES, Mention, Reading, read
from records.terminology.words import key_of


@dataclass(frozen=True)
class Typed:
    """One medicine as it was typed."""

    medicine: str
    potency: str = ""

    @property
    def text(self) -> str:
        """All of it."""
        return f"{self.medicine} ; {self.potency}"


@dataclass(frozen=True)
class Finding:
    """One thing the doctor has to know. `key` names it for as long as the sheet says the same."""

    level: Level
    kind: FindingKind
    key: str
    subjects: tuple[str, ...] = ()
    about: str = ""
    facts: tuple[Fact, ...] = ()

    @property
    def code(self) -> str:
        """The key as a part of a form's field: the same for as long as the key is."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:12]

    @property
    def needs_reason(self) -> bool:
        """Whether the doctor says why it is handed out all the same."""
        return self.level in {Level.STOP, Level.WARN}

    @property
    def needs_tick(self) -> bool:
        """Whether the doctor says explicitly to have seen it."""
        return self.level in {Level.STOP, Level.UNCHECKED}

    @property
    def label(self) -> str:
        """What it asks for, in a word."""
        return label_of(self.level)

    @property
    def title(self) -> str:
        """What was found, in one sentence."""
        return title_of(self.kind, self.subjects, self.about)

    @property
    def order(self) -> tuple[int, str]:
        """The gravest first, then by name."""
        return list(Level).index(self.level), self.key


@dataclass(frozen=True)
class _Row:
    """A row with what was understood of it."""

    typed: Typed
    reading: Reading
    is_current: bool = False

    @property
    def label(self) -> str:
        if self.is_current:
            return _("%(medicine)s (taken already)") % {"medicine": self.typed.medicine}
        return self.typed.medicine


def check(
    sheet: Sequence[Typed],
    *,
    lists: Lists,
    current: Sequence[Typed] = (),
    allergies: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """Everything found about `sheet`, the gravest first.

    `current` is what the patient takes besides, `allergies` what is on record, as it was typed.
    """
    rows = [_Row(typed, read(typed.text, lists)) for typed in sheet]
    others = [_Row(typed, read(typed.text, lists), is_current=True) for typed in current]
    found = chain(
        _nothing(lists),
        *(_unread(row, lists) for row in rows),
        _unread_current(rows, others, lists),
        _pairs(rows, others, lists),
        *(_allergy(text, rows, lists) for text in allergies),
    )
    return tuple(sorted(_joined(found), key=lambda finding: finding.order))


def crashed() -> tuple[Finding, ...]:
    """What is said when the check itself failed: nothing was checked."""
    return (Finding(Level.STOP, FindingKind.CRASHED, "crashed"),)


def _joined(found: Iterable[Finding]) -> Iterable[Finding]:
    """The same thing found twice is one finding about all the rows."""
    joined: dict[str, Finding] = {}
    for finding in found:
        subjects = finding.subjects + (joined[finding.key].subjects if finding.key in joined else ())
        joined[finding.key] = replace(finding, subjects=tuple(sorted(set(subjects))))
    return joined.values()


def _nothing(lists: Lists) -> Iterator[Finding]:
    if not lists.is_whole:
        yield Finding(Level.STOP, FindingKind.NOTHING, "nothing")


def _unread(row: _Row, lists: Lists) -> Iterator[Finding]:
    """What of a row nobody knows."""
    keys = [key for mention in row.reading.mentions for key in mention.keys]
    kinds = {lists.known[key].kind for key in keys}
    subject = (row.typed.medicine,)
    name = key_of(row.typed.text)
    if not keys or Kind.ALLERGEN in kinds:
        yield Finding(Level.UNCHECKED, FindingKind.UNKNOWN, f"unknown:{name}", subject)
    elif row.reading.unknown:
        about = " ".join(row.reading.unknown)
        yield Finding(Level.UNCHECKED, FindingKind.PARTLY, f"partly:{name}", subject, about)
    if Kind.CLASS in kinds:
        yield Finding(Level.UNCHECKED, FindingKind.GROUP, f"group:{name}", subject)
    if row.reading.has_remedy_without_potency(lists):
        yield Finding(Level.UNCHECKED, FindingKind.NO_POTENCY, f"no_potency:{name}", subject)


def _unread_current(rows: Sequence[_Row], others: Sequence[_Row], lists: Lists) -> Iterator[Finding]:
    """What the patient takes and nobody knows: said when something is prescribed that could meet it."""
    if not any(_meets_others(mention, lists) for row in rows for mention in row.reading.mentions):
        return
    for row in others:
        if any(_unread(row, lists)):
            key = f"unknown_current:{key_of(row.typed.text)}"
            yield Finding(Level.UNCHECKED, FindingKind.UNKNOWN_CURRENT, key, (row.typed.medicine,))


def _meets_others(mention: Mention, lists: Lists) -> bool:
    return any(lists.known[key].kind in {Kind.MEDICINE, Kind.CLASS} for key in mention.keys)


def _pairs(rows: Sequence[_Row], others: Sequence[_Row], lists: Lists) -> Iterator[Finding]:
    """What two names mean for each other: within the sheet, and with what is taken already.

    The parts of one known combination are not held against each other.
    """
    named = [(row, mention) for row in rows for mention in row.reading.mentions]
    taken = [(row, mention) for row in others for mention in row.reading.mentions]
    for (row, mention), (other, second) in chain(combinations(named, 2), product(named, taken)):
        for one, two in product(mention.keys, second.keys):
            yield from _pair(one, two, (row.label, other.label), lists)


def _pair(one: str, two: str, subjects: tuple[str, str], lists: Lists) -> Iterator[Finding]:
    kinds = {lists.known[one].kind, lists.known[two].kind}
    if kinds & {Kind.REMEDY, Kind.ALLERGEN}:
        return
    about = "|".join(sorted((one, two)))
    if one == two:
        key, name = f"duplicate:{about}", lists.known[one].name
        yield Finding(Level.WARN, FindingKind.DUPLICATE, key, subjects, name)
        return
    facts = lists.facts(one, two)
    twice = _same_treatment(one, two, lists)
    if facts:
        level = _level(facts + twice)
        yield Finding(level, FindingKind.INTERACTION, f"interaction:{about}", subjects, facts=facts + twice)
    elif twice:
        yield Finding(Level.WARN, FindingKind.DUPLICATE, f"duplicate:{about}", subjects, facts=twice)


def _same_treatment(one: str, two: str, lists: Lists) -> tuple[Fact, ...]:
    shared = sorted(lists.groups(one) & lists.groups(two))
    return tuple(
        Fact(
            Severity.MODERATE.rank,
            _("Both are of one group (%(group)s): the same treatment twice") % {"group": group.name},
            _("Usually one is enough"),
            "",
        )
        for group in (lists.known[key] for key in shared if key in lists.known)
        if group.duplicate
    )


def _level(facts: Sequence[Fact]) -> Level:
    gravest = min(facts).severity
    if gravest == Severity.CONTRAINDICATED:
        return Level.STOP
    return Level.NOTE if gravest == Severity.MINOR else Level.WARN


def _allergy(text: str, rows: Sequence[_Row], lists: Lists) -> Iterator[Finding]:
    """What an allergy means for each row, and whether it could be read at all."""
    reading = read(text, lists, also_neutral=ABOUT_ALLERGIES)
    if reading.unknown or not reading.mentions:
        key = f"unknown_allergy:{key_of(text)}"
        yield Finding(Level.UNCHECKED, FindingKind.UNKNOWN_ALLERGY, key, about=text)
    allergies = [key for mention in reading.mentions for key in mention.keys]
    for row in rows:
        prescribed = [key for mention in row.reading.mentions for key in mention.keys]
        for allergy, key in product(allergies, prescribed):
            yield from _reaction(text, allergy, key, row, lists)


def _reaction(text: str, allergy: str, key: str, row: _Row, lists: Lists) -> Iterator[Finding]:
    substance = lists.known[key]
    known = f"allergy:{key_of(text)}|{allergy}|{key}"
    subject = (row.label,)
    if substance.kind == Kind.REMEDY:
        if allergy == key:
            yield Finding(Level.WARN, FindingKind.ALLERGY, known, subject, text)
    elif allergy in lists.groups(key) or key in lists.groups(allergy):
        yield Finding(Level.STOP, FindingKind.ALLERGY, known, subject, text)
    else:
        facts = lists.crossed(allergy, key) + _same_group(allergy, key, lists)
        if facts:
            yield Finding(_level(facts), FindingKind.ALLERGY, known, subject, text, facts)


def _same_group(allergy: str, key: str, lists: Lists) -> tuple[Fact, ...]:
    """What the allergy to one member of a group means for another: forbidden, or to be weighed."""
    ranks = {"stop": Severity.CONTRAINDICATED.rank, "warn": Severity.MODERATE.rank}
    shared = sorted(lists.groups(allergy) & lists.groups(key))
    return tuple(
        Fact(ranks[group.cross], _("Of the same group: %(group)s") % {"group": group.name}, "", "")
        for group in (lists.known[name] for name in shared if name in lists.known)
        if group.cross in ranks
    )
