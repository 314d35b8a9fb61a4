"""What was measured on a patient: one value of one kind at one moment (FHIR Observation)."""

import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet
from records.models import Consultation
from records.observations.kinds import BY_CODE, BY_NAME, KINDS, Kind

lazystr = lazy(lambda write: write(), str)


class ObservationQuerySet(EntityQuerySet):
    """Words for measurements."""

    def visible_to(self, member: Member | None) -> Self:
        """All of them for those who may read measurements, none for anybody else."""
        return self if member and member.may("observations.measurements") else self.none()

    def of(self, patient_id: Any) -> Self:
        """One patient's, latest first."""
        return self.filter(patient_id=patient_id).order_by("-measured_at", "code")

    def standing(self) -> Self:
        """Those that were not entered in error."""
        return self.filter(entered_in_error_at=None)

    def in_growth(self) -> Self:
        """Those by which a child's growth is judged."""
        return self.filter(code__in=[BY_NAME[name].code for name in ("weight", "height", "length", "head")])

    def with_people(self) -> Self:
        """With the names of who measured and who withdrew, in the same statement."""
        return self.select_related("recorded_by", "entered_in_error_by")


def possible(kind: Kind) -> models.CheckConstraint:
    """The CHECK that a value of this kind is in its own unit and possible in a living person."""
    return models.CheckConstraint(
        condition=~Q(code=kind.code) | Q(unit=kind.unit, value__gte=kind.least, value__lte=kind.most),
        name=f"observation_{kind.name}",
        # Django fills the constraint's name in: a percent sign is written twice.
        violation_error_message=lazystr(lambda: str(kind.sentence).replace("%", "%%")),
    )


def withdrawn(name: str, message: Any) -> models.CheckConstraint:
    """The CHECK that what was entered in error says why, and nothing else does."""
    return models.CheckConstraint(
        condition=(Q(entered_in_error_at__isnull=False) & ~Q(entered_in_error_reason=""))
        | Q(entered_in_error_at__isnull=True, entered_in_error_by__isnull=True, entered_in_error_reason=""),
        name=name,
        violation_error_message=message,
    )


class Observation(Entity):
    """One measured value. It never changes; a wrong one is marked as entered in error, with the reason."""

    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="observations", db_index=False, verbose_name=_("patient")
    )
    consultation = models.ForeignKey(
        Consultation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observations",
        verbose_name=_("consultation"),
    )
    code = models.CharField(_("what"), max_length=10, choices=[(kind.code, kind.label) for kind in KINDS])
    value = models.DecimalField(_("value"), max_digits=7, decimal_places=3)
    unit = models.CharField(_("unit"), max_length=20)
    measured_at = models.DateTimeField(_("measured at"))
    recorded_by = actor(_("recorded by"))
    entered_in_error_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    entered_in_error_by = actor(_("withdrawn by"))
    entered_in_error_reason = models.CharField(
        _("reason for withdrawing"), max_length=500, blank=True, editable=False
    )

    objects: ClassVar = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("measurement")
        verbose_name_plural = _("measurements")
        ordering = ("-measured_at", "code")
        constraints = (
            models.CheckConstraint(
                condition=Q(code__in=[kind.code for kind in KINDS]),
                name="observation_code",
                violation_error_message=_("Choose one of the values offered."),
            ),
            *(possible(kind) for kind in KINDS),
            models.CheckConstraint(
                condition=Q(measured_at__lte=F("created_at") + datetime.timedelta(minutes=5)),
                name="observation_past",
                violation_error_message=_("Nothing is measured in the future. Check the date and time."),
            ),
            withdrawn("observation_withdrawn", _("Say why the measurement is wrong.")),
            models.UniqueConstraint(
                fields=["patient", "code", "measured_at"],
                condition=Q(entered_in_error_at__isnull=True),
                name="observation_once",
                violation_error_message=_(
                    "This was recorded for that minute already. Change the time of measuring."
                ),
            ),
            # What the results of a report point at together, so that nothing crosses patients.
            models.UniqueConstraint(fields=["id", "patient"], name="observation_patient_key"),
        )
        indexes = (models.Index(fields=["patient", "-measured_at"], name="observation_of_patient"),)

    def __str__(self) -> str:
        return f"{self.kind.label} {self.shown}"

    @property
    def kind(self) -> Kind:
        """What was measured."""
        return BY_CODE[self.code]

    @property
    def shown(self) -> str:
        """The value with its unit, as people write it."""
        return f"{self.kind.shown(self.value)} {self.kind.sign}"
