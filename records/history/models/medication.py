"""A medicine that somebody elsewhere prescribed."""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import actor
from clinic.models import one_of
from records.history.models.told import Coded, Told, ToldQuerySet, of_encounter, titled


class MedicationStatus(models.TextChoices):
    """How far it had come when it was told (FHIR MedicationRequest.status)."""

    ACTIVE = "active", _("Being taken")
    ON_HOLD = "on-hold", _("Paused")
    CANCELLED = "cancelled", _("Cancelled")
    COMPLETED = "completed", _("Finished")
    STOPPED = "stopped", _("Stopped")
    DRAFT = "draft", _("Draft")
    UNKNOWN = "unknown", _("Not known")


class MedicationIntent(models.TextChoices):
    """Whether it was ordered or only thought of (FHIR MedicationRequest.intent)."""

    PROPOSAL = "proposal", _("Proposal")
    PLAN = "plan", _("Plan")
    ORDER = "order", _("Order")
    ORIGINAL = "original-order", _("Original order")
    REFLEX = "reflex-order", _("Order that followed")
    FILLER = "filler-order", _("Order of the pharmacy")
    INSTANCE = "instance-order", _("Single dose")
    OPTION = "option", _("Choice")


# Told as running, paused, or without a word: the patient may be taking it.
MAY_BE_TAKEN = (MedicationStatus.ACTIVE, MedicationStatus.ON_HOLD, MedicationStatus.UNKNOWN)


class PastMedicationQuerySet(ToldQuerySet):
    """Words for medicines from elsewhere."""

    def current_for(self, patient_id: Any) -> Self:
        """What the patient may be taking now: nobody has said that it ended."""
        return self.of(patient_id).standing().filter(reported_status__in=MAY_BE_TAKEN, stopped_at=None)


class PastMedication(Coded, Told):
    """A medicine ordered elsewhere (FHIR MedicationRequest). `title`: the medicine, as it was written.

    What was told as running is looked at by the check of prescriptions until a doctor here says that it is
    no longer taken.
    """

    Status = MedicationStatus

    encounter = of_encounter()
    reported_status = models.CharField(
        _("as it was told"), max_length=20, choices=MedicationStatus.choices, default=MedicationStatus.UNKNOWN
    )
    intent = models.CharField(
        _("meant as"), max_length=20, choices=MedicationIntent.choices, default=MedicationIntent.ORDER
    )
    dosage = models.CharField(_("dosage"), max_length=500, blank=True)
    is_as_needed = models.BooleanField(_("only when needed"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    quantity = models.CharField(_("quantity"), max_length=100, blank=True)
    stopped_at = models.DateTimeField(_("no longer taken since"), null=True, blank=True, editable=False)
    stopped_by = actor(_("said by"))
    stop_reason = models.CharField(_("why it is no longer taken"), max_length=500, blank=True, editable=False)

    objects: ClassVar[Any] = PastMedicationQuerySet.as_manager()

    class Meta(Told.Meta):
        verbose_name = _("medicine from elsewhere")
        verbose_name_plural = _("medicines from elsewhere")
        constraints = (
            *Told.Meta.constraints,
            titled("pastmedication"),
            one_of("reported_status", MedicationStatus, "pastmedication_reported"),
            one_of("intent", MedicationIntent, "pastmedication_intent"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True, stopped_by__isnull=True, stop_reason="")
                | (Q(stopped_at__isnull=False, stopped_by__isnull=False) & ~Q(stop_reason="")),
                name="pastmedication_stopped",
                violation_error_message=_("Say why it is no longer taken."),
            ),
        )

    @property
    def is_current(self) -> bool:
        """Whether the patient may be taking it now."""
        return self.counts and self.stopped_at is None and self.reported_status in MAY_BE_TAKEN
