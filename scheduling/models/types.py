"""Kinds of visits: how long they take, what they cost, and what a doctor does otherwise."""

import datetime
from decimal import Decimal
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, FilteredRelation, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile
from clinic.models import Entity, EntityQuerySet, one_of
from scheduling.models.availability import (
    BUFFER_MINUTES,
    BUFFER_VALIDATORS,
    LONGEST_SLOT,
    PAUSE_LENGTH,
    SHORTEST_SLOT,
    SLOT_LENGTH,
    SLOT_VALIDATORS,
)

LONGEST_BUFFER = datetime.timedelta(minutes=BUFFER_MINUTES)
LONGEST_FOLLOW_UP = 366
HALF_REDUCED = _("Give both the days and the percentage of the reduced fee.")


class Kind(models.TextChoices):
    """What a visit is for, as far as the calendar asks (after HL7 v2-0276)."""

    NEW = "new", _("First visit")
    ROUTINE = "routine", _("Visit")
    FOLLOWUP = "followup", _("Follow-up")
    CHECKUP = "checkup", _("Check-up")
    EMERGENCY = "emergency", _("Urgent visit")


def minutes(label: Any, help_text: Any) -> models.PositiveSmallIntegerField:
    """The length of a visit, where it is not the one of the doctor's hours."""
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=SLOT_VALIDATORS, help_text=help_text
    )


def pause(label: Any, help_text: Any) -> models.PositiveSmallIntegerField:
    """The minutes kept free after a visit, where they are not those of the doctor's hours."""
    return models.PositiveSmallIntegerField(
        label, null=True, blank=True, validators=BUFFER_VALIDATORS, help_text=help_text
    )


def fee(help_text: Any) -> models.DecimalField:
    """The price of a visit in the clinic's currency, where it is not the doctor's own fee."""
    return models.DecimalField(
        _("fee"),
        max_digits=12,
        decimal_places=3,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
        help_text=help_text,
    )


def plausible(name: str) -> tuple[models.CheckConstraint, ...]:
    """The CHECKs on a length, a pause and a fee, any of which may be left open."""
    return (
        models.CheckConstraint(
            condition=Q(minutes__isnull=True) | Q(minutes__gte=SHORTEST_SLOT, minutes__lte=LONGEST_SLOT),
            name=f"{name}_minutes",
            violation_error_message=SLOT_LENGTH,
        ),
        models.CheckConstraint(
            condition=Q(buffer_minutes__isnull=True) | Q(buffer_minutes__lte=BUFFER_MINUTES),
            name=f"{name}_buffer_minutes",
            violation_error_message=PAUSE_LENGTH,
        ),
        models.CheckConstraint(
            condition=Q(fee__isnull=True) | Q(fee__gte=0),
            name=f"{name}_fee",
            violation_error_message=_("A fee is not negative."),
        ),
    )


class AppointmentTypeQuerySet(EntityQuerySet):
    """Words for kinds of visits."""

    def active(self) -> Self:
        """Those that can be booked, in the clinic's order."""
        return self.filter(is_active=True)

    def public(self) -> Self:
        """Those that patients may choose themselves."""
        return self.active().filter(is_public=True)

    def offered_by(self, doctor: DoctorProfile) -> Self:
        """Those the doctor offers, with what holds there: `its_minutes`, `its_buffer` and `its_fee`."""
        own = FilteredRelation("doctors", condition=Q(doctors__doctor=doctor))
        return (
            self.annotate(own=own)
            .filter(Q(own__isnull=True) | Q(own__is_offered=True))
            .annotate(
                its_minutes=Coalesce(F("own__minutes"), F("minutes")),
                its_buffer=Coalesce(F("own__buffer_minutes"), F("buffer_minutes")),
                its_fee=Coalesce(F("own__fee"), F("fee")),
            )
        )


