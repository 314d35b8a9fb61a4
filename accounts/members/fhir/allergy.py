"""FHIR AllergyIntolerance ⇄ Allergy."""

import re
from typing import Any

from django.utils.translation import gettext as _

from accounts.members.models import Allergy, PatientProfile
from accounts.members.models.patient import Severity
from accounts.members.services.patients import add_allergy
from clinic.fhir.codes import (
    ALLERGY_CLINICAL,
    DATA_ABSENT,
    concept,
    told_by,
    words,
)
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing

MAPS = ("clinicalStatus", "verificationStatus", "code", "patient", "reaction", "criticality")
# AllergyIntolerance.criticality, where no reaction says how bad it was: the potential harm.
BY_CRITICALITY = {"low": Severity.MILD, "high": Severity.SEVERE}
# SNOMED CT, value set allergyintolerance-code: that there is none is no allergy.
NONE_KNOWN = frozenset({"716186003", "409137002", "428607008", "716184000", "716185004", "716220001"})

# The same in the words of lists that have no code for it.
NONE_IN_WORDS = re.compile(
    r"(no( known)?( \w+)? (allerg(y|ies)|intolerances?)( known)?|nkd?a|none( known)?)\W*$", re.IGNORECASE
)


@reads("AllergyIntolerance", after=("Patient",), maps=MAPS)
def read_allergy(resource: Resource, bringing: Bringing) -> Answer:
    """What the patient does not tolerate now."""
    if told_by(resource.get("verificationStatus")) & {"refuted", "entered-in-error"}:
        raise LeftOut(_("It was refuted or entered in error there."))
    if told_by(resource.get("clinicalStatus")) & {"inactive", "resolved"}:
        raise LeftOut(_("The allergy is over: here stand only those that a doctor must heed."))
    if told_by(resource.get("code")) & NONE_KNOWN or NONE_IN_WORDS.match(words(resource.get("code"))):
        raise LeftOut(_("It says that no allergy is known."))
    patient = bringing.need(resource.get("patient"), PatientProfile)
    substance = _substance(resource)
    known = patient.allergies.filter(substance__iexact=substance).first()
    if known is not None:
        return _again(known, resource, bringing)
    facts = {
        "substance": substance,
        "severity": _severity(resource, bringing),
        "reaction": _reaction(resource),
    }
    return add_allergy(patient, by=bringing.by, **facts)


def _again(known: Allergy, resource: Resource, bringing: Bringing) -> Known:
    """What stands here stays; what one import says of it twice is as bad as the worse of the two."""
    said = _severity_said(resource)
    if said and Severity.values.index(said) > Severity.values.index(known.severity):
        if bringing.has_made(known):
            known.severity = said
            known.save(update_fields=["severity"])
        else:
            bringing.note(
                "AllergyIntolerance", _("It is worse by what was read than by what is on record here.")
            )
    return Known(known)


def _substance(resource: Resource) -> str:
    found = words(resource.get("code"))
    named = (words(each.get("substance")) for each in resource.get("reaction") or [])
    text = found or next(filter(None, named), "")
    if not text:
        raise LeftOut(_("It does not say what it is."))
    return text[: Allergy._meta.get_field("substance").max_length]


def _severity(resource: Resource, bringing: Bringing) -> Any:
    said = _severity_said(resource)
    if said is None:
        bringing.note(
            "AllergyIntolerance", _("How bad it is was not said there; it stands here as moderate.")
        )
    return said or Severity.MODERATE


def _severity_said(resource: Resource) -> Any:
    """The worst reaction on record, else the potential harm; None where nobody says."""
    order = Severity.values
    said = [each["severity"] for each in resource.get("reaction") or [] if each.get("severity") in order]
    if said:
        return max(said, key=order.index)
    return BY_CRITICALITY.get(str(resource.get("criticality")))


def _reaction(resource: Resource) -> str:
    shown = (
        words(each)
        for reaction in resource.get("reaction") or []
        for each in reaction.get("manifestation") or []
    )
    found = ", ".join(dict.fromkeys(filter(None, shown)))
    return found[: Allergy._meta.get_field("reaction").max_length]


@writes(Allergy, "AllergyIntolerance")
def write_allergy(allergy: Allergy, writing: Writing) -> Resource:
    """What the patient does not tolerate. FHIR asks for a reaction's words, or says that they are unknown."""
    unknown = {"extension": [{"url": DATA_ABSENT, "valueCode": "unknown"}]}
    manifestation = {"text": allergy.reaction} if allergy.reaction else unknown
    return {
        "clinicalStatus": concept(ALLERGY_CLINICAL, "active"),
        "code": {"text": allergy.substance},
        "patient": writing.reference_to(PatientProfile, allergy.patient_id),
        "reaction": [{"manifestation": [manifestation], "severity": allergy.severity}],
    }
