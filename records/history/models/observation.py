"""A result from elsewhere that is none of the measurements this clinic takes itself."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from clinic.models import one_of
from records.history.models.told import Coded, Told, of_encounter, titled


class ResultStatus(models.TextChoices):
    """How far it had come when it was told (FHIR Observation.status)."""

    REGISTERED = "registered", _("Expected")
    PRELIMINARY = "preliminary", _("Preliminary")
    FINAL = "final", _("Final")
    AMENDED = "amended", _("Amended")
    CORRECTED = "corrected", _("Corrected")
    CANCELLED = "cancelled", _("Cancelled")
    UNKNOWN = "unknown", _("Not known")


class OutsideObservation(Coded, Told):
    """One result of a laboratory, a question or an examination elsewhere (FHIR Observation).

    A number stands in `value` with its unit, everything else as `text`, with its code where it had one.
    `components`: rows of {"title", "code", "code_system", "value", "unit", "unit_code", "text"}, all text.
    """

    Status = ResultStatus

    encounter = of_encounter()
    reported_status = models.CharField(
        _("as it was told"), max_length=20, choices=ResultStatus.choices, default=ResultStatus.FINAL
    )
    # FHIR Observation.category: laboratory, vital-signs, survey, …
    category = models.CharField(_("category"), max_length=50, blank=True)
    issued_at = models.DateTimeField(_("issued"), null=True, blank=True)
    comparator = models.CharField(
        _("compared"), max_length=2, blank=True, choices=[(sign, sign) for sign in ("<", "<=", ">=", ">")]
    )
    value = models.DecimalField(_("value"), max_digits=28, decimal_places=12, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=100, blank=True)
    # UCUM's (ucum.org), where it was told.
    unit_code = models.CharField(_("code of the unit"), max_length=50, blank=True)
    text = models.TextField(_("result"), blank=True, max_length=4000)
    text_code = models.CharField(_("code of the result"), max_length=100, blank=True)
    text_system = models.CharField(_("system of the result"), max_length=200, blank=True)
    components = models.JSONField(_("parts"), default=list, blank=True, editable=False)
    interpretation = models.CharField(_("judged as"), max_length=100, blank=True)
    reference_range = models.CharField(_("usual values"), max_length=200, blank=True)

    class Meta(Told.Meta):
        verbose_name = _("result from elsewhere")
        verbose_name_plural = _("results from elsewhere")
        constraints = (
            *Told.Meta.constraints,
            titled("outsideobservation"),
            one_of("reported_status", ResultStatus, "outsideobservation_reported"),
            models.CheckConstraint(
                condition=Q(value__isnull=True, comparator="", unit="", unit_code="")
                | Q(value__isnull=False, text="", text_code="", comparator__in=["", "<", "<=", ">=", ">"]),
                name="outsideobservation_value",
                violation_error_message=_("A result is a number with its unit, or a text."),
            ),
        )

    @property
    def shown(self) -> str:
        """The result as people write it."""
        if self.value is None:
            return self.text or "; ".join(_part(row) for row in self.components)
        number = number_format(Decimal(f"{self.value.normalize():f}"))
        return f"{self.comparator}{number} {self.unit or self.unit_code}".strip()


def _part(row: dict[str, str]) -> str:
    found = " ".join(filter(None, (row.get("value"), row.get("unit") or row.get("unit_code"))))
    return f"{row.get('title', '')}: {found or row.get('text', '')}"
