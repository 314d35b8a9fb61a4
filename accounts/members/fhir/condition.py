"""FHIR Condition ⇄ Condition, an item of the patient's list of illnesses.

What a visit found elsewhere (category encounter-diagnosis) comes into the same list: many systems give out
everything as such. What our own visits found is given out by records.
"""

from django.utils.translation import gettext as _

from accounts.members.fhir.names import day_of, fitting
from accounts.members.models import Condition, PatientProfile
from accounts.members.services.patients import add_condition
from clinic.fhir.codes import CONDITION_CATEGORY, CONDITION_CLINICAL, code_in, concept, words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing

MAPS = ("clinicalStatus", "verificationStatus", "category", "code", "subject", "onsetDateTime")
# condition-ver-status: what turned out not to be so.
NOT_SO = ("refuted", "entered-in-error")
# condition-clinical: what the patient still has.
PRESENT = ("active", "recurrence", "relapse", "")


def refuse_untrue(resource: Resource) -> None:
    """Leave out what was refuted or entered in error there."""
    status = resource.get("verificationStatus") or {}
    if any(each.get("code") in NOT_SO for each in status.get("coding") or []):
        raise LeftOut(_("It was refuted or entered in error there."))


def is_present(resource: Resource) -> bool:
    """Whether the patient has it still."""
    return code_in(resource.get("clinicalStatus"), CONDITION_CLINICAL) in PRESENT


@reads("Condition", after=("Patient", "Encounter"), maps=MAPS)
def read_condition(resource: Resource, bringing: Bringing) -> Answer:
    """One illness of the patient's list; one that came again stands there once."""
    refuse_untrue(resource)
    patient = bringing.need(resource.get("subject"), PatientProfile)
    name = words(resource.get("code"))[: Condition._meta.get_field("name").max_length]
    if not name:
        raise LeftOut(_("It does not say what it is."))
    known = patient.conditions.filter(name__iexact=name).first()
    if known is not None:
        return _again(known, resource, bringing)
    since = day_of(resource.get("onsetDateTime"))
    if resource.get("onsetDateTime") and since is None:
        bringing.note("Condition", _("A beginning of which only the year or the month is known."))
    facts = fitting(Condition, {"since": since}, bringing, "Condition")
    return add_condition(patient, by=bringing.by, name=name, is_active=is_present(resource), **facts)


def _again(known: Condition, resource: Resource, bringing: Bringing) -> Known:
    if day_of(resource.get("onsetDateTime")) != known.since:
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
