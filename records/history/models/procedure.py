"""An operation or treatment, done elsewhere or before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import one_of
from records.history.models.told import Coded, Told, ended, of_encounter, titled


class ProcedureStatus(models.TextChoices):
    """How far it had come when it was told (FHIR Procedure.status)."""

    PREPARATION = "preparation", _("Being prepared")
    IN_PROGRESS = "in-progress", _("In progress")
    NOT_DONE = "not-done", _("Not done")
    ON_HOLD = "on-hold", _("On hold")
    STOPPED = "stopped", _("Stopped")
    COMPLETED = "completed", _("Done")
    UNKNOWN = "unknown", _("Not known")


class PastProcedure(Coded, Told):
    """An operation or treatment elsewhere, or before (FHIR Procedure)."""

    Status = ProcedureStatus

    encounter = of_encounter()
    reported_status = models.CharField(
        _("as it was told"), max_length=20, choices=ProcedureStatus.choices, default=ProcedureStatus.COMPLETED
    )
    ended_at = models.DateTimeField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    body_site = models.CharField(_("where on the body"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome"), max_length=300, blank=True)

    class Meta(Told.Meta):
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        constraints = (
            *Told.Meta.constraints,
            titled("pastprocedure"),
            one_of("reported_status", ProcedureStatus, "pastprocedure_reported"),
            ended("pastprocedure_ended", _("It ended after it began.")),
        )
