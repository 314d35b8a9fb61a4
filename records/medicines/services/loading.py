"""The clinic's admin loads the clinic's lists from files."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.members.models import Member
from clinic.models import Refusal
from records.medicines.models import ClinicInteraction, ClinicMedicineName, ClinicSubstance
from records.terminology.loading import Changes, changes_of, load
from records.terminology.models import Substance

LISTS: dict[str, Any] = {
    model.SHAPE.name: model for model in (ClinicSubstance, ClinicMedicineName, ClinicInteraction)
}


def preview_medicines(which: str, *, by: Member | None, text: str) -> Changes:
    """What loading `text` as the clinic's list `which` would change, and which lines are wrong."""
    _may_load(by)
    return changes_of(LISTS[which], text, _spoken_of(which))


def load_medicines(which: str, *, by: Member | None, text: str) -> Changes:
    """Make the clinic's list `which` what `text` says. A wrong line, and nothing is loaded."""
    _may_load(by)
    changes = load(LISTS[which], text, _spoken_of(which))
    if changes.wrong:
        raise Refusal(_("Nothing was loaded: some lines are wrong."), "text")
    return changes


def _may_load(by: Member | None) -> None:
    if by is None or not by.may("medicines.load_medicines"):
        raise Refusal(_("Only the clinic’s administrators load lists of medicines."))


def _spoken_of(which: str) -> dict[str, str]:
    """The substances a line may speak of besides those of its own file."""
    known = dict(ClinicSubstance.objects.values_list("key", "kind")) if which != "substances" else {}
    return known | dict(Substance.objects.values_list("key", "kind"))
