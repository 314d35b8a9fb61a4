"""Two files of one person made one, and how each row was before, for the day it proves wrong."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import actor
from accounts.members.models.patient import PatientProfile
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions


class DistinctPeople(Entity):
    """Somebody has looked: these two patients are not the same person."""

    one = models.ForeignKey(PatientProfile, models.PROTECT, related_name="+", verbose_name=_("patient"))
    other = models.ForeignKey(PatientProfile, models.PROTECT, related_name="+", verbose_name=_("and"))
    told_by = actor(_("said by"))

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("two different people")
        verbose_name_plural = _("different people")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(one=F("other")),
                name="members_distinct_two",
                violation_error_message=_("Choose two different files."),
            ),
            models.UniqueConstraint(
                Least("one", "other"),
                Greatest("one", "other"),
                name="members_distinct_once",
                violation_error_message=_("That these are two people is on record already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.one} ≠ {self.other}"


class MergeStatus(models.TextChoices):
    """Whether the two files are one."""

    MERGED = "merged", _("Merged")
    UNDONE = "undone", _("Taken apart again")


class MergeQuerySet(EntityQuerySet):
    """Words for merges."""

    def standing(self) -> Self:
        """Those that nobody has undone."""
        return self.filter(status=MergeStatus.MERGED)

    def of(self, patient_id: Any) -> Self:
        """What was merged into this patient and still is, the latest first: they are undone in this order."""
        return self.standing().filter(survivor=patient_id).select_related("merged_by").order_by("-id")


class PatientMerge(Stateful, Entity):
    """A patient's file that went into another one. Its own rows are kept in the moves, and come back."""

    Status = MergeStatus
    TRANSITIONS = Transitions(("unmerge_patients", {"merged"}, "undone"))

    survivor = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="merges", verbose_name=_("patient who stays")
    )
    # Whose file it was: the row is gone, the key comes back with it.
    merged_id = models.UUIDField(_("former key"), db_index=True, editable=False)
    merged_number = models.CharField(_("former number"), max_length=12, editable=False, db_index=True)
    merged_name = models.CharField(_("former name"), max_length=201, editable=False)
    # Where it went then; the survivor may have gone into a third file since.
    into_id = models.UUIDField(_("into"), editable=False)
    into_number = models.CharField(_("into the number"), max_length=12, editable=False)
    status = models.CharField(
        _("state"), max_length=10, choices=MergeStatus.choices, default=MergeStatus.MERGED
    )
    # While rows change hands: never so at the end of a transaction, which the database sees to.
    is_moving = models.BooleanField(default=False, editable=False)
    merged_by = actor(_("merged by"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True, editable=False)
    undone_by = actor(_("undone by"))

    objects: ClassVar = MergeQuerySet.as_manager()

    class Meta:
        verbose_name = _("merged file")
        verbose_name_plural = _("merged files")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", MergeStatus, "members_merge_status"),
            exactly_when("undone_at", "status", ["undone"], "members_merge_undone"),
            models.CheckConstraint(
                condition=~Q(merged_id=F("into_id")),
                name="members_merge_two",
                violation_error_message=_("Choose two different files."),
            ),
            models.UniqueConstraint(
                fields=["merged_id"],
                condition=Q(status="merged"),
                name="members_merge_once",
                violation_error_message=_("This file was merged already."),
            ),
        )
        indexes = (
            # What the rows' own rules ask first; it holds nothing but what is being moved just now.
            models.Index(fields=["id"], condition=Q(is_moving=True), name="members_merge_moving"),
        )

    def __str__(self) -> str:
        return f"{self.merged_number} → {self.into_number}"


class PatientMergeMove(Entity):
    """One value that a merge changed, or one row that it set aside (`column_name` is empty)."""

    merge = models.ForeignKey(
        PatientMerge, models.PROTECT, related_name="moves", db_index=False, verbose_name=_("merge")
    )
    table_name = models.CharField(_("table"), max_length=63)
    row_id = models.UUIDField(_("row"))
    column_name = models.CharField(_("column"), max_length=63, blank=True)
    # As PostgreSQL's to_jsonb writes them, from which they come back unchanged.
    value_before = models.JSONField(_("before"), null=True)
    value_after = models.JSONField(_("after"), null=True)

    class Meta:
        verbose_name = _("moved by a merge")
        verbose_name_plural = _("moved by merges")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["merge", "table_name", "row_id", "column_name"], name="members_merge_move_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.table_name}.{self.column_name or '*'}"


def file_of(key: Any) -> Any:
    """The key of the file into which the one with this key was merged, or None."""
    return PatientMerge.objects.standing().filter(merged_id=key).values_list("survivor", flat=True).first()
