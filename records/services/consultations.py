"""What doctors do with consultations: the treating doctor alone writes; what is signed stays."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Refusal, relayed
from records.models import Consultation, Prescription
from records.services.rights import own
from scheduling.models import Appointment
from scheduling.services import check_in_appointment, fulfil_appointment, mark_arrived


@transaction.atomic
def start_consultation(appointment: Appointment, *, by: Member | None) -> Consultation:
    """Open the consultation of `appointment`: the one there is, or a new one. Checks the patient in."""
    own(appointment.doctor_id, by)
    # Two tabs must not open two, nor refuse each other: they meet on the appointment's row.
    appointment = Appointment.objects.locked(appointment.pk)
    known = Consultation.objects.filter(appointment=appointment).first()
    if known and known.cancelled_at:
        raise Refusal(_("The consultation of this visit was cancelled. Start one from the patient's chart."))
    if known and "start_consultation" not in known.verbs:
        return known
    _receive(appointment, by)
    if known:
        return Consultation.objects.locked(known.pk).move("start_consultation", started_at=timezone.now())
    return _begin(appointment=appointment, doctor_id=appointment.doctor_id, patient_id=appointment.patient_id)


@transaction.atomic
def start_walk_in(patient: PatientProfile, *, by: Member | None) -> Consultation:
    """Open a consultation without an appointment: the doctor's unfinished one, or a new one."""
    if by is None or not by.may("records.start_consultation"):
        raise Refusal(_("Only a doctor can start a consultation."))
    # Two tabs of one doctor must not open two: they meet on the patient's row.
    PatientProfile.objects.select_for_update(of=("self",)).get(pk=patient.pk)
    unfinished = Consultation.objects.filter(
        patient=patient, doctor_id=by.pk, appointment=None, status=Consultation.Status.IN_PROGRESS
    ).first()
    if unfinished:
        return unfinished
    return _begin(doctor_id=by.pk, patient_id=patient.pk)


class Overtaken(Refusal):
    """The text was changed since it was read; `stored` is the record as it is now."""

    def __init__(self, stored: Any) -> None:
        super().__init__(_("This text was changed in another window meanwhile."))
        self.stored = stored


@transaction.atomic
def save_consultation(
    consultation: Consultation, *, by: Member | None, revision: int | None = None, **content: Any
) -> Consultation:
    """Keep what the doctor has typed so far (`content`: fields of Consultation.WRITTEN).

    `revision` is the one that was read; when another has been stored since, nothing is overwritten
    (Overtaken). Without it the text is as it is now.
    """
    consultation = open_consultation(consultation, by)
    changed = {name: value for name, value in content.items() if getattr(consultation, name) != value}
    if not changed:
        return consultation
    if revision not in (None, consultation.revision):
        raise Overtaken(consultation)
    for name, value in changed.items():
        setattr(consultation, name, value)
    consultation.clean()
    consultation.revision += 1
    with relayed(Consultation):
        consultation.save(update_fields=["revision", *changed])
    return consultation


@transaction.atomic
def sign_consultation(consultation: Consultation, *, by: Member | None) -> Consultation:
    """Close the consultation for ever, under the doctor's name and a fingerprint; the visit is done."""
    consultation = open_consultation(consultation, by)
    if consultation.is_blank:
        raise Refusal(_("Nothing is written yet. Write the consultation before you sign it."))
    consultation.signed_at, consultation.signed_by = timezone.now(), by
    consultation.move(
        "sign_consultation",
        signed_at=consultation.signed_at,
        signed_by=by,
        content_hash=consultation.fingerprint(),
    )
    # Whatever became of the visit meanwhile (the desk may have cancelled it), the text can be signed.
    if consultation.appointment and "fulfil_appointment" in consultation.appointment.verbs:
        fulfil_appointment(consultation.appointment, by=by)
    return consultation


@transaction.atomic
def cancel_consultation(consultation: Consultation, *, by: Member | None, reason: str) -> Consultation:
    """Give up a consultation that is not signed; what was written stays readable."""
    if by is None or not by.may("records.cancel_any_consultation"):
        own(consultation.doctor_id, by)
    if not reason.strip():
        raise Refusal(_("Say why the consultation is cancelled."), "reason")
    consultation = Consultation.objects.locked(consultation.pk)
    if consultation.prescriptions.exclude(status=Prescription.Status.CANCELLED).exists():
        raise Refusal(_("There is a prescription from this consultation. Discard it first, or sign."))
    return consultation.move(
        "cancel_consultation", cancelled_at=timezone.now(), cancelled_by=by, cancel_reason=reason.strip()
    )


def open_consultation(consultation: Consultation, by: Member | None) -> Consultation:
    """The consultation, locked, if `by` may write in it."""
    own(consultation.doctor_id, by)
    consultation = Consultation.objects.locked(consultation.pk)
    if not consultation.is_open:
        raise Refusal(_("This consultation is closed and does not change any more."))
    return consultation


def _begin(**people: Any) -> Consultation:
    state = Consultation.TRANSITIONS.target("start_consultation", Consultation.Status.PLANNED)
    begun = Consultation(status=state, started_at=timezone.now(), **people)
    with relayed(Consultation):
        begun.save(force_insert=True)
    return begun


def _receive(appointment: Appointment, by: Member | None) -> None:
    """Bring the appointment to "checked in": whoever sits in front of the doctor has come."""
    if "mark_arrived" in appointment.verbs:
        appointment = mark_arrived(appointment, by=by)
    if "check_in_appointment" in appointment.verbs:
        appointment = check_in_appointment(appointment, by=by)
    if "fulfil_appointment" not in appointment.verbs:
        raise Refusal(_("This visit is not checked in, so no consultation can start from it."))
