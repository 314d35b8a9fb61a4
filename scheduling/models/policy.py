"""How the clinic wants to be booked: one row, which begins to exist when the clinic changes something."""

import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet
from scheduling.models.availability import LONGEST_HORIZON, LONGEST_NOTICE


class BookingPolicyQuerySet(EntityQuerySet):
    """The one row."""

    def current(self) -> Any:
        """The clinic's rules for booking; those everybody begins with when it has set none."""
        return self.first() or BookingPolicy()


# field: (label, default, least, most)
NUMBERS: dict[str, tuple[Any, int, int, int]] = {
    "minimum_notice_hours": (_("hours of notice before a visit"), 0, 0, LONGEST_NOTICE),
    "horizon_days": (_("days ahead that can be booked"), LONGEST_HORIZON, 1, LONGEST_HORIZON),
    "unconfirmed_minutes": (_("minutes a request is kept until the patient confirms it"), 120, 5, 1440),
    "answer_hours": (_("hours a request is kept until the clinic answers"), 24, 1, 168),
    "change_deadline_hours": (_("hours before the visit until which patients may change it"), 0, 0, 336),
    "offer_minutes": (_("minutes a time is kept for somebody on the waiting list"), 120, 5, 2880),
    "most_per_patient": (_("open visits booked online by one patient"), 3, 1, 50),
    "most_per_contact": (_("open requests with one e-mail address or phone number"), 4, 1, 50),
    "most_per_address": (_("requests an hour from one internet address"), 6, 1, 1000),
    "most_unconfirmed_percent": (_("percent of the free times kept for unconfirmed requests"), 5, 1, 100),
    "noshow_after_hours": (_("hours after its end until a visit without arrival counts as missed"), 4, 1, 72),
}
# Hours before a visit at which its patient may be reminded.
REMINDERS = (
    (1, _("1 hour")),
    (2, _("2 hours")),
    (4, _("4 hours")),
    (12, _("12 hours")),
    (24, _("1 day")),
    (48, _("2 days")),
    (72, _("3 days")),
    (168, _("1 week")),
    (336, _("2 weeks")),
)


def number(name: str) -> models.PositiveSmallIntegerField:
    """One of the numbers, between its least and its most."""
    label, default, least, most = NUMBERS[name]
    return models.PositiveSmallIntegerField(
        label, default=default, validators=[MinValueValidator(least), MaxValueValidator(most)]
    )


def a_day_before() -> list[int]:
    """What everybody begins with: one reminder, a day before."""
    return [24]


def reminder_hours(label: Any, default: Any) -> ArrayField:
    """How many hours before a visit its patient is reminded, each time."""
    hours = models.PositiveSmallIntegerField(choices=REMINDERS)
    return ArrayField(hours, verbose_name=label, default=default, blank=True)


def offered_hours(name: str) -> models.CheckConstraint:
    """The CHECK that reminders are sent at the hours the page offers."""
    return models.CheckConstraint(
        condition=Q((f"{name}__contained_by", [hours for hours, _label in REMINDERS])),
        name=f"booking_policy_{name}",
        violation_error_message=_("Choose from the times offered."),
    )


class BookingPolicy(Entity):
    """The clinic's rules for booking: notice, horizon, deadlines and limits."""

    is_only = models.BooleanField(default=True, unique=True, editable=False)
    minimum_notice_hours = number("minimum_notice_hours")
    horizon_days = number("horizon_days")
    unconfirmed_minutes = number("unconfirmed_minutes")
    answer_hours = number("answer_hours")
    change_deadline_hours = number("change_deadline_hours")
    offer_minutes = number("offer_minutes")
    most_per_patient = number("most_per_patient")
    most_per_contact = number("most_per_contact")
    most_per_address = number("most_per_address")
    most_unconfirmed_percent = number("most_unconfirmed_percent")
    noshow_after_hours = number("noshow_after_hours")
    email_reminder_hours = reminder_hours(_("reminders by e-mail"), a_day_before)
    sms_reminder_hours = reminder_hours(_("reminders by text message"), list)
    closes_on_public_holidays = models.BooleanField(_("closed on public holidays"), default=False)

    objects = BookingPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rules for booking")
        verbose_name_plural = _("rules for booking")
        constraints = (
            models.CheckConstraint(condition=Q(is_only=True), name="booking_policy_only"),
            *(
                models.CheckConstraint(
                    condition=Q((f"{name}__gte", least), (f"{name}__lte", most)),
                    name=f"booking_policy_{name}",
                    violation_error_message=_("%(least)s to %(most)s is possible.")
                    % {"least": least, "most": most},
                )
                for name, (_label, _default, least, most) in NUMBERS.items()
            ),
            offered_hours("email_reminder_hours"),
            offered_hours("sms_reminder_hours"),
        )

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def notice(self) -> datetime.timedelta:
        """How long before a visit a patient must book it."""
        return datetime.timedelta(hours=self.minimum_notice_hours)

    @property
    def horizon(self) -> datetime.timedelta:
        """How far ahead patients may book."""
        return datetime.timedelta(days=self.horizon_days)

    @property
    def unconfirmed(self) -> datetime.timedelta:
        """How long a request is kept until the patient confirms it."""
        return datetime.timedelta(minutes=self.unconfirmed_minutes)

    @property
    def answer(self) -> datetime.timedelta:
        """How long a request is kept until the clinic answers it."""
        return datetime.timedelta(hours=self.answer_hours)

    @property
    def change_deadline(self) -> datetime.timedelta:
        """How long before a visit its patient may last move or cancel it."""
        return datetime.timedelta(hours=self.change_deadline_hours)

    @property
    def missed_after(self) -> datetime.timedelta:
        """How long after its end a visit to which nobody came counts as missed."""
        return datetime.timedelta(hours=self.noshow_after_hours)
