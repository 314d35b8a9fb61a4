"""A copy of everything: who asked for it, how far it is, and until when it can be fetched."""

from pathlib import Path
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.db.current import connection
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions

ALREADY = _("A copy is being prepared already. You are told when it is ready.")


class Way(models.TextChoices):
    """Where it was asked for."""

    PORTAL = "portal", _("By the patient, in the portal")
    DESK = "desk", _("In the clinic, for the patient")
    CLINIC = "clinic", _("The whole clinic")


class Status(models.TextChoices):
    """Where it is."""

    ASKED = "asked", _("Asked for")
    RUNNING = "running", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Failed")
    EXPIRED = "expired", _("Deleted")


S = Status
UNDER_WAY = (S.ASKED, S.RUNNING)
TONES = {S.ASKED: "wait", S.RUNNING: "wait", S.READY: "good", S.FAILED: "bad", S.EXPIRED: ""}


class ExportQuerySet(EntityQuerySet):
    """Words for copies."""

    def visible_to(self, member: Any) -> Self:
        """By the role table; what holds sensitive records is the doctors', a patient sees the own ones."""
        if member is None:
            return self.none()
        if not member.may("exports.patient_exports"):
            return self.filter(patient_id=member.pk, with_sensitive=False)
        seen = self if member.may("exports.clinic_exports") else self.filter(patient__isnull=False)
        if member.may("exports.give_out_sensitive"):
            return seen
        return seen.filter(Q(with_sensitive=False) | Q(patient__isnull=True))

    def of_patient(self, patient_id: Any) -> Self:
        """Those of one patient, the latest first."""
        return self.filter(patient_id=patient_id).select_related("asked_by").order_by("-created_at", "-id")

    def of_clinic(self) -> Self:
        """Those of everything, the latest first."""
        return self.filter(patient__isnull=True).select_related("asked_by").order_by("-created_at", "-id")

    def over(self) -> Self:
        """Whose time is over."""
        return self.filter(status=S.READY, expires_at__lte=timezone.now())


class Export(Stateful, Entity):
    """A file with everything there is about one patient, or in the clinic. It is deleted after a week."""

    Way = Way
    Status = Status
    TRANSITIONS = Transitions(
        ("begin_export", {S.ASKED}, S.RUNNING),
        ("finish_export", {S.RUNNING}, S.READY),
        ("fail_export", {S.ASKED, S.RUNNING}, S.FAILED),
        ("delete_export", {S.READY}, S.EXPIRED),
    )

    # By name: the house's lowest rooms know no other.
    patient = models.ForeignKey(
        "members.PatientProfile",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("patient"),
    )
    way = models.CharField(_("asked for"), max_length=10, choices=Way.choices, editable=False)
    asked_by = models.ForeignKey(
        "members.Member",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("asked by"),
    )
    wanted_by = models.CharField(_("who wants it"), max_length=200, blank=True, editable=False)
    identity_seen = models.CharField(_("how they showed who they are"), max_length=300, blank=True)
    with_sensitive = models.BooleanField(_("with sensitive records"), default=False, editable=False)
    status = models.CharField(_("state"), max_length=10, choices=S.choices, default=S.ASKED, editable=False)
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("ready since"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(_("kept until"), null=True, blank=True, editable=False)
    size = models.BigIntegerField(_("size in bytes"), null=True, blank=True, editable=False)
    # SHA-256 in hexadecimal of the file.
    sha256 = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    # Of its manifest: how many rows, FHIR resources and files it holds, and how many were held back.
    counts = models.JSONField(_("what it holds"), default=dict, blank=True, editable=False)
    problem = models.CharField(_("problem"), max_length=300, blank=True, editable=False)

    objects: ClassVar[Any] = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("copy of everything")
        verbose_name_plural = _("copies of everything")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("way", Way, "exports_export_way"),
            one_of("status", S, "exports_export_status"),
            models.CheckConstraint(
                condition=Q(way=Way.CLINIC, patient__isnull=True)
                | (~Q(way=Way.CLINIC) & Q(patient__isnull=False)),
                name="exports_export_whose",
                violation_error_message=_("Say whose copy it is."),
            ),
            models.CheckConstraint(
                condition=~Q(way=Way.DESK) | (~Q(wanted_by="") & ~Q(identity_seen="")),
                name="exports_export_identity",
                violation_error_message=_("Say who wants it, and how they showed who they are."),
            ),
            models.CheckConstraint(
                condition=Q(with_sensitive=False) | Q(way=Way.DESK),
                name="exports_export_sensitive",
                violation_error_message=_("Only a doctor gives out what is sensitive."),
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex="^([0-9a-f]{64})?$"),
                name="exports_export_sha256",
                violation_error_message=_("A file is known by its fingerprint."),
            ),
            exactly_when("finished_at", "status", [S.READY, S.EXPIRED], "exports_export_finished"),
            exactly_when("expires_at", "status", [S.READY, S.EXPIRED], "exports_export_expires"),
            exactly_when("size", "status", [S.READY, S.EXPIRED], "exports_export_size"),
            models.UniqueConstraint(
                fields=["patient"],
                condition=Q(status__in=UNDER_WAY, patient__isnull=False),
                name="exports_export_one_of_patient",
                violation_error_message=ALREADY,
            ),
            models.UniqueConstraint(
                fields=["way"],
                condition=Q(status__in=UNDER_WAY, patient__isnull=True),
                name="exports_export_one_of_clinic",
                violation_error_message=ALREADY,
            ),
        )
        indexes = (
            models.Index(fields=["expires_at"], condition=Q(status=S.READY), name="exports_export_over"),
            models.Index(fields=["-created_at"], name="exports_export_latest"),
        )

    def __str__(self) -> str:
        return str(_("Everything, %(day)s")) % {"day": f"{timezone.localtime(self.created_at):%Y-%m-%d}"}

    @property
    def is_under_way(self) -> bool:
        """Whether it is still being prepared."""
        return self.status in UNDER_WAY

    @property
    def tone(self) -> str:
        """The state's colour."""
        return TONES[S(self.status)]

    @property
    def path(self) -> Path:
        """Where the file lies: beside the clinic's own files, never among them."""
        return folder() / f"{self.pk}.zip"

    @property
    def part(self) -> Path:
        """The same while it is being written."""
        return folder() / f"{self.pk}.part"

    @property
    def is_there(self) -> bool:
        """Whether there is something to fetch."""
        return self.status == S.READY and self.path.is_file()

    @property
    def written(self) -> int:
        """How many bytes are written so far; of no use to anybody but to see that it goes on."""
        try:
            return self.part.stat().st_size
        except OSError:
            return 0


def folder() -> Path:
    """Where the copies of the clinic we are in lie."""
    return Path(settings.EXPORT_ROOT) / connection.schema_name
