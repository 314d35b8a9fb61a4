"""The prescription: what the patient is to take, how, and for how long."""

import datetime
import unicodedata
from typing import Any, Self

from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from records.models.consultation import Consultation
from records.models.seal import sealed, unsealed


class PrescriptionStatus(models.TextChoices):
    """Where a prescription stands (FHIR MedicationRequest.status)."""

    DRAFT = "draft", _("Draft")
    ACTIVE = "active", _("Active")
    COMPLETED = "completed", _("Completed")
    STOPPED = "stopped", _("Stopped")
    CANCELLED = "cancelled", _("Cancelled")


S = PrescriptionStatus
# Those that left the doctor's desk: the patient holds them, and sees them in the portal.
HANDED_OUT = (S.ACTIVE, S.COMPLETED, S.STOPPED)


class PrescriptionQuerySet(EntityQuerySet):
    """Words for prescriptions."""

    def visible_to(self, member: Member | None) -> Self:
        """Every prescription for those who may read charts; a patient's own once it was handed out."""
        if member is None:
            return self.none()
        if member.may("records.chart"):
            return self
        return self.filter(patient_id=member.pk).handed_out()

    def written_by(self, member: Member) -> Self:
        """What one doctor writes (a profile's key is its member's key)."""
        return self.filter(doctor_id=member.pk)

    def handed_out(self) -> Self:
        """Those that left the doctor's desk."""
        return self.filter(status__in=HANDED_OUT)

    def by_token(self, token: str) -> Self:
        """The sheet whose printed code says `token`, once it was handed out; none for anything else.

        What the clinic has not sealed is known without asking the database.
        """
        key = unsealed(token, "prescription")
        return self.handed_out().filter(pk=key) if key else self.none()

    def for_patient(self, patient_id: Any) -> Self:
        """Those of one patient: active ones first, then the latest."""
        active = Case(When(status=S.ACTIVE, then=Value(0)), default=Value(1))
        return self.filter(patient_id=patient_id).order_by(active, "-created_at", "-id")

    def to_repeat(self, patient_id: Any) -> Self:
        """What the patient was given here and may be given again, the latest first: not what was stopped."""
        given = self.filter(patient_id=patient_id, status__in=[S.ACTIVE, S.COMPLETED])
        return given.order_by("-activated_at", "-id")

    def with_content(self) -> Self:
        """With the doctor's name and the items."""
        return self.select_related("doctor__member").prefetch_related("items")


class Prescription(Stateful, Entity):
    """What a doctor prescribes in a consultation (FHIR MedicationRequest, one per item)."""

    Status = PrescriptionStatus
    TRANSITIONS = Transitions(
        ("activate_prescription", {S.DRAFT}, S.ACTIVE),
        ("complete_prescription", {S.ACTIVE}, S.COMPLETED),
        ("stop_prescription", {S.ACTIVE}, S.STOPPED),
        ("cancel_prescription", {S.DRAFT}, S.CANCELLED),
    )

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="prescriptions", verbose_name=_("consultation")
    )
    patient = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        related_name="prescriptions",
        db_index=False,
        verbose_name=_("patient"),
    )
    doctor = models.ForeignKey(
        DoctorProfile, models.PROTECT, related_name="prescriptions", db_index=False, verbose_name=_("doctor")
    )
    status = models.CharField(_("state"), max_length=20, choices=S.choices, default=S.DRAFT, editable=False)
    notes = models.TextField(_("notes for the patient"), blank=True, max_length=2000)
    # How often the draft was changed, its lines included: as with consultations, nobody's is overwritten
    # by somebody who has not seen it.
    revision = models.PositiveIntegerField(default=0, editable=False)
    activated_at = models.DateTimeField(_("handed out at"), null=True, blank=True, editable=False)
    completed_at = models.DateTimeField(_("completed at"), null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped at"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    ended_by = actor(_("ended by"))
    stop_reason = models.CharField(_("reason for stopping"), max_length=500, blank=True, editable=False)

    objects = PrescriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("prescription")
        verbose_name_plural = _("prescriptions")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", S, "prescription_status"),
            exactly_when("activated_at", "status", HANDED_OUT, "prescription_activated"),
            exactly_when("completed_at", "status", [S.COMPLETED], "prescription_completed"),
            exactly_when("stopped_at", "status", [S.STOPPED], "prescription_stopped"),
            exactly_when("cancelled_at", "status", [S.CANCELLED], "prescription_cancelled"),
            exactly_when("ended_by", "status", [S.COMPLETED, S.STOPPED, S.CANCELLED], "prescription_ended"),
            models.CheckConstraint(
                condition=(Q(status=S.STOPPED) & ~Q(stop_reason=""))
                | (~Q(status=S.STOPPED) & Q(stop_reason="")),
                name="prescription_stop_reason",
                violation_error_message=_("Say why the prescription is stopped."),
            ),
            models.UniqueConstraint(fields=["id", "patient"], name="prescription_patient_key"),
        )
        indexes = (
            models.Index(fields=["patient", "status", "-created_at"], name="prescription_of_patient"),
            models.Index(fields=["doctor", "-created_at"], name="prescription_of_doctor"),
        )

    def __str__(self) -> str:
        return f"{self.dated:%Y-%m-%d}"

    @property
    def dated(self) -> datetime.date:
        """The day on the sheet: when it was handed out, or begun."""
        return timezone.localtime(self.activated_at or self.created_at).date()

    @property
    def token(self) -> str:
        """The part of the address on the sheet that nobody can guess."""
        return sealed(self.pk, "prescription")

    @property
    def initials(self) -> str:
        """All that a stranger who holds the sheet is told of the patient: the first letter of each name."""
        return " ".join(f"{first_letter(name)}." for name in self.patient.name.split())

    @property
    def is_valid(self) -> bool:
        """Whether the sheet may be used: handed out and not stopped."""
        return bool(self.activated_at) and not self.stopped_at

    @property
    def is_draft(self) -> bool:
        """Whether its items can still change."""
        return "activate_prescription" in self.verbs


def first_letter(name: str) -> str:
    """The first letter of a name with the marks that belong to it (the vowel signs of Devanagari)."""
    end = 1
    while end < len(name) and unicodedata.category(name[end]).startswith("M"):
        end += 1
    return name[:end]
