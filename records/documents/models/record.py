"""The health record: a document about a patient, or values that somebody measured elsewhere."""

import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from records.models import Consultation

OLDEST = datetime.date(1900, 1, 1)
MOST_VALUES = 60


class RecordKind(models.TextChoices):
    """What a record is (FHIR DocumentReference.type, in a clinic's words)."""

    LAB_REPORT = "lab_report", _("Lab report")
    X_RAY = "x_ray", _("X-ray")
    IMAGING = "imaging", _("Ultrasound, CT, MRI")
    ECG = "ecg", _("ECG")
    DISCHARGE_LETTER = "discharge_letter", _("Discharge letter")
    REFERRAL = "referral", _("Referral")
    VACCINATION = "vaccination", _("Vaccination")
    CONSENT = "consent", _("Consent")
    INSURANCE = "insurance", _("Insurance")
    OTHER = "other", _("Other")


class RecordStatus(models.TextChoices):
    """Whether a record counts (FHIR DocumentReference.status)."""

    CURRENT = "current", _("On record")
    ENTERED_IN_ERROR = "entered_in_error", _("Entered in error")


S = RecordStatus


class RecordQuerySet(EntityQuerySet):
    """Words for health records."""

    def visible_to(self, member: Member | None) -> Self:
        """All, or all but the sensitive ones, by the role table; for a patient the own ones that count."""
        if member is None:
            return self.none()
        if member.may("documents.sensitive_record"):
            return self
        if member.may("documents.record_list"):
            return self.filter(is_sensitive=False)
        return self.filter(patient_id=member.pk, is_sensitive=False, status=S.CURRENT)

    def for_patient(self, patient_id: Any) -> Self:
        """Those of one patient, the latest first."""
        return self.filter(patient_id=patient_id).order_by("-recorded_on", "-id")

    def with_content(self) -> Self:
        """With the author's name and the files."""
        return self.select_related("author").prefetch_related("files")


class HealthRecord(Stateful, Entity):
    """A document or a set of values about one patient (FHIR DocumentReference, Observation)."""

    Kind = RecordKind
    Status = RecordStatus
    TRANSITIONS = Transitions(("withdraw_record", {S.CURRENT}, S.ENTERED_IN_ERROR))

    patient = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        related_name="health_records",
        db_index=False,
        verbose_name=_("patient"),
    )
    consultation = models.ForeignKey(
        Consultation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="health_records",
        verbose_name=_("consultation"),
    )
    kind = models.CharField(_("what it is"), max_length=20, choices=RecordKind.choices)
    title = models.CharField(_("title"), max_length=200)
    source = models.CharField(
        _("from"), max_length=200, blank=True, help_text=_("The laboratory, hospital or doctor.")
    )
    description = models.TextField(
        _("description"), blank=True, max_length=4000, validators=[MaxLengthValidator(4000)]
    )
    recorded_on = models.DateField(_("date"), help_text=_("The day on the document."))
    # Rows of {"name", "value", "unit"}, all text as it was typed.
    data = models.JSONField(_("values"), default=list, blank=True, editable=False)
    is_sensitive = models.BooleanField(
        _("sensitive"),
        default=False,
        help_text=_("Only doctors see it: neither administrators nor the patient."),
    )
    author = models.ForeignKey(
        Member, models.PROTECT, related_name="+", editable=False, verbose_name=_("entered by")
    )
    status = models.CharField(_("state"), max_length=20, choices=S.choices, default=S.CURRENT, editable=False)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_by = actor(_("withdrawn by"))
    withdraw_reason = models.CharField(
        _("reason for withdrawing"), max_length=500, blank=True, editable=False
    )

    objects = RecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("health record")
        verbose_name_plural = _("health records")
        ordering = ("-recorded_on", "-id")
        constraints = (
            one_of("kind", RecordKind, "health_record_kind"),
            one_of("status", S, "health_record_status"),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="health_record_title",
                violation_error_message=_("Give it a title."),
            ),
            models.CheckConstraint(
                condition=Q(recorded_on__gte=OLDEST),
                name="health_record_date",
                violation_error_message=_("Check the year: the date lies before 1900."),
            ),
            exactly_when("withdrawn_at", "status", [S.ENTERED_IN_ERROR], "health_record_withdrawn"),
            exactly_when("withdrawn_by", "status", [S.ENTERED_IN_ERROR], "health_record_withdrawn_by"),
            models.CheckConstraint(
                condition=(Q(status=S.ENTERED_IN_ERROR) & ~Q(withdraw_reason=""))
                | Q(status=S.CURRENT, withdraw_reason=""),
                name="health_record_withdraw_reason",
                violation_error_message=_("Say what is wrong with the record."),
            ),
            # What its files point at together, so that nothing crosses patients (DESIGN section 4).
            models.UniqueConstraint(fields=["id", "patient"], name="health_record_patient_key"),
        )
        indexes = (models.Index(fields=["patient", "-recorded_on", "-id"], name="health_record_of_patient"),)

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        """A record is not from the future."""
        if self.recorded_on and self.recorded_on > timezone.localdate():
            raise ValidationError({"recorded_on": _("The date cannot lie in the future.")})

    @property
    def counts(self) -> bool:
        """Whether it is on record and not withdrawn."""
        return "withdraw_record" in self.verbs
