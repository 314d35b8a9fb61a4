"""FHIR Condition ⇄ Condition, an item of the patient's list of illnesses.

What a visit found elsewhere (category encounter-diagnosis) comes into the same list: many systems give out
everything as such. What our own visits found is given out by records.
"""

from typing import Any

from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.members.fhir.names import day_of, fitting
from accounts.members.models import Condition, PatientProfile
from accounts.members.services.patients import add_condition
from clinic.fhir.codes import CONDITION_CATEGORY, CONDITION_CLINICAL, concept, told_by, words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing

MAPS = ("clinicalStatus", "verificationStatus", "category", "code", "subject", "onsetDateTime", "onsetPeriod")
# condition-ver-status: what turned out not to be so.
NOT_SO = {"refuted", "entered-in-error"}
# The same: what nobody was sure of.
SUSPECTED = {"unconfirmed", "provisional", "differential"}
# condition-clinical: what the patient still has, and what is over.
PRESENT, OVER = {"active", "recurrence", "relapse"}, {"inactive", "remission", "resolved"}
ABATED = ("abatementDateTime", "abatementAge", "abatementPeriod", "abatementRange", "abatementString")
LONGEST = 200


def refuse_untrue(resource: Resource) -> None:
    """Leave out what was refuted or entered in error there."""
    if told_by(resource.get("verificationStatus")) & NOT_SO:
        raise LeftOut(_("It was refuted or entered in error there."))


def is_present(resource: Resource) -> bool:
    """Whether the patient has it still; what nobody says to be over is on the list of what to heed."""
    said = told_by(resource.get("clinicalStatus"))
    if said & (PRESENT | OVER):
        return bool(said & PRESENT)
    return not any(resource.get(name) for name in ABATED)


def name_of(resource: Resource) -> str:
    """What it is called, marked where it was only suspected. Raises LeftOut where nobody says."""
    name = words(resource.get("code"))
    if not name:
        raise LeftOut(_("It does not say what it is."))
    if told_by(resource.get("verificationStatus")) & SUSPECTED:
        mark = _("suspected")
        return f"{Truncator(name).chars(LONGEST - len(mark) - 3)} ({mark})"
    return Truncator(name).chars(LONGEST)


@reads("Condition", after=("Patient", "Encounter"), maps=MAPS)
def read_condition(resource: Resource, bringing: Bringing) -> Answer:
    """One illness of the patient's list; one that came again stands there once."""
    refuse_untrue(resource)
    patient = bringing.need(resource.get("subject"), PatientProfile)
    name = name_of(resource)
    known = patient.conditions.filter(name__iexact=name).first()
    if known is not None:
        return _again(known, resource, bringing)
    if not told_by(resource.get("clinicalStatus")) and is_present(resource):
        bringing.note(
            "Condition", _("Whether it is still present was not said there; it stands here as present.")
        )
    since = day_of(onset_of(resource))
    if onset_of(resource) and since is None:
        bringing.note("Condition", _("A beginning of which only the year or the month is known."))
    facts = fitting(Condition, {"since": since}, bringing, "Condition")
    return add_condition(patient, by=bringing.by, name=name, is_active=is_present(resource), **facts)


def onset_of(resource: Resource) -> Any:
    """When it began, by either of the two ways in which FHIR names a moment for that."""
    return resource.get("onsetDateTime") or (resource.get("onsetPeriod") or {}).get("start")


def _again(known: Condition, resource: Resource, bringing: Bringing) -> Known:
    if day_of(onset_of(resource)) != known.since:
        bringing.note("Condition", _("The illness is on the patient’s list already, with another beginning."))
    if is_present(resource) and not known.is_active:
        if not bringing.has_made(known):
            bringing.note(
                "Condition", _("It is over by what is on record here, and present by what was read.")
            )
        else:
            known.is_active = True
            known.save(update_fields=["is_active"])
    return Known(known)


@writes(Condition, "Condition")
def write_condition(condition: Condition, writing: Writing) -> Resource:
    """An item of the patient's list of problems."""
    return {
        "clinicalStatus": concept(CONDITION_CLINICAL, "active" if condition.is_active else "resolved"),
        "category": [concept(CONDITION_CATEGORY, "problem-list-item")],
        "code": {"text": condition.name},
        "subject": writing.reference_to(PatientProfile, condition.patient_id),
        "onsetDateTime": condition.since,
    }
