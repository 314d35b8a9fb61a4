"""FHIR Encounter and Composition ← Consultation: that it took place, and what was written."""

import datetime
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils.translation import gettext as _

from accounts.members.models import PatientProfile
from clinic.db.current import connection
from clinic.fhir.codes import ENCOUNTER_CLASS
from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing
from records.fhir.narrative import PROGRESS, named_after, sections
from records.models import Consultation, Diagnosis
from scheduling.models import Appointment
from scheduling.models.states import Mode
from tenants.models import Organization

S = Consultation.Status
# FHIR Encounter.status (hl7.org/fhir/R4/valueset-encounter-status.html).
STATUSES: Mapping[str, str] = MappingProxyType(
    {S.PLANNED: "planned", S.IN_PROGRESS: "in-progress", S.SIGNED: "finished", S.CANCELLED: "cancelled"}
)
# FHIR Composition.status: only what is signed is final.
WRITTEN: Mapping[str, str] = MappingProxyType({**dict.fromkeys(S, "preliminary"), S.SIGNED: "final"})
CLASSES: Mapping[str, str] = MappingProxyType({Mode.IN_PERSON: "AMB", Mode.VIRTUAL: "VR", Mode.HOME: "HH"})


def rows() -> Any:
    """With everything the writer looks at."""
    return Consultation.objects.select_related("appointment", "doctor__member").prefetch_related("diagnoses")


@writes(Consultation, "Encounter", rows=rows)
def write_consultation(visit: Consultation, writing: Writing) -> list[Resource]:
    """The visit, and beside it the text."""
    doctor = writing.reference(visit.doctor, visit.doctor.name)
    encounter = {
        "status": STATUSES[visit.status],
        "class": {"system": ENCOUNTER_CLASS, "code": _class_of(visit)},
        "type": [{"text": _("Consultation")}],
        "subject": writing.reference_to(PatientProfile, visit.patient_id),
        "participant": [{"individual": doctor}],
        "appointment": [writing.reference_to(Appointment, visit.appointment_id)],
        "period": _period(visit),
        "diagnosis": [
            {"condition": writing.reference_to(Diagnosis, found.pk), "rank": found.position}
            for found in visit.diagnoses.all()
        ],
        "serviceProvider": writing.reference_to(Organization, connection.tenant.pk),
    }
    return [encounter, *_text(visit, writing, doctor)]


def _class_of(visit: Consultation) -> str:
    return CLASSES[visit.appointment.mode] if visit.appointment else CLASSES[Mode.IN_PERSON]


def _period(visit: Consultation) -> Resource:
    """From its beginning, for as long as the doctor has said."""
    end = None
    if visit.started_at and visit.duration_minutes:
        end = visit.started_at + datetime.timedelta(minutes=visit.duration_minutes)
    return {"start": visit.started_at, "end": end}


def _text(visit: Consultation, writing: Writing, doctor: Resource | None) -> list[Resource]:
    """The text as a Composition; nothing, while nothing is written."""
    text = [*visit.sections]
    if visit.diagnoses.all():
        codes = "\n".join(f"{found.code} {found.title}" for found in visit.diagnoses.all())
        text.append((_("Diagnoses"), codes))
    if visit.follow_up_on:
        text.append((_("Follow-up on"), visit.follow_up_on.isoformat()))
    if visit.cancel_reason:
        text.append((_("Reason for cancelling"), visit.cancel_reason))
    if not text:
        return []
    attested = {"mode": "professional", "time": visit.signed_at, "party": doctor}
    return [
        {
            "resourceType": "Composition",
            "id": named_after(visit.pk, "composition"),
            "status": WRITTEN[visit.status],
            "type": PROGRESS,
            "subject": writing.reference_to(PatientProfile, visit.patient_id),
            "encounter": writing.reference_to(Consultation, visit.pk),
            "date": visit.signed_at or visit.started_at or visit.created_at,
            "author": [doctor],
            "title": _("Consultation"),
            "attester": [attested] if visit.is_signed else [],
            "custodian": writing.reference_to(Organization, connection.tenant.pk),
            "section": sections(text),
        }
    ]
