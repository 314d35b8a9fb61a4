"""What doctors do with prescriptions: what was handed out never changes."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from clinic.inbox.services import notify
from clinic.models import Refusal, relayed
from records.models import Consultation, Prescription, PrescriptionItem
from records.services.consultations import Overtaken
from records.services.rights import may, own
from records.services.safety import Answer, answer_findings


@transaction.atomic
def prescribe(consultation: Consultation, *, by: Member | None) -> Prescription:
    """Open a prescription of this consultation: the draft there is, or a new one."""
    own(consultation.doctor_id, by)
    consultation = Consultation.objects.locked(consultation.pk)
    if not consultation.started_at or consultation.cancelled_at:
        raise Refusal(_("Nothing is prescribed from a consultation that was cancelled or has not begun."))
    draft = consultation.prescriptions.filter(status=Prescription.Status.DRAFT).first()
    if draft:
        return draft
    with relayed(Prescription):
        return Prescription.objects.create(
            consultation=consultation, patient_id=consultation.patient_id, doctor_id=consultation.doctor_id
        )


@transaction.atomic
def save_prescription(
    prescription: Prescription,
    *,
    by: Member | None,
    notes: str,
    items: Sequence[Mapping[str, str]],
    revision: int | None = None,
) -> Prescription:
    """Keep the draft as typed: `items` in their order, each with the texts of PrescriptionItem.

    `revision` is the one that was read; when another has been stored since, nothing is overwritten
    (Overtaken). Without it the draft is as it is now.
    """
    prescription = open_prescription(prescription, by)
    lines = [{name: typed.get(name, "") for name in PrescriptionItem.TEXTS} for typed in items]
    stored = list(prescription.items.all())
    if prescription.notes == notes and [item.texts for item in stored] == lines:
        return prescription
    if revision not in (None, prescription.revision):
        raise Overtaken(prescription)
    prescription.notes = notes
    prescription.revision += 1
    with relayed(Prescription):
        prescription.save(update_fields=["notes", "revision"])
    with relayed(PrescriptionItem):
        _keep_lines(prescription, stored, lines)
    return prescription


def open_prescription(prescription: Prescription, by: Member | None) -> Prescription:
    """The draft, locked, if `by` may write in it."""
    own(prescription.doctor_id, by)
    prescription = Prescription.objects.locked(prescription.pk)
    if not prescription.is_draft:
        raise Refusal(_("This prescription was handed out and does not change any more."))
    return prescription


@transaction.atomic
def activate_prescription(
    prescription: Prescription,
    *,
    by: Member | None,
    overrides: Mapping[str, Answer] = MappingProxyType({}),
    covers: str = "",
) -> Prescription:
    """Check the prescription and hand it out; from now on it never changes. A patient who signs in is told.

    `overrides` answers what the check finds, by the findings' keys (records.services.safety); without an
    answer to each it is Unanswered. `covers` is the fingerprint of the check that was read.
    """
    own(prescription.doctor_id, by)
    prescription = Prescription.objects.locked(prescription.pk)
    # Two sheets of one patient are handed out one after the other, and no allergy comes in between: its
    # foreign key waits for this lock.
    PatientProfile.objects.select_for_update(of=("self",)).get(pk=prescription.patient_id)
    if prescription.is_draft and prescription.items.exists():
        answer_findings(prescription, by=by, answers=overrides, covers=covers)
    activated = prescription.move("activate_prescription", activated_at=timezone.now())
    notify(
        kind="your_prescription",
        to=[prescription.patient_id],
        by=by,
        facts={"doctor": by},
        link=reverse("records:prescription", args=[prescription.pk], urlconf="clinic.urls"),
        about_id=prescription.pk,
    )
    return activated


@transaction.atomic
def complete_prescription(prescription: Prescription, *, by: Member | None) -> Prescription:
    """Say that the patient has taken it to the end."""
    may(by, "records.complete_prescription")
    prescription = Prescription.objects.locked(prescription.pk)
    return prescription.move("complete_prescription", completed_at=timezone.now(), ended_by=by)


@transaction.atomic
def stop_prescription(prescription: Prescription, *, by: Member | None, reason: str) -> Prescription:
    """End the prescription early. Any doctor may: harm does not wait for a colleague's return."""
    may(by, "records.stop_prescription")
    if not reason.strip():
        raise Refusal(_("Say why the prescription is stopped."), "reason")
    prescription = Prescription.objects.locked(prescription.pk)
    return prescription.move(
        "stop_prescription", stopped_at=timezone.now(), ended_by=by, stop_reason=reason.strip()
    )


@transaction.atomic
def cancel_prescription(prescription: Prescription, *, by: Member | None) -> Prescription:
    """Discard a draft."""
    own(prescription.doctor_id, by)
    prescription = Prescription.objects.locked(prescription.pk)
    return prescription.move("cancel_prescription", cancelled_at=timezone.now(), ended_by=by)


def _keep_lines(
    prescription: Prescription, stored: Sequence[PrescriptionItem], lines: Sequence[Mapping[str, str]]
) -> None:
    """Keep, change, add and take away lines as far as they differ, so that the trail shows only that."""
    known = {item.position: item for item in stored}
    for position, texts in enumerate(lines, start=1):
        _keep_item(prescription, known.pop(position, None), position, texts)
    for surplus in known.values():
        surplus.delete()


def _keep_item(
    prescription: Prescription, item: PrescriptionItem | None, position: int, texts: Mapping[str, str]
) -> None:
    if item is None:
        PrescriptionItem.objects.create(
            prescription=prescription, patient_id=prescription.patient_id, position=position, **texts
        )
    elif item.texts != texts:
        for name, text in texts.items():
            setattr(item, name, text)
        item.save(update_fields=list(texts))
