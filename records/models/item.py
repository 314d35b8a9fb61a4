"""What is prescribed, line by line."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from clinic.models import Entity, EntityQuerySet
from records.models.prescription import Prescription, PrescriptionStatus

# How many medicines one sheet holds.
MOST_ITEMS = 40


class MedicineLine(models.Model):
    """One medicine or remedy and how it is taken, in the doctor's own words."""

    # What the doctor types, in the order of the row.
    TEXTS = ("medicine", "potency", "form", "dosage", "frequency", "duration", "quantity", "notes")

    medicine = models.CharField(_("medicine"), max_length=200)
    potency = models.CharField(_("potency or strength"), max_length=50, blank=True)
    # FHIR Medication.form, as written on the sheet: tablets, drops, globules.
    form = models.CharField(_("form"), max_length=50, blank=True)
    dosage = models.CharField(_("dosage"), max_length=100, blank=True)
    frequency = models.CharField(_("how often"), max_length=100, blank=True)
    duration = models.CharField(_("how long"), max_length=100, blank=True)
    # FHIR MedicationRequest.dispenseRequest.quantity, as written on the sheet: 20 tablets, 1 bottle.
    quantity = models.CharField(_("quantity"), max_length=50, blank=True)
    notes = models.CharField(_("instructions"), max_length=500, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.medicine} {self.potency}".strip()

    @property
    def texts(self) -> dict[str, str]:
        """What is written on the line."""
        return {name: getattr(self, name) for name in self.TEXTS}

    @property
    def directions(self) -> str:
        """How it is taken, on one line."""
        return " · ".join(part for part in (self.dosage, self.frequency, self.duration) if part)


class PrescriptionItemQuerySet(EntityQuerySet):
    """Words for what is prescribed."""

    def current_for(self, patient: PatientProfile) -> Self:
        """What the patient takes now: the items of active prescriptions."""
        active = PrescriptionStatus.ACTIVE
        return self.filter(prescription__patient=patient, prescription__status=active).order_by(
            "-prescription__activated_at", "prescription_id", "position"
        )


class PrescriptionItem(MedicineLine, Entity):
    """One medicine or remedy of a prescription."""

    prescription = models.ForeignKey(
        Prescription, models.PROTECT, related_name="items", db_index=False, verbose_name=_("prescription")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", editable=False, verbose_name=_("patient")
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)

    objects = PrescriptionItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("prescribed medicine")
        verbose_name_plural = _("prescribed medicines")
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(medicine=""),
                name="prescription_item_medicine",
                violation_error_message=_("Name the medicine."),
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_ITEMS),
                name="prescription_item_place",
                violation_error_message=_("A sheet holds at most 40 medicines. Begin another one."),
            ),
            models.UniqueConstraint(
                fields=["prescription", "position"],
                name="prescription_item_position",
                deferrable=models.Deferrable.DEFERRED,
            ),
        )
