"""What the resources of a history have in common: who says it, who did it, what it was called."""

from collections.abc import Iterable
from enum import Enum
from typing import Any, TypeVar

from django.db.models import Model
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.fhir.codes import first_coding, words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import LeftOut, Resource
from clinic.fhir.writing import Writing
from records.history.fhir import moments
from records.history.models import OutsideOrganization, OutsidePractitioner, PastEncounter, Told

Choice = TypeVar("Choice", bound=Enum)
WITHDRAWN = "entered-in-error"
TITLE, TEXT = 300, 4000
# Where resources of a history say when.
TIMES = (
    *("period", "effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued", "authoredOn", "date"),
    *("performedDateTime", "performedPeriod", "occurrenceDateTime"),
)


def told(resource: Resource, bringing: Bringing, *, subject: str = "subject", by: Iterable[Any] = ()) -> Any:
    """Whose it is, who did it and who says so. `by`: references to whoever did it, the first known counts.

    Raises LeftOut for what was entered in error there, and for patients who did not come.
    """
    if resource.get("status") == WITHDRAWN:
        raise LeftOut(gettext_lazy("It was entered in error there."))
    people = [each for each in by if each]
    found: dict[str, Any] = {
        "practitioner": bringing.first(people, OutsidePractitioner),
        "doctor": bringing.first(people, DoctorProfile),
        "organization": bringing.first(people, OutsideOrganization),
    }
    if found["doctor"]:
        found["practitioner"] = None
    patient = bringing.need(resource.get(subject), PatientProfile)
    source = _source(found, people, bringing)
    _note_unsaid(resource, people, source, bringing)
    return {
        "patient": patient,
        **found,
        "note": fit("\n".join(str(each.get("text", "")) for each in resource.get("note") or []), TEXT),
        "source": source,
        "run": bringing.journal.run,
        "recorded_by": bringing.by,
    }


def _note_unsaid(resource: Resource, people: list[Any], source: str, bringing: Bringing) -> None:
    """Count what was told and has no place here: who did it, if they did not come; days that are none."""
    kind = resource["resourceType"]
    unknown = (each for each in people if bringing.find(each, Model) is None)
    if any(each.get("display") != source for each in unknown):
        bringing.note(kind, gettext_lazy("Who did it, or where: they were not brought in."))
    if any(moments.is_no_date(said) for said in _times(resource)):
        bringing.note(kind, gettext_lazy("A date that can be none: it stands here as unknown."))


def _times(resource: Resource) -> Iterable[Any]:
    for name, value in resource.items():
        if name in TIMES:
            yield from value.values() if isinstance(value, dict) else (value,)


def _source(found: dict[str, Any], people: list[Any], bringing: Bringing) -> str:
    """Who says so: the hospital, the doctor, whoever is named only in words, or the other system.

    Never the file: its name may be the patient's.
    """
    says = found["organization"] or found["practitioner"] or found["doctor"]
    named = (each.get("display") for each in people)
    words_ = says.name if says else next(filter(None, named), "") or bringing.system
    return fit(words_ or gettext_lazy("another system"), 200)


def in_visit(resource: Resource, bringing: Bringing, patient: PatientProfile) -> dict[str, Any]:
    """In which visit it was done, where that is known and the same patient's."""
    visit = bringing.find(resource.get("encounter"), PastEncounter)
    if visit and visit.patient_id == patient.pk:
        return {"encounter": visit}
    if resource.get("encounter"):
        bringing.note(
            resource["resourceType"],
            gettext_lazy("The visit it names is not among what this patient brought."),
        )
    return {"encounter": None}


def coded(concept: Any, *, otherwise: str = "") -> dict[str, str]:
    """Title, code and system of a CodeableConcept. Raises LeftOut where it says nothing."""
    title = words(concept) or otherwise
    if not title:
        raise LeftOut(gettext_lazy("It does not say what it was."))
    first = first_coding(concept)
    code, system = str(first.get("code") or ""), str(first.get("system") or "")
    fits = len(code) <= 100 and len(system) <= 200
    return {
        "title": fit(title, TITLE),
        "code": code if fits else "",
        "code_system": system if fits and code else "",
    }


def said(concepts: Any, length: int = TITLE) -> str:
    """What CodeableConcepts say in words, one after the other."""
    several = concepts if isinstance(concepts, list) else [concepts]
    return fit("; ".join(filter(None, map(words, several))), length)


def reasons(resource: Resource, bringing: Bringing) -> str:
    """Why it was done: in words, or what the reference says, or what it points to."""
    shown = [words(concept) for concept in resource.get("reasonCode") or []]
    for reference in resource.get("reasonReference") or []:
        behind = bringing.resource(reference)
        shown.append(str(reference.get("display") or words(behind.get("code"))))
    return fit("; ".join(dict.fromkeys(filter(None, shown))), TITLE)


def chosen(value: Any, choices: type[Choice], otherwise: Choice) -> Choice:
    """The choice of this value, or what stands for one we do not know."""
    try:
        return choices(value)
    except ValueError:
        return otherwise


def fit(text: Any, length: int) -> str:
    """The text without what no line holds, cut where it is too long."""
    clean = "".join(letter for letter in str(text or "") if letter in "\n\t" or letter.isprintable())
    return Truncator(clean.strip()).chars(length)


# The other way ------------------------------------------------------------------------------------


def concept(entry: Any) -> Resource:
    """The CodeableConcept of an entry's title and code."""
    if not entry.code:
        return {"text": entry.title}
    return {"coding": [{"system": entry.code_system, "code": entry.code}], "text": entry.title}


def status(entry: Told) -> str:
    """What was told, unless it was withdrawn here."""
    return str(entry.reported_status) if entry.counts else WITHDRAWN  # type: ignore[attr-defined]


def head(entry: Told, writing: Writing, *, subject: str = "subject") -> Resource:
    """Status, patient and visit, as all of the resources have them."""
    return {
        "status": status(entry),
        subject: writing.reference_to(PatientProfile, entry.patient_id),
        "encounter": writing.reference_to(PastEncounter, getattr(entry, "encounter_id", None)),
    }


def notes(entry: Told) -> list[Resource]:
    """The note, where the resource has a place for one."""
    return [{"text": entry.note}] if entry.note else []


def person(entry: Told, writing: Writing) -> Resource | None:
    """Who did it, of ours or elsewhere."""
    return writing.reference(entry.doctor or entry.practitioner)


def place(entry: Told, writing: Writing) -> Resource | None:
    """Where it was done."""
    return writing.reference(entry.organization)


def rows(model: type[Told]) -> Any:
    """What the writers look at, in one statement."""
    return model.objects.select_related("practitioner", "organization", "doctor__member")


def teller(entry: Told) -> Resource:
    """A reference that only says who told it."""
    return {"display": entry.source}


def unknown() -> str:
    """What is written where a time is asked for that nobody knows."""
    return _("unknown")