class AppointmentType(Entity):
    """A kind of visit the clinic offers (FHIR Appointment.appointmentType)."""

    Kind = Kind

    name = models.CharField(
        _("name"),
        max_length=80,
        unique=True,
        error_messages={"unique": _("There is already a kind of visit with this name.")},
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.ROUTINE)
    minutes = minutes(_("minutes per visit"), _("Empty: as long as the doctor's hours say."))
    buffer_minutes = pause(_("minutes of pause afterwards"), _("Empty: as the doctor's hours say."))
    fee = fee(_("Empty: the doctor's own fee."))
    follow_up_days = models.PositiveSmallIntegerField(
        _("reduced within days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_FOLLOW_UP)],
        help_text=_("So many days after a visit with the same doctor the reduced fee is charged."),
    )
    follow_up_percent = models.PositiveSmallIntegerField(
        _("reduced fee in percent"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(100)],
        help_text=_("0 is free of charge, 50 is half."),
    )
    is_public = models.BooleanField(_("patients may book it themselves"), default=True)
    is_active = models.BooleanField(_("in use"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=10)

    objects = AppointmentTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("kind of visit")
        verbose_name_plural = _("kinds of visits")
        ordering = ("position", "name")
        constraints = (
            one_of("kind", Kind, "appointment_type_kind"),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="appointment_type_name",
                violation_error_message=_("Give the kind of visit a name."),
            ),
            *plausible("appointment_type"),
            models.CheckConstraint(
                condition=Q(follow_up_days__isnull=True, follow_up_percent__isnull=True)
                | Q(
                    follow_up_days__isnull=False,
                    follow_up_percent__isnull=False,
                    follow_up_days__gte=1,
                    follow_up_days__lte=LONGEST_FOLLOW_UP,
                    follow_up_percent__lte=100,
                ),
                name="appointment_type_follow_up",
                violation_error_message=HALF_REDUCED,
            ),
        )

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """A reduced fee has both its days and its percentage."""
        given = {"follow_up_days": self.follow_up_days, "follow_up_percent": self.follow_up_percent}
        missing = [name for name, number in given.items() if number is None]
        if len(missing) == 1:
            raise ValidationError(
                {missing[0]: _("Give both the days and the percentage of the reduced fee.")}
            )

    @property
    def is_reduced(self) -> bool:
        """Whether it costs less soon after another visit."""
        return self.follow_up_days is not None


class DoctorAppointmentType(Entity):
    """What one doctor does otherwise in a kind of visit: takes longer, asks more, does not offer it."""

    doctor = models.ForeignKey(
        DoctorProfile,
        on_delete=models.PROTECT,
        related_name="appointment_types",
        db_index=False,
        verbose_name=_("doctor"),
    )
    appointment_type = models.ForeignKey(
        AppointmentType,
        on_delete=models.PROTECT,
        related_name="doctors",
        verbose_name=_("kind of visit"),
    )
    is_offered = models.BooleanField(_("offers it"), default=True)
    minutes = minutes(_("minutes per visit"), _("Empty: as the kind of visit says."))
    buffer_minutes = pause(_("minutes of pause afterwards"), _("Empty: as the kind of visit says."))
    fee = fee(_("Empty: as the kind of visit says."))

    class Meta:
        verbose_name = _("a doctor's kind of visit")
        verbose_name_plural = _("doctors' kinds of visits")
        ordering = ("doctor", "appointment_type")
        constraints = (
            models.UniqueConstraint(
                fields=["doctor", "appointment_type"],
                name="doctor_appointment_type_key",
                violation_error_message=_("This doctor already has an entry for this kind of visit."),
            ),
            *plausible("doctor_appointment_type"),
        )

    def __str__(self) -> str:
        return f"{self.appointment_type} · {self.doctor}"

    @property
    def is_usual(self) -> bool:
        """Whether nothing in it differs from the kind of visit."""
        return self.is_offered and self.minutes is None and self.buffer_minutes is None and self.fee is None
