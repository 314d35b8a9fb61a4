"""When each periodic job was last done, and with what success."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import EntityQuerySet


class JobRunQuerySet(EntityQuerySet):
    """Words for runs."""

    def note(self, name: str, started_at: datetime, problem: str = "") -> None:
        """Record the run that ends now. After a failure the time of the last success stays.

        Written once, at the end: a run that hangs or was killed shows as one that is overdue, and this is
        done for every clinic every minute.
        """
        now = timezone.now()
        run: Any = JobRun(name=name, started_at=started_at, finished_at=max(now, started_at), error=problem)
        run.succeeded_at = None if problem else run.finished_at
        told = ["started_at", "finished_at", "error"] + ([] if problem else ["succeeded_at"])
        self.bulk_create([run], update_conflicts=True, unique_fields=["name"], update_fields=told)


class JobRun(models.Model):
    """The last run of one periodic job in this schema: a clinic's own, or on the platform as a whole."""

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    started_at = models.DateTimeField(_("last begun"))
    finished_at = models.DateTimeField(_("last ended"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True)
    # Of the last run; empty when it went well.
    error = models.TextField(_("problem"), blank=True)

    objects = JobRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True) | Q(finished_at__gte=models.F("started_at")),
                name="job_run_ends_after_it_began",
            ),
        )

    def __str__(self) -> str:
        return self.name

    def is_overdue(self, period: timedelta, now: datetime) -> bool:
        """Whether it should have been done again by now: two periods have passed since it began."""
        return now - self.started_at > 2 * period
