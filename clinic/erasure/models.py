"""Erasures: who was forgotten by whom, line by line; what must not be, and how long things are kept."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions


class ErasureStatus(models.TextChoices):
    """How far an erasure has come."""

    PSEUDONYMISED = "pseudonymised", _("Identity gone, records under a pseudonym")
    COMPLETE = "complete", _("Everything gone")


class Kind(models.TextChoices):
    """What has a time of its own to be kept."""

    CLINICAL = "clinical", _("Health records")
    ACCOUNTS = "accounts", _("Accounts and invoices")


class ErasureQuerySet(EntityQuerySet):
    """Words for erasures."""

    def run_out(self, day: object) -> "ErasureQuerySet":
        """Those of which something need not be kept on this day any more."""
        over = Q(clinical_until__lt=day) | Q(accounts_until__lt=day)
        return self.filter(over, status=ErasureStatus.PSEUDONYMISED)

    def not_held(self) -> "ErasureQuerySet":
        """Those whose file may be touched."""
        holds = LegalHold.objects.filter(patient_id=models.OuterRef("patient_id"), lifted_at=None)
        return self.filter(~models.Exists(holds))


class Erasure(Stateful, Entity):
    """One patient's erasure. The name stands nowhere here; the key and the pseudonym stay."""

    Status = ErasureStatus
    TRANSITIONS = Transitions(
        ("complete_erasure", {ErasureStatus.PSEUDONYMISED}, ErasureStatus.COMPLETE),
    )

    # Keys, not references: this room is below the one that has patients.
    patient_id = models.UUIDField(_("patient"), unique=True, editable=False)
    pseudonym = models.CharField(_("pseudonym"), max_length=12, unique=True, editable=False)
    asked_by_id = models.UUIDField(_("carried out by"), null=True, editable=False)
    reason = models.CharField(_("why"), max_length=500)
    status = models.CharField(
        _("state"),
        max_length=14,
        choices=ErasureStatus.choices,
        default=ErasureStatus.PSEUDONYMISED,
        editable=False,
    )
    # Until when the rest is kept; empty where there is nothing of the kind, or it is gone.
    clinical_until = models.DateField(_("health records kept until"), null=True, editable=False)
    accounts_until = models.DateField(_("accounts kept until"), null=True, editable=False)
    completed_at = models.DateTimeField(_("completed"), null=True, editable=False)

    objects: ClassVar = ErasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", ErasureStatus, "erasure_status"),
            exactly_when("completed_at", "status", ["complete"], "erasure_completed_at"),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="erasure_reason",
                violation_error_message=_("Say why the patient is erased."),
            ),
            models.CheckConstraint(
                condition=Q(status="pseudonymised") | Q(clinical_until=None, accounts_until=None),
                name="erasure_nothing_left",
                violation_error_message=_("Something is still kept."),
            ),
        )
        indexes = (
            models.Index(
                fields=["clinical_until"], condition=Q(status="pseudonymised"), name="erasure_clinical_over"
            ),
            models.Index(
                fields=["accounts_until"], condition=Q(status="pseudonymised"), name="erasure_accounts_over"
            ),
        )

    def __str__(self) -> str:
        return self.pseudonym


class ErasureStep(Entity):
    """One line of the report. Entering it is what erases (migration 0002): it tells what was done."""

    erasure = models.ForeignKey(Erasure, models.PROTECT, related_name="steps", verbose_name=_("erasure"))
    phase = models.CharField(_("moment"), max_length=10)
    table_name = models.CharField(_("record"), max_length=63)
    # How a row leads to its patient, and what becomes of its columns (clinic.erasure.table).
    path = models.JSONField(_("way to the patient"))
    columns = models.JSONField(_("columns"), default=dict)
    is_delete = models.BooleanField(_("rows are deleted"), default=False)
    rows = models.PositiveIntegerField(_("rows"), default=0)
    # Entries of the trail out of which the same was taken.
    entries = models.PositiveIntegerField(_("entries of the trail"), default=0)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("step of an erasure")
        verbose_name_plural = _("steps of erasures")
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(phase__in=["identity", "clinical", "accounts"]), name="erasure_step_phase"
            ),
        )

    def __str__(self) -> str:
        return f"{self.table_name} {self.rows}"


class LegalHold(Entity):
    """Why a patient's file must stay as it is for now: a lawsuit, an inquiry, a complaint."""

    patient_id = models.UUIDField(_("patient"), editable=False)
    reason = models.CharField(_("why"), max_length=500)
    placed_by_id = models.UUIDField(_("placed by"), null=True, editable=False)
    lifted_at = models.DateTimeField(_("lifted"), null=True, editable=False)
    lifted_by_id = models.UUIDField(_("lifted by"), null=True, editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["patient_id"],
                condition=Q(lifted_at__isnull=True),
                name="legal_hold_one",
                violation_error_message=_("The file of this patient is held already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="legal_hold_reason",
                violation_error_message=_("Say why the file must stay."),
            ),
        )

    def __str__(self) -> str:
        return self.reason


class RetentionRule(Entity):
    """For how many years this clinic keeps a kind of record: as long as the law says, or longer."""

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, unique=True)
    years = models.PositiveSmallIntegerField(_("years"))
    # What the law asked for when this was set (clinic.erasure.retention).
    least = models.PositiveSmallIntegerField(_("years the law asks for"), editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("time to keep")
        verbose_name_plural = _("times to keep")
        ordering = ("kind",)
        constraints = (
            one_of("kind", Kind, "retention_rule_kind"),
            models.CheckConstraint(
                condition=Q(years__gte=F("least"), years__lte=100),
                name="retention_rule_never_shorter",
                violation_error_message=_(
                    "Records may be kept longer than the law says, up to 100 years, never shorter."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.years}"
