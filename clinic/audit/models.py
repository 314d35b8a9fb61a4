"""The tamper-evident trail: who changed, read or entered what, and when.

Rows are written only by the database's own functions (migration 0001), when a transaction commits. Each
carries the hash of the one before it; the number is drawn inside the lock that guards the chain, so there
are neither gaps nor forks.
"""

from functools import cache
from typing import Any, Self

from django.apps import apps
from django.db import models
from django.utils.translation import gettext_lazy as _


@cache
def _names() -> dict[str, Any]:
    return {model._meta.db_table: model._meta.verbose_name for model in apps.get_models()}


class AuditEventQuerySet(models.QuerySet):
    """Words for the trail."""

    def by_a_job(self, obj: models.Model, **new: Any) -> Self:
        """What a job of the worker (clinic.jobs) has made of a record, with nobody pressing a button."""
        facts = {f"new__{name}": value for name, value in new.items()}
        row = self.filter(table_name=obj._meta.db_table, row_id=str(obj.pk), **facts)
        return row.filter(actor_id="", actor_label__startswith="job ")

    def openings(self, patient_id: Any, *, first: str) -> Self:
        """Each time somebody else than the patient opened something of this patient's, latest first.

        `first`: the table that says who had to give a reason before.
        """
        read = models.Q(action=AuditEvent.Action.READ)
        reasoned = models.Q(action=AuditEvent.Action.INSERT, table_name=first)
        looked = self.filter(read | reasoned, patient_id=patient_id)
        return looked.exclude(actor_id=str(patient_id)).order_by("-id")


class AuditEvent(models.Model):
    """One entry of the trail (FHIR AuditEvent). Append-only, by trigger and by privilege."""

    class Action(models.TextChoices):
        """What was done."""

        INSERT = "insert", _("created")
        UPDATE = "update", _("changed")
        DELETE = "delete", _("deleted")
        READ = "read", _("read")
        ENTER = "enter", _("entered")

    id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(_("at"))
    action = models.CharField(_("action"), max_length=10, choices=Action.choices)
    table_name = models.CharField(_("record"), max_length=63)
    row_id = models.CharField(_("key"), max_length=64)
    patient_id = models.UUIDField(_("patient"), null=True)
    old = models.JSONField(_("before"), null=True)
    new = models.JSONField(_("after"), null=True)
    actor_id = models.CharField(_("actor key"), max_length=64, blank=True)
    actor_label = models.CharField(_("who"), max_length=200, blank=True)
    ip = models.CharField(_("address"), max_length=45, blank=True)
    user_agent = models.CharField(_("browser"), max_length=300, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit trail")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(action__in=["insert", "update", "delete", "read", "enter"]),
                name="audit_event_action",
            ),
        )
        indexes = (
            models.Index(fields=["table_name", "row_id"], name="audit_event_row"),
            models.Index(fields=["patient_id", "-id"], name="audit_event_patient"),
            models.Index(fields=["actor_id", "-id"], name="audit_event_actor"),
            models.Index(fields=["-at"], name="audit_event_at"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_label} {self.action} {self.table_name}"

    @property
    def is_sensitive(self) -> bool:
        """Whether the record is marked as for few eyes: then the trail says that, and not what it holds."""
        return any(side and side.get("is_sensitive") for side in (self.old, self.new))

    @property
    def record_name(self) -> Any:
        """What kind of record it is about, in words."""
        return _names().get(self.table_name, self.table_name)
