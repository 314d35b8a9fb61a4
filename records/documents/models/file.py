"""Files: what is known of them is a row that never changes; their content lies in the clinic's folder."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from clinic.models import Entity, EntityQuerySet
from records.documents.folder import forget
from records.documents.models.paper import Paper
from records.documents.models.record import HealthRecord

# What is taken in, and what its name ends in from then on.
EXTENSIONS: Mapping[str, str] = MappingProxyType(
    {"application/pdf": "pdf", "image/png": "png", "image/jpeg": "jpg", "image/webp": "webp"}
)
MOST_FILES = 10
# A picture that is written anew may be larger than it came.
LARGEST_STORED = 40 * 1024 * 1024


class FileQuerySet(EntityQuerySet):
    """Words for files."""

    def erase(self) -> int:
        """Delete the rows as they are; what they told of goes when that is sure."""
        files: Any = self
        places = [place for file in files for place in (file.place, file.thumbnail_place) if place]
        forget(places)
        return super().erase()


class StoredFile(Entity):
    """One file. Its place follows from its key alone: no row can point to somebody else's."""

    name = models.CharField(_("name"), max_length=160, editable=False)
    media_type = models.CharField(_("type"), max_length=40, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    # SHA-256 in hexadecimal of what is stored, and of its small picture where there is one.
    sha256 = models.CharField(_("fingerprint"), max_length=64, editable=False)
    thumbnail_sha256 = models.CharField(
        _("fingerprint of the small picture"), max_length=64, blank=True, editable=False
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)

    objects: ClassVar[Any] = FileQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("position",)
        constraints: tuple[models.BaseConstraint, ...] = (
            models.CheckConstraint(
                condition=Q(media_type__in=list(EXTENSIONS)),
                name="%(class)s_type",
                violation_error_message=_("Only PDF, JPEG, PNG and WebP files are kept."),
            ),
            models.CheckConstraint(
                condition=Q(size__gte=1, size__lte=LARGEST_STORED),
                name="%(class)s_size",
                violation_error_message=_("The file is empty or too large."),
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$") & Q(thumbnail_sha256__regex="^([0-9a-f]{64})?$"),
                name="%(class)s_sha256",
                violation_error_message=_("A file is known by its fingerprint."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & Q(position__gte=1, position__lte=MOST_FILES),
                name="%(class)s_named",
                violation_error_message=_("At most ten files belong together."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        """Where it lies in the clinic's folder."""
        key = str(self.pk)
        return f"{key[-2:]}/{key}.{EXTENSIONS[self.media_type]}"

    @property
    def thumbnail_place(self) -> str:
        """Where its small picture lies; empty without one."""
        key = str(self.pk)
        return f"{key[-2:]}/{key}.small.webp" if self.thumbnail_sha256 else ""

    @property
    def belongs_to(self) -> str:
        """What it is a file of, with its key, for who looks after the system."""
        raise NotImplementedError

    @property
    def is_picture(self) -> bool:
        """Whether a page can show it."""
        return self.media_type.startswith("image/")


class RecordFile(StoredFile):
    """A file of a health record."""

    record = models.ForeignKey(
        HealthRecord, models.PROTECT, related_name="files", db_index=False, verbose_name=_("health record")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )

    class Meta(StoredFile.Meta):
        verbose_name = _("file of a record")
        verbose_name_plural = _("files of records")
        constraints = (
            *StoredFile.Meta.constraints,
            models.UniqueConstraint(fields=["record", "position"], name="recordfile_position"),
        )

    @property
    def belongs_to(self) -> str:
        """The record."""
        return f"health record {self.record_id}"


class PaperFile(StoredFile):
    """A file of a paper."""

    paper = models.ForeignKey(
        Paper, models.PROTECT, related_name="files", db_index=False, verbose_name=_("paper")
    )

    class Meta(StoredFile.Meta):
        verbose_name = _("file of a paper")
        verbose_name_plural = _("files of papers")
        constraints = (
            *StoredFile.Meta.constraints,
            models.UniqueConstraint(fields=["paper", "position"], name="paperfile_position"),
        )

    @property
    def belongs_to(self) -> str:
        """The paper."""
        return f"paper {self.paper_id}"
