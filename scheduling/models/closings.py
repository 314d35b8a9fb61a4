"""Days on which the whole clinic is closed."""

import datetime
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet, one_of
from scheduling.models.availability import FURTHEST_YEARS, TOO_FAR

LONGEST_CLOSING = datetime.timedelta(days=366)
LAST_BEFORE_FIRST = _("The last day must not be before the first.")
TOO_LONG = _("A clinic closes for a year at most.")


class Kind(models.TextChoices):
    """Why the clinic is closed."""

    CLOSING = "closing", _("Closed")
    HOLIDAY = "holiday", _("Public holiday")


class ClosingDayQuerySet(EntityQuerySet):
    """Words for closing days."""

    def observed(self) -> Self:
        """Those on which the clinic is really closed."""
        return self.filter(is_observed=True)

    def coming(self) -> Self:
        """Those that are not over, soonest first."""
        return self.filter(last_day__gte=timezone.localdate()).order_by("first_day")

    def on(self, day: datetime.date) -> Self:
        """Those that cover `day`."""
        return self.filter(first_day__lte=day, last_day__gte=day)

    def holidays(self) -> Self:
        """Those taken from the country's calendar."""
        return self.filter(kind=Kind.HOLIDAY)


class ClosingDay(Entity):
    """A day, or several in a row, on which nobody at the clinic can be booked.

    A public holiday on which the clinic works all the same stays on record as not observed, so that the
    country's calendar does not bring it back.
    """

    Kind = Kind

    kind = models.CharField(
        _("kind"), max_length=10, choices=Kind.choices, default=Kind.CLOSING, editable=False
    )
    name = models.CharField(_("reason"), max_length=200, help_text=_("Patients can read it."))
    first_day = models.DateField(_("from"))
    last_day = models.DateField(_("to (included)"))
    is_observed = models.BooleanField(_("closed"), default=True)

    objects = ClosingDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("closing days")
        ordering = ("first_day",)
        constraints = (
            one_of("kind", Kind, "closing_day_kind"),
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="closing_day_order",
                violation_error_message=LAST_BEFORE_FIRST,
            ),
            models.CheckConstraint(
                condition=Q(last_day__lte=F("first_day") + LONGEST_CLOSING),
                name="closing_day_length",
                violation_error_message=TOO_LONG,
            ),
            models.CheckConstraint(
                condition=~Q(name=""),
                name="closing_day_name",
                violation_error_message=_("Say why the clinic is closed."),
            ),
            models.CheckConstraint(
                condition=Q(is_observed=True) | Q(kind=Kind.HOLIDAY),
                name="closing_day_observed",
                violation_error_message=_("Remove the closing day instead."),
            ),
            models.UniqueConstraint(
                fields=["first_day"],
                condition=Q(kind=Kind.HOLIDAY),
                name="closing_day_holiday",
                violation_error_message=_("This public holiday is already on record."),
            ),
        )
        indexes = (models.Index(fields=["last_day"], name="closing_day_coming"),)

    def __str__(self) -> str:
        return f"{self.name} {self.first_day}"

    def clean(self) -> None:
        """It lasts a day at least and a year at most, and lies in the years around now."""
        if not (self.first_day and self.last_day):
            return
        if abs(self.first_day.year - timezone.localdate().year) > FURTHEST_YEARS:
            raise ValidationError({"first_day": TOO_FAR})
        if self.last_day < self.first_day:
            raise ValidationError({"last_day": LAST_BEFORE_FIRST})
        if self.last_day - self.first_day > LONGEST_CLOSING:
            raise ValidationError({"last_day": TOO_LONG})
