"""A vaccination, given elsewhere or before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import one_of
from records.history.models.told import Coded, Told, of_encounter, titled


class ImmunizationStatus(models.TextChoices):
    """Whether it was given (FHIR Immunization.status)."""

    COMPLETED = "completed", _("Given")
    NOT_DONE = "not-done", _("Not given")


class Immunization(Coded, Told):
    """One dose of a vaccine (FHIR Immunization). `title`: the vaccine."""

    Status = ImmunizationStatus

    encounter = of_encounter()
    reported_status = models.CharField(
        _("as it was told"),
        max_length=20,
        choices=ImmunizationStatus.choices,
        default=ImmunizationStatus.COMPLETED,
    )
    dose = models.CharField(_("dose"), max_length=50, blank=True, help_text=_("For example 1, 2, booster."))
    lot_number = models.CharField(_("batch number"), max_length=100, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=200, blank=True)
    expires_on = models.DateField(_("use by"), null=True, blank=True)
    site = models.CharField(_("where on the body"), max_length=100, blank=True)
    route = models.CharField(_("how it was given"), max_length=100, blank=True)
    # FHIR Immunization.primarySource: told by who gave it, or by somebody else.
    is_first_hand = models.BooleanField(_("told by who gave it"), null=True, blank=True)
    reason_not_given = models.CharField(_("why it was not given"), max_length=300, blank=True)

    class Meta(Told.Meta):
        verbose_name = _("vaccination")
        verbose_name_plural = _("vaccinations")
        constraints = (
            *Told.Meta.constraints,
            titled("immunization"),
            one_of("reported_status", ImmunizationStatus, "immunization_reported"),
            models.CheckConstraint(
                condition=models.Q(reason_not_given="") | models.Q(reported_status="not-done"),
                name="immunization_not_given",
                violation_error_message=_("Only what was not given has a reason for that."),
            ),
        )
