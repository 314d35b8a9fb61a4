"""When each periodic job was last done, and with what success."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import EntityQuerySet


class JobRun(models.Model):
    """The last run of one periodic job in this schema: a clinic's own, or on the platform as a whole."""

    name = models.CharField(_("job"), max_length=60, primary_key=True)
    started_at = models.DateTimeField(_("last begun"))
    finished_at = models.DateTimeField(_("last ended"), null=True, blank=True)
    succeeded_at = models.DateTimeField(_("last success"), null=True, blank=True)
    # Of the last run; empty when it went well.
    error = models.TextField(_("problem"), blank=True)

    objects = EntityQuerySet.as_manager()

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
