"""What every entry of the history is: told by somebody, kept as it was told, withdrawn where it was wrong."""

import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet
from records.history.models.people import OutsideOrganization, OutsidePractitioner, of_import
from records.observations.models import withdrawn


class Precision(models.TextChoices):
    """How exactly a moment is known (FHIR dateTime: a year, a month, a day, or an instant)."""

    TIME = "time", _("To the minute")
    DAY = "day", _("The day")
    MONTH = "month", _("The month")
    YEAR = "year", _("The year")
    UNKNOWN = "", _("Not known")


# How a moment is written, by how exactly it is known: Django's formats.
WRITTEN = {
    Precision.TIME: "DATETIME_FORMAT",
    Precision.DAY: "DATE_FORMAT",
    Precision.MONTH: "YEAR_MONTH_FORMAT",
    Precision.YEAR: "Y",
}


class Coded(models.Model):
    """What it was, in words, and the code it had in the system it came from (FHIR CodeableConcept)."""

    title = models.CharField(_("what"), max_length=300)
    code = models.CharField(_("code"), max_length=100, blank=True)
    code_system = models.CharField(_("system of the code"), max_length=200, blank=True)

    class Meta:
        abstract = True


class ToldQuerySet(EntityQuerySet):
    """Words for what was told."""

    def visible_to(self, member: Member | None) -> Self:
        """All for those who may read charts, none for anybody else."""
        return self if member and member.may("history.history") else self.none()

    def of(self, patient_id: Any) -> Self:
        """One patient's, the latest first; what has no date comes last."""
        return self.filter(patient_id=patient_id).order_by(F("happened_at").desc(nulls_last=True), "-id")

    def standing(self) -> Self:
        """Those that were not entered in error."""
        return self.filter(entered_in_error_at=None)

    def with_people(self) -> Self:
        """With the names of who did it, who entered it and who withdrew it, in the same statement."""
        return self.select_related(
            "practitioner", "organization", "doctor__member", "recorded_by", "entered_in_error_by"
        )


class Told(Entity):
    """Something done for a patient elsewhere, or before. It never changes; a wrong one is withdrawn.

    `source` says who told it; `run` by which import it came, empty where somebody typed it in. `doctor` is
    for what a doctor of ours did elsewhere, or before this clinic kept its records here.
    """

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", db_index=False, verbose_name=_("patient")
    )
    happened_at = models.DateTimeField(_("when"), null=True, blank=True)
    precision = models.CharField(
        _("how exactly"), max_length=10, choices=Precision.choices, default=Precision.UNKNOWN, blank=True
    )
    practitioner = models.ForeignKey(
        OutsidePractitioner, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    doctor = models.ForeignKey(
        DoctorProfile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("our doctor")
    )
    organization = models.ForeignKey(
        OutsideOrganization, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("where")
    )
    note = models.TextField(_("note"), blank=True, max_length=4000)
    source = models.CharField(_("told by"), max_length=200)
    run = of_import()
    recorded_by = models.ForeignKey(
        Member, models.PROTECT, related_name="+", editable=False, verbose_name=_("entered by")
    )
    entered_in_error_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    entered_in_error_by = actor(_("withdrawn by"))
    entered_in_error_reason = models.CharField(
        _("reason for withdrawing"), max_length=500, blank=True, editable=False
    )

    objects: ClassVar[Any] = ToldQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("-happened_at", "-id")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=~Q(source=""),
                name="%(class)s_source",
                violation_error_message=_("Say who told it: the patient, a card, a letter."),
            ),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True, precision="")
                | Q(
                    happened_at__isnull=False,
                    precision__in=[kind.value for kind in Precision if kind.value],
                ),
                name="%(class)s_precision",
                violation_error_message=_("A date says how exactly it is known."),
            ),
            models.CheckConstraint(
                condition=Q(happened_at__isnull=True)
                | Q(happened_at__lte=F("created_at") + datetime.timedelta(minutes=5)),
                name="%(class)s_past",
                violation_error_message=_("The date cannot lie in the future."),
            ),
            # Somebody elsewhere or one of ours, not both.
            models.CheckConstraint(
                condition=Q(practitioner__isnull=True) | Q(doctor__isnull=True),
                name="%(class)s_one_person",
                violation_error_message=_("Name one person who did it."),
            ),
            withdrawn("%(class)s_withdrawn", _("Say what is wrong with it.")),
            # What points at it beside a patient points at both, so that nothing crosses patients.
            models.UniqueConstraint(fields=["id", "patient"], name="%(class)s_patient_key"),
        )
        indexes: ClassVar[tuple[models.Index, ...]] = (
            models.Index(fields=["patient", "-happened_at"], name="%(class)s_of_patient"),
        )

    def __str__(self) -> str:
        return str(getattr(self, "title", "")) or str(self._meta.verbose_name)

    @property
    def when(self) -> str:
        """When it was, in words, as exactly as it is known; empty where nobody said it."""
        at, form = self.happened_at, WRITTEN.get(Precision(self.precision))
        return date_format(timezone.localtime(at), form) if at and form else ""

    @property
    def who(self) -> str:
        """Who did it, as far as it was told."""
        person = self.doctor or self.practitioner
        return person.name if person else ""

    @property
    def counts(self) -> bool:
        """Whether it was not withdrawn."""
        return self.entered_in_error_at is None


def of_encounter() -> models.ForeignKey:
    """In which visit elsewhere it was done, where that was told."""
    return models.ForeignKey(
        "history.PastEncounter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="%(class)s_set",
        verbose_name=_("in the visit"),
    )


def ended(name: str, message: Any) -> models.CheckConstraint:
    """The CHECK that what has an end has a beginning, and that before it."""
    return models.CheckConstraint(
        condition=Q(ended_at__isnull=True) | Q(happened_at__isnull=False, ended_at__gte=F("happened_at")),
        name=name,
        violation_error_message=message,
    )


def titled(name: str) -> models.CheckConstraint:
    """The CHECK that what was done has a name."""
    return models.CheckConstraint(
        condition=~Q(title=""),
        name=f"{name}_title",
        violation_error_message=_("Say what it was."),
    )
