"""How the platform treats clinics: one row, kept in its administration."""

import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet

MOST_TRIAL_DAYS = 365
MOST_GRACE_DAYS = 90
MOST_REMINDERS = 5
LEAST_CLOSING_DAYS, MOST_CLOSING_DAYS = 7, 365


class PlatformPolicyQuerySet(EntityQuerySet):
    """The one row."""

    def current(self) -> Any:
        """The platform's rules; those it begins with when nobody has set any."""
        return self.first() or PlatformPolicy()


def length_of_trial() -> int:
    """What the installation was set up with."""
    return settings.TRIAL_DAYS


def a_week_and_a_day() -> list[int]:
    """What everybody begins with."""
    return [7, 1]


class PlatformPolicy(Entity):
    """How long trials last, when their end is announced, and how long a clinic may read afterwards."""

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    trial_days = models.PositiveSmallIntegerField(
        _("days of a trial"),
        default=length_of_trial,
        validators=[MinValueValidator(1), MaxValueValidator(MOST_TRIAL_DAYS)],
        help_text=_("For clinics that sign up from now on."),
    )
    reminder_days = ArrayField(
        models.PositiveSmallIntegerField(
            validators=[MinValueValidator(1), MaxValueValidator(MOST_TRIAL_DAYS)]
        ),
        verbose_name=_("days before its end at which administrators get a letter"),
        default=a_week_and_a_day,
        blank=True,
        size=MOST_REMINDERS,
        help_text=_("For example: 7,1"),
    )
    grace_days = models.PositiveSmallIntegerField(
        _("days after its end until the clinic is suspended"),
        default=14,
        validators=[MaxValueValidator(MOST_GRACE_DAYS)],
        help_text=_("Until then its people and patients read everything and change nothing."),
    )
    closing_days = models.PositiveSmallIntegerField(
        _("days from a clinic's wish to be closed until it is sealed"),
        default=30,
        validators=[MinValueValidator(LEAST_CLOSING_DAYS), MaxValueValidator(MOST_CLOSING_DAYS)],
        help_text=_(
            "Until then its people read everything, take everything out, and may take the wish back."
        ),
    )

    objects = PlatformPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules of the platform")
        verbose_name_plural = _("rules of the platform")
        constraints = (
            models.CheckConstraint(condition=Q(is_only=True), name="platform_policy_only"),
            models.CheckConstraint(
                condition=Q(trial_days__range=(1, MOST_TRIAL_DAYS)),
                name="platform_policy_trial",
                violation_error_message=_("A trial lasts 1 to 365 days."),
            ),
            models.CheckConstraint(
                condition=Q(grace_days__lte=MOST_GRACE_DAYS),
                name="platform_policy_grace",
                violation_error_message=_("A clinic is suspended 90 days after its trial at the latest."),
            ),
            models.CheckConstraint(
                condition=Q(closing_days__range=(LEAST_CLOSING_DAYS, MOST_CLOSING_DAYS)),
                name="platform_policy_closing",
                violation_error_message=_("A clinic that wants to be closed has 7 to 365 days."),
            ),
            models.CheckConstraint(
                condition=Q(reminder_days__len__lte=MOST_REMINDERS) & ~Q(reminder_days__contains=[0]),
                name="platform_policy_reminders",
                violation_error_message=_("Up to five letters, each a day before the end or more."),
            ),
        )

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def trial(self) -> datetime.timedelta:
        """How long a new clinic's trial lasts."""
        return datetime.timedelta(days=self.trial_days)

    @property
    def grace(self) -> datetime.timedelta:
        """How long a clinic may read after its trial."""
        return datetime.timedelta(days=self.grace_days)

    @property
    def closing(self) -> datetime.timedelta:
        """How long a clinic that wants to be closed may think again."""
        return datetime.timedelta(days=self.closing_days)
