"""What a consultation found, by its code: several, of which the first is the main one."""

from collections import Counter
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Entity, EntityQuerySet
from records.models.consultation import Consultation

# More on one visit is a list of everything the patient ever had.
MOST_DIAGNOSES = 20
# What is found often is offered first: so many codes, of so many diagnoses.
USUAL, REMEMBERED = 60, 1000


class DiagnosisQuerySet(EntityQuerySet):
    """Words for diagnoses."""

    def written_by(self, member: Member) -> Self:
        """What one doctor wrote (a profile's key is its member's key)."""
        return self.filter(consultation__doctor_id=member.pk).select_related("consultation")

    def usual(self) -> list[str]:
        """The codes of the clinic's latest diagnoses, the most frequent first."""
        latest = self.order_by("-pk").values_list("code", flat=True)[:REMEMBERED]
        return [code for code, _count in Counter(latest).most_common(USUAL)]

    def main(self) -> Self:
        """The main one of each consultation."""
        return self.filter(position=1)

    def for_patient(self, patient: PatientProfile) -> Self:
        """What was found in one patient and signed, latest first."""
        signed = self.filter(patient=patient, consultation__signed_at__isnull=False)
        return signed.select_related("consultation").order_by("-consultation__started_at", "position")


class Diagnosis(Entity):
    """One diagnosis of a consultation (FHIR Condition, category encounter-diagnosis).

    Code and title are the classification's as they were on that day (records.terminology.DiagnosisCode);
    they stay when the classification changes.
    """

    consultation = models.ForeignKey(
        Consultation, models.PROTECT, related_name="diagnoses", db_index=False, verbose_name=_("consultation")
    )
    patient = models.ForeignKey(
        PatientProfile,
        models.PROTECT,
        related_name="diagnoses",
        editable=False,
        db_index=False,
        verbose_name=_("patient"),
    )
    position = models.PositiveSmallIntegerField(_("position"), editable=False)
    code = models.CharField(_("code"), max_length=8)
    title = models.CharField(_("diagnosis"), max_length=300)

    objects = DiagnosisQuerySet.as_manager()

    class Meta:
        verbose_name = _("diagnosis")
        verbose_name_plural = _("diagnoses")
        ordering = ("position",)
        constraints = (
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Z][0-9]{2}(\.[0-9]{1,2})?$") & ~Q(title=""),
                name="diagnosis_code",
                violation_error_message=_("Choose a diagnosis from the list."),
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=MOST_DIAGNOSES),
                name="diagnosis_position",
                violation_error_message=_("A consultation has at most 20 diagnoses."),
            ),
            models.UniqueConstraint(
                fields=["consultation", "position"],
                name="diagnosis_one_at_each_place",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Two diagnoses stand at the same place. Open the page again."),
            ),
            models.UniqueConstraint(
                fields=["consultation", "code"],
                name="diagnosis_once",
                violation_error_message=_("This diagnosis is there already."),
            ),
        )
        indexes = (models.Index(fields=["patient", "code"], name="diagnosis_of_patient"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def is_main(self) -> bool:
        """Whether it is what the patient was seen for."""
        return self.position == 1
