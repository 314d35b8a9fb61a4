"""FHIR Appointment ⇄ Appointment. What lies ahead is booked by the clinic's own rules, or left out."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.fhir.codes import words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, Known, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from scheduling.models import Appointment
from scheduling.models.states import Status
from scheduling.services.booking import book_appointment

MAPPED = ("status", "participant", "start", "end", "minutesDuration", "reasonCode", "description")
# FHIR Appointment.status (hl7.org/fhir/R4/valueset-appointmentstatus.html). It knows neither "declined" nor
# "moved": both are cancelled there, with the reason.
STATUSES: Mapping[str, str] = MappingProxyType(
    {
        Status.PROPOSED: "proposed",
        Status.PENDING: "pending",
        Status.BOOKED: "booked",
        Status.DECLINED: "cancelled",
        Status.ARRIVED: "arrived",
        Status.CHECKED_IN: "checked-in",
        Status.FULFILLED: "fulfilled",
        Status.CANCELLED: "cancelled",
        Status.RESCHEDULED: "cancelled",
        Status.NOSHOW: "noshow",
        Status.ENTERED_IN_ERROR: "entered-in-error",
    }
)
# FHIR's participationstatus of patient and doctor; everybody else has accepted.
TO_ANSWER: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Status.PROPOSED: ("needs-action", "accepted"),
        Status.PENDING: ("accepted", "needs-action"),
        Status.DECLINED: ("accepted", "declined"),
        Status.CANCELLED: ("declined", "accepted"),
    }
)
AHEAD = ("booked", "pending")


@reads("Appointment", after=("Patient", "Practitioner"), maps=MAPPED)
def read_appointment(resource: Resource, bringing: Bringing) -> Answer:
    """A visit to a doctor of ours that lies ahead; nobody is sent a letter about it."""
    starts_at = parse_datetime(str(resource.get("start") or ""))
    if starts_at is None or starts_at <= timezone.now():
        raise LeftOut(gettext_lazy("It lies in the past: what was done then stands in its visit."))
    if resource.get("status") not in AHEAD:
        raise LeftOut(gettext_lazy("It does not take place."))
    actors = [each.get("actor") for each in resource.get("participant") or []]
    doctor, patient = bringing.first(actors, DoctorProfile), bringing.first(actors, PatientProfile)
    if doctor is None or patient is None:
        raise LeftOut(gettext_lazy("It is with nobody who works here, or for nobody who came along."))
    known = Appointment.objects.filter(doctor=doctor, patient=patient, starts_at=starts_at).first()
    if known is not None:
        return Known(known)
    return book_appointment(
        by=bringing.by,
        doctor=doctor,
        patient=patient,
        starts_at=starts_at,
        minutes=_minutes(resource, starts_at),
        reason=("; ".join(map(words, resource.get("reasonCode") or [])) or "")[:500],
        tell=False,
    )


def _minutes(resource: Resource, starts_at: Any) -> int | None:
    ends_at = parse_datetime(str(resource.get("end") or ""))
    return int((ends_at - starts_at).total_seconds() // 60) if ends_at else resource.get("minutesDuration")


@writes(
    Appointment,
    "Appointment",
    rows=lambda: Appointment.objects.select_related("doctor__member", "appointment_type"),
)
def write_appointment(visit: Appointment, writing: Writing) -> Resource:
    """The visit, with who has still to answer."""
    patient, doctor = TO_ANSWER.get(visit.status, ("accepted", "accepted"))
    people = (
        (writing.reference_to(PatientProfile, visit.patient_id), patient),
        (writing.reference(visit.doctor, visit.doctor.name), doctor),
    )
    reason = _ended(visit)
    return {
        "status": STATUSES[visit.status],
        "cancelationReason": {"text": reason} if reason else None,
        "appointmentType": {"text": visit.appointment_type.name if visit.appointment_type else ""},
        "reasonCode": [{"text": visit.reason}] if visit.reason else [],
        "start": visit.starts_at,
        "end": visit.ends_at,
        "minutesDuration": int((visit.ends_at - visit.starts_at).total_seconds() // 60),
        "created": visit.created_at,
        "participant": [{"actor": actor, "status": status} for actor, status in people],
    }


def _ended(visit: Appointment) -> str:
    """Why it does not take place, where it does not (FHIR's rule app-4: only then)."""
    if visit.status == Status.RESCHEDULED:
        return _("Moved to another time")
    if visit.status == Status.DECLINED:
        return visit.decline_reason
    return visit.cancel_reason if visit.status == Status.CANCELLED else ""
