"""Backups of clinics, and what was restored from them."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from tenants.models.names import LABEL
from tenants.models.organization import Organization


class Work(models.Model):
    """What the worker does for a while, and how far it has come."""

    # Who of the platform, or which command; in words, for a log-in may go.
    asked_by = models.CharField(_("asked by"), max_length=200, blank=True, editable=False)
    file_name = models.CharField(_("file"), max_length=255, editable=False)
    # The password until the work is done, sealed with the installation's key.
    secret = models.TextField(blank=True, editable=False)
    done_parts = models.PositiveIntegerField(default=0, editable=False)
    all_parts = models.PositiveIntegerField(default=0, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    problem = models.TextField(_("problem"), blank=True, editable=False)
    report = models.JSONField(_("report"), default=dict, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def percent(self) -> int:
        """How far it has come."""
        return 100 * self.done_parts // self.all_parts if self.all_parts else 0


class BackupStatus(models.TextChoices):
    """How far a backup has come."""

    ASKED = "asked", _("waits for the worker")
    RUNNING = "running", _("is being made")
    READY = "ready", _("ready")
    FAILED = "failed", _("failed")
    REMOVED = "removed", _("removed")


class Backup(Stateful, Work, Entity):
    """Everything of one clinic in one file of the installation's backup folder (docs/backup.md)."""

    Status = BackupStatus
    TRANSITIONS = Transitions(
        ("begin_backup", {Status.ASKED, Status.RUNNING}, Status.RUNNING),
        ("finish_backup", {Status.RUNNING}, Status.READY),
        ("fail_backup", {Status.ASKED, Status.RUNNING}, Status.FAILED),
        ("remove_backup", {Status.READY}, Status.REMOVED),
    )

    organization = models.ForeignKey(
        Organization, models.PROTECT, related_name="backups", verbose_name=_("clinic")
    )
    status = models.CharField(
        _("state"), max_length=8, choices=BackupStatus.choices, default=BackupStatus.ASKED, editable=False
    )
    is_encrypted = models.BooleanField(_("encrypted"), default=False, editable=False)
    is_nightly = models.BooleanField(_("nightly"), default=False, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True, blank=True, editable=False)
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ("-created_at",)
        constraints = (
            one_of("status", BackupStatus, "backup_status"),
            exactly_when("size", "status", ["ready", "removed"], "backup_size"),
            models.CheckConstraint(
                condition=Q(secret="") | Q(status__in=["asked", "running"]), name="backup_secret_forgotten"
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=["asked", "running"]),
                name="backup_one_at_a_time",
                violation_error_message=_("A backup of this clinic is being made already."),
            ),
        )
        indexes = (models.Index(fields=["organization", "-created_at"], name="backup_of"),)

    def __str__(self) -> str:
        return self.file_name


class RestoreStatus(models.TextChoices):
    """How far a restore has come, and what became of it."""

    ASKED = "asked", _("waits for the worker")
    RUNNING = "running", _("is being restored")
    DONE = "done", _("restored")
    FAILED = "failed", _("failed: nothing was changed")
    UNDONE = "undone", _("taken back")
    DROPPED = "dropped", _("settled: the other state is gone")


class Restore(Stateful, Work, Entity):
    """A backup that is put to use: as a new clinic, or in place of what a clinic holds now.

    In place, the former schema and files stay under `kept_schema`, which nobody can enter, until a superuser
    takes the restore back or drops them.
    """

    Status = RestoreStatus
    TRANSITIONS = Transitions(
        ("begin_restore", {Status.ASKED, Status.RUNNING}, Status.RUNNING),
        ("finish_restore", {Status.RUNNING}, Status.DONE),
        ("fail_restore", {Status.ASKED, Status.RUNNING}, Status.FAILED),
        ("undo_restore", {Status.DONE}, Status.UNDONE),
        ("drop_kept_schema", {Status.DONE, Status.UNDONE}, Status.DROPPED),
    )

    # As new, it is known when the clinic has been made.
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="restores",
        verbose_name=_("clinic"),
        editable=False,
    )
    is_in_place = models.BooleanField(_("in place"), default=False, editable=False)
    label = models.CharField(_("address of the new clinic"), max_length=32, blank=True, editable=False)
    status = models.CharField(
        _("state"), max_length=8, choices=RestoreStatus.choices, default=RestoreStatus.ASKED, editable=False
    )
    kept_schema = models.CharField(_("kept as"), max_length=63, blank=True, editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("restore")
        verbose_name_plural = _("restores")
        ordering = ("-created_at",)
        constraints = (
            one_of("status", RestoreStatus, "restore_status"),
            models.CheckConstraint(
                condition=Q(is_in_place=True, organization__isnull=False, label="")
                | Q(is_in_place=False, label__regex=LABEL),
                name="restore_whereto",
                violation_error_message=_("It becomes a new clinic, or takes the place of one."),
            ),
            models.CheckConstraint(
                condition=Q(organization__isnull=False) | ~Q(status="done"), name="restore_done_of"
            ),
            models.CheckConstraint(
                condition=Q(kept_schema="") | Q(is_in_place=True, kept_schema__regex="^kept_[0-9a-f]{16}$"),
                name="restore_kept",
            ),
            models.CheckConstraint(
                condition=Q(secret="") | Q(status__in=["asked", "running"]), name="restore_secret_forgotten"
            ),
            models.UniqueConstraint(
                fields=["organization"],
                condition=Q(status__in=["asked", "running"]),
                name="restore_one_at_a_time",
                violation_error_message=_("This clinic is being restored already."),
            ),
        )
        indexes = (models.Index(fields=["organization", "-created_at"], name="restore_of"),)

    def __str__(self) -> str:
        return self.file_name
