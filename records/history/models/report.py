"""A report of a laboratory or an examination elsewhere, with its results."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from clinic.models import Entity, one_of
from records.history.models.observation import OutsideObservation
from records.history.models.told import Coded, Told, of_encounter, titled
from records.observations.models import Observation


class ReportStatus(models.TextChoices):
    """How far it had come when it was told (FHIR DiagnosticReport.status)."""

    REGISTERED = "registered", _("Expected")
    PARTIAL = "partial", _("In part")
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Amended")
    CORRECTED = "corrected", _("Corrected")
    APPENDED = "appended", _("Added to")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Not known")


class DiagnosticReport(Coded, Told):
    """A report from elsewhere (FHIR DiagnosticReport)."""

    Status = ReportStatus

    encounter = of_encounter()
    reported_status = models.CharField(
        _("as it was told"), max_length=20, choices=ReportStatus.choices, default=ReportStatus.FINAL
    )
    # HL7's v2 table 0074, as LAB for a laboratory.
    category = models.CharField(_("category"), max_length=50, blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    conclusion = models.TextField(_("conclusion"), blank=True, max_length=8000)

    class Meta(Told.Meta):
        verbose_name = _("report from elsewhere")
        verbose_name_plural = _("reports from elsewhere")
        constraints = (
            *Told.Meta.constraints,
            titled("diagnosticreport"),
            one_of("reported_status", ReportStatus, "diagnosticreport_reported"),
        )


class ReportResult(Entity):
    """One result of a report: a measurement of a kind we know, or a result as it was told."""

    report = models.ForeignKey(
        DiagnosticReport, models.PROTECT, related_name="results", db_index=False, verbose_name=_("report")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    measurement = models.ForeignKey(
        Observation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("measurement")
    )
    result = models.ForeignKey(
        OutsideObservation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("result")
    )

    class Meta:
        verbose_name = _("result of a report")
        verbose_name_plural = _("results of reports")
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                condition=Q(measurement__isnull=True, result__isnull=False)
                | Q(measurement__isnull=False, result__isnull=True),
                name="reportresult_one",
                violation_error_message=_("A row of a report is one result."),
            ),
            models.UniqueConstraint(fields=["report", "position"], name="reportresult_position"),
        )

    def __str__(self) -> str:
        return str(self.found)

    @property
    def found(self) -> Observation | OutsideObservation:
        """The result itself."""
        return self.measurement or self.result  # type: ignore[return-value]
