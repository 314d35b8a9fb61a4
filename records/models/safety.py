"""What was found when a prescription was checked, and how the doctor answered: kept for ever."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, one_of
from records.models.prescription import Prescription


class FindingLevel(models.TextChoices):
    """What a finding asks of the doctor."""

    STOP = "stop", _("Stop")
    WARN = "warn", _("Warning")
    UNCHECKED = "unchecked", _("Not checked")
    NOTE = "note", _("Note")


class SafetyCheck(Entity):
    """One check of a prescription, made when it is handed out."""

    prescription = models.ForeignKey(
        Prescription, models.PROTECT, related_name="safety_checks", verbose_name=_("prescription")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    checked_by = actor(_("checked for"))
    # What was looked at (records.services.safety.COVERS): what has changed since is not handed out.
    covers = models.CharField(_("fingerprint"), max_length=64, editable=False)
    findings_count = models.PositiveSmallIntegerField(_("findings"), editable=False)

    class Meta:
        verbose_name = _("safety check")
        verbose_name_plural = _("safety checks")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(covers__regex="^[0-9a-f]{64}$"),
                name="safety_check_covers",
                violation_error_message=_("A check says what it covers."),
            ),
            models.UniqueConstraint(fields=["id", "patient"], name="safety_check_patient_key"),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.created_at):%Y-%m-%d %H:%M}"


class SafetyFinding(Entity):
    """One thing the check found, as it was shown, and the doctor's answer."""

    safety_check = models.ForeignKey(
        SafetyCheck, models.PROTECT, related_name="findings", db_index=False, verbose_name=_("safety check")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    level = models.CharField(_("level"), max_length=10, choices=FindingLevel.choices)
    key = models.CharField(max_length=1000, editable=False)
    text = models.TextField(_("what was found"))
    reason = models.CharField(_("reason for going on"), max_length=500, blank=True)
    is_acknowledged = models.BooleanField(_("acknowledged"), default=False)

    class Meta:
        verbose_name = _("finding of a safety check")
        verbose_name_plural = _("findings of safety checks")
        ordering = ("position",)
        constraints = (
            one_of("level", FindingLevel, "safety_finding_level"),
            models.CheckConstraint(
                condition=(Q(level=FindingLevel.STOP, is_acknowledged=True) & ~Q(reason=""))
                | (Q(level=FindingLevel.WARN) & ~Q(reason=""))
                | Q(level=FindingLevel.UNCHECKED, is_acknowledged=True)
                | Q(level=FindingLevel.NOTE),
                name="safety_finding_answered",
                violation_error_message=_("Every warning is answered before the sheet is handed out."),
            ),
            models.UniqueConstraint(fields=["safety_check", "position"], name="safety_finding_position"),
        )

    def __str__(self) -> str:
        return self.text
