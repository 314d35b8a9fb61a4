"""What was brought in from elsewhere: each import, and each record that came by it."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions


class Status(models.TextChoices):
    """How far an import has come."""

    UPLOADED = "uploaded", _("uploaded")
    PREVIEWED = "previewed", _("looked at")
    RUNNING = "running", _("being brought in")
    DONE = "done", _("brought in")
    FAILED = "failed", _("failed")
    DISCARDED = "discarded", _("put away")
    UNDOING = "undoing", _("being taken back")
    UNDONE = "undone", _("taken back")


WAITING = (Status.UPLOADED, Status.PREVIEWED)
ENDED = (Status.DONE, Status.FAILED, Status.UNDOING, Status.UNDONE)
BEGUN = (Status.RUNNING, *ENDED)
SHA256 = "^[0-9a-f]{64}$"


def called(model: type[models.Model], count: int) -> str:
    """What so many records of a kind are called."""
    return str(model._meta.verbose_name if count == 1 else model._meta.verbose_name_plural)


class ImportRunQuerySet(EntityQuerySet):
    """Words for imports."""

    def waiting(self) -> Self:
        """Those of which nothing has been brought in yet."""
        return self.filter(status__in=WAITING)

    def latest_first(self) -> Self:
        """In the order people look for them."""
        return self.select_related("by", "undone_by").order_by("-created_at", "-id")


class ImportRun(Entity, Stateful):
    """One upload and what becomes of it. Its file is deleted when it has ended, or after a day.

    `kind` names what it brings ("patients", "fhir", …), as the rooms declare it. What is shown before
    anything is stored lies beside the file (clinic.moving.files), not here: the trail would copy it.
    """

    TRANSITIONS = Transitions(
        ("preview_import", {Status.UPLOADED}, Status.PREVIEWED),
        ("start_import", {Status.PREVIEWED}, Status.RUNNING),
        ("finish_import", {Status.RUNNING}, Status.DONE),
        ("fail_import", {Status.RUNNING}, Status.FAILED),
        ("discard_import", {Status.UPLOADED, Status.PREVIEWED}, Status.DISCARDED),
        ("undo_import", {Status.DONE}, Status.UNDOING),
        ("finish_undo", {Status.UNDOING}, Status.UNDONE),
        ("keep_import", {Status.UNDOING}, Status.DONE),
    )

    status = models.CharField(
        _("state"), max_length=10, choices=Status, default=Status.UPLOADED, editable=False
    )
    kind = models.CharField(_("what"), max_length=30, editable=False)
    file_name = models.CharField(_("file"), max_length=160, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    # SHA-256 in hexadecimal of the file as it came.
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    # What was recognised, or chosen instead: encoding, separator, order of the date, …
    format = models.JSONField(_("format"), default=dict, blank=True, editable=False)
    # Which column is which field, and the fingerprint of the heads, by which it is remembered.
    mapping = models.JSONField(_("columns"), default=dict, blank=True, editable=False)
    heads_sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    # What was decided about single rows before it began.
    decisions = models.JSONField(_("decisions"), default=dict, blank=True, editable=False)
    # How many of what: created, unchanged, skipped, per kind of record, …
    counts = models.JSONField(_("counts"), default=dict, blank=True, editable=False)
    rows = models.PositiveIntegerField(_("rows"), default=0, editable=False)
    problem = models.TextField(_("problem"), blank=True, default="", editable=False)
    # By name: the house's lowest room knows no other, and only points at who did it.
    by = models.ForeignKey(
        "members.Member", models.PROTECT, related_name="+", editable=False, verbose_name=_("by")
    )
    started_at = models.DateTimeField(_("begun"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True, editable=False)
    undone_by = models.ForeignKey(
        "members.Member",
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        editable=False,
        verbose_name=_("taken back by"),
    )
    file_deleted_at = models.DateTimeField(_("file deleted"), null=True, blank=True, editable=False)

    # In words, for lists.
    kind_label: Any = ""

    objects: ClassVar[Any] = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", Status, "import_run_status"),
            exactly_when("started_at", "status", BEGUN, "import_run_begun"),
            exactly_when("finished_at", "status", ENDED, "import_run_ended"),
            exactly_when("undone_at", "status", [Status.UNDONE], "import_run_undone"),
            models.CheckConstraint(
                condition=(Q(undone_at__isnull=True) & Q(undone_by__isnull=True))
                | (Q(undone_at__isnull=False) & Q(undone_by__isnull=False)),
                name="import_run_undone_by_somebody",
                violation_error_message=_("Somebody has taken it back."),
            ),
            models.CheckConstraint(
                # Of what is done: why it could not be taken back.
                condition=(Q(status=Status.FAILED) & ~Q(problem=""))
                | (~Q(status=Status.FAILED) & Q(problem=""))
                | Q(status=Status.DONE),
                name="import_run_problem",
                violation_error_message=_("What failed says why."),
            ),
            models.CheckConstraint(
                condition=~Q(file_name="") & Q(size__gte=1) & Q(sha256__regex=SHA256),
                name="import_run_file",
                violation_error_message=_("The file is empty, or has no name."),
            ),
            models.CheckConstraint(
                condition=Q(file_deleted_at__isnull=False) | ~Q(status__in=[*ENDED, Status.DISCARDED]),
                name="import_run_keeps_no_file",
                violation_error_message=_("The file goes when the import has ended."),
            ),
        )
        indexes = (
            models.Index(fields=["-created_at", "-id"], name="import_run_latest"),
            models.Index(fields=["kind", "heads_sha256", "-created_at"], name="import_run_heads"),
            models.Index(fields=["status", "created_at"], name="import_run_state"),
        )

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_waiting(self) -> bool:
        """Whether nothing has been brought in yet, and still may be."""
        return self.status in WAITING


class ImportedRecordQuerySet(EntityQuerySet):
    """Words for what was brought in."""

    def made_by(self, run: ImportRun) -> Self:
        """What the import made, latest first: the order in which it is taken back."""
        return self.filter(run=run, created=True).order_by("-position")

    def known(self, source: str, kind: str, keys: Any) -> Self:
        """What stands for these keys of a source."""
        return self.filter(source=source, kind=kind, key__in=keys)

    def elsewhere(self, record_id: Any) -> Self:
        """What a record of ours is called in the systems it came from."""
        return self.filter(record_id=record_id).exclude(source="").order_by("source", "kind", "key")


class ImportedRecord(Entity):
    """A record of ours for one of elsewhere. Append-only; it goes when its import is taken back.

    `source`: the system the key belongs to ("" for tables); `kind`: the FHIR resource type, or the kind of
    table; `model` and `record_id`: which row of ours ("members.PatientProfile"). `created` says whether the
    import made that row, or found it. A second import of the same key finds it here and changes nothing.
    """

    run = models.ForeignKey(
        ImportRun, models.PROTECT, related_name="records", db_index=False, verbose_name=_("import")
    )
    # Of the import's records: the order in which they were made.
    position = models.PositiveIntegerField(_("position"))
    source = models.CharField(_("system"), max_length=255, blank=True, default="")
    kind = models.CharField(_("what"), max_length=60)
    key = models.CharField(_("identifier there"), max_length=255)
    model = models.CharField(_("kind of record"), max_length=80)
    record_id = models.UUIDField(_("record"))
    # SHA-256 in hexadecimal of what was read.
    fingerprint = models.CharField(_("fingerprint"), max_length=64)
    created = models.BooleanField(_("made by the import"))

    objects: ClassVar[Any] = ImportedRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("imported record")
        verbose_name_plural = _("imported records")
        ordering = ("run", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["source", "kind", "key"],
                name="imported_record_once",
                violation_error_message=_("This has been brought in before."),
            ),
            models.UniqueConstraint(
                fields=["run", "position"],
                name="imported_record_position",
                violation_error_message=_("Each record has its own place in the import."),
            ),
            # What is taken back with one import was not made by another.
            models.UniqueConstraint(
                fields=["model", "record_id"],
                condition=Q(created=True),
                name="imported_record_made_once",
                violation_error_message=_("Another import has made this record."),
            ),
            models.CheckConstraint(
                condition=~Q(kind="") & ~Q(key="") & Q(model__contains=".") & Q(fingerprint__regex=SHA256),
                name="imported_record_whole",
                violation_error_message=_("An imported record says what it was and what it is now."),
            ),
        )
        indexes = (models.Index(fields=["record_id"], name="imported_record_of"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
