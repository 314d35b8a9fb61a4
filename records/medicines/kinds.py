"""What can be found, what it asks of the doctor, and how it is said."""

from enum import StrEnum

from django.utils.text import get_text_list
from django.utils.translation import gettext as _


class Level(StrEnum):
    """What a finding asks of the doctor, the gravest first."""

    STOP = "stop"
    WARN = "warn"
    UNCHECKED = "unchecked"
    NOTE = "note"


class FindingKind(StrEnum):
    """What was found."""

    NOTHING = "nothing"
    CRASHED = "crashed"
    ALLERGY = "allergy"
    INTERACTION = "interaction"
    DUPLICATE = "duplicate"
    UNKNOWN = "unknown"
    PARTLY = "partly"
    GROUP = "group"
    NO_POTENCY = "no_potency"
    UNKNOWN_CURRENT = "unknown_current"
    UNKNOWN_ALLERGY = "unknown_allergy"


def label_of(level: Level) -> str:
    """What a finding asks for, in a word."""
    labels = {
        Level.STOP: _("Stop"),
        Level.WARN: _("Warning"),
        Level.UNCHECKED: _("Not checked"),
        Level.NOTE: _("Note"),
    }
    return labels[level]


def title_of(kind: FindingKind, subjects: tuple[str, ...], about: str) -> str:
    """A finding in one sentence. `subjects`: the medicines as they were typed."""
    words = {"medicine": get_text_list(list(subjects), _("and")), "about": about}
    return _sentence(kind, len(subjects)) % words


def _sentence(kind: FindingKind, count: int) -> str:
    sentences = {
        FindingKind.NOTHING: _("Nothing was checked: the lists of medicines are empty."),
        FindingKind.CRASHED: _("Nothing was checked: the check itself failed."),
        FindingKind.ALLERGY: _("Allergic to %(about)s: %(medicine)s"),
        FindingKind.INTERACTION: _("Taken together: %(medicine)s"),
        FindingKind.DUPLICATE: _("The same treatment twice: %(medicine)s"),
        FindingKind.UNKNOWN: _("Not checked: nobody knows “%(medicine)s” here."),
        FindingKind.PARTLY: _("Not checked: “%(about)s” in “%(medicine)s”. The rest was checked."),
        FindingKind.GROUP: _("Not checked in full: “%(medicine)s” is a group, not one medicine."),
        FindingKind.NO_POTENCY: _(
            "Not checked: “%(medicine)s” without a potency may be the plant or its mother tincture."
        ),
        FindingKind.UNKNOWN_CURRENT: _(
            "Not checked against “%(medicine)s”, which the patient takes already."
        ),
        FindingKind.UNKNOWN_ALLERGY: _("Not checked: nobody knows the allergy “%(about)s” here."),
    }
    if kind == FindingKind.DUPLICATE and count == 1:
        return _("Twice on the sheet: %(medicine)s")
    return sentences[kind]
