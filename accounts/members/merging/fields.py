"""What two files say of one person, field by field, and which of the two words stays."""

from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.services.storing import PERSON

SURVIVOR, MERGED, BOTH = "survivor", "merged", "both"
LOG_IN = "user"


class Difference(NamedTuple):
    """A field of which the two files say different things; `proposed` is the word that says more."""

    name: str
    label: Any
    survivor: str
    merged: str
    proposed: str
    # Whether the two can stand one after the other.
    may_be_both: bool = False


def _fields() -> list[models.Field]:
    """The fields somebody writes: those of the person, then those of the patient."""
    person = [field for field in Member._meta.concrete_fields if field.name in PERSON]
    known = [
        field
        for field in PatientProfile._meta.concrete_fields
        if field.editable and not field.is_relation and not field.generated
    ]
    return [*person, *known]


def value_of(patient: PatientProfile, name: str) -> Any:
    """What the file says in this field."""
    return getattr(patient.member if name in PERSON or name == LOG_IN else patient, name)


def shown(patient: PatientProfile, name: str) -> str:
    """The same as it is read; "" where the file says nothing."""
    value = value_of(patient, name)
    if name == LOG_IN:
        return value.email if value else ""
    told = getattr(patient, f"get_{name}_display", None)
    if value in ("", None, False) or value == "unknown":
        return ""
    if value is True:
        return str(_("Yes"))
    return str(told() if told else getattr(value, "name", value))


def differences(survivor: PatientProfile, merged: PatientProfile) -> list[Difference]:
    """Where the two files do not say the same; what one of them does not say is taken from the other."""
    found = []
    for name, label in [(field.name, field.verbose_name) for field in _fields()] + [(LOG_IN, _("log-in"))]:
        mine, theirs = shown(survivor, name), shown(merged, name)
        if mine == theirs:
            continue
        is_text = name == "notes" and bool(mine and theirs)
        proposed = BOTH if is_text else SURVIVOR if mine else MERGED
        found.append(Difference(name, label, mine, theirs, proposed, may_be_both=is_text))
    return found


def outcome(survivor: PatientProfile, merged: PatientProfile, chosen: dict[str, str]) -> dict[str, Any]:
    """The survivor's fields that change: of each difference what was chosen, or else what was proposed."""
    values = {}
    for each in differences(survivor, merged):
        wanted = chosen.get(each.name) or each.proposed
        if wanted == MERGED:
            values[each.name] = value_of(merged, each.name)
        elif wanted == BOTH and each.may_be_both:
            values[each.name] = f"{each.survivor}\n\n{each.merged}"
    return values
