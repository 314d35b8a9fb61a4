"""When a doctor can be booked: weekly hours, leave and extra openings."""

import datetime
from typing import Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile
from clinic.models import Entity, EntityQuerySet, one_of
from scheduling.models.branches import Branch, Room
from scheduling.models.ranges import ClockRange, DayRange, KeyRange, NumberRange, TimeRange
from scheduling.models.states import Mode

SHORTEST_SLOT, LONGEST_SLOT = 5, 480
SLOT_LENGTH = _("A visit lasts between 5 and 480 minutes.")
SLOT_VALIDATORS = (
    MinValueValidator(SHORTEST_SLOT, SLOT_LENGTH),
    MaxValueValidator(LONGEST_SLOT, SLOT_LENGTH),
)
# The pause after a visit, in which nobody is booked.
BUFFER_MINUTES = 240
PAUSE_LENGTH = _("The pause after a visit is four hours at most.")
BUFFER_VALIDATORS = (MaxValueValidator(BUFFER_MINUTES, PAUSE_LENGTH),)
LONGEST_NOTICE, LONGEST_HORIZON = 60 * 24, 366
NOTICE_LENGTH = _("Notice is 60 days (1440 hours) at most.")
HORIZON_LENGTH = _("Visits can be booked 1 to 366 days ahead.")
END_AFTER_START = _("The end must come after the start.")
# An opening is entered day by day; without an end in sight it would be weekly hours, or leaving the clinic.
LONGEST_EXTRA, LONGEST_LEAVE = datetime.timedelta(days=1), datetime.timedelta(days=731)
EXTRA_TOO_LONG = _("An extra opening lasts a day at most. Enter one for each day.")
LEAVE_TOO_LONG = _("Leave lasts two years at most.")
ROOM_OF_ANOTHER = _("Another doctor has this room at these hours. Choose another room or other hours.")
FURTHEST_YEARS = 5
TOO_FAR = _("This is too far away: check the year.")


class Weekday(models.IntegerChoices):
    """Days of the week as ISO 8601 numbers them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


def at_branch() -> models.ForeignKey:
    """At which branch the doctor is then; none is the main branch."""
    return models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("branch"),
    )


def in_room() -> models.ForeignKey:
    """The room that is the doctor's then, if one is."""
    return models.ForeignKey(
        Room,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("room"),
    )


class AvailabilityRuleQuerySet(EntityQuerySet):
    """Words for weekly hours."""

    def for_doctor(self, doctor: DoctorProfile) -> Self:
        """Weekly hours of one doctor, in the order of the week."""
        return self.filter(doctor=doctor).order_by("weekday", "starts", "valid_from")

    def in_force(self, day: datetime.date) -> Self:
        """Weekly hours that are valid on `day` or become so later."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))


class AvailabilityRule(Entity):
    """A window in which a doctor can be booked every week, in the clinic's local time (FHIR Schedule)."""

    doctor = models.ForeignKey(
        DoctorProfile,
        on_delete=models.PROTECT,
        related_name="availability_rules",
        db_index=False,
        verbose_name=_("doctor"),
    )
    weekday = models.PositiveSmallIntegerField(_("day"), choices=Weekday.choices)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("to"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes per visit"), default=30, validators=SLOT_VALIDATORS
    )
    buffer_minutes = models.PositiveSmallIntegerField(
        _("minutes of pause afterwards"), default=0, validators=BUFFER_VALIDATORS
    )
    mode = models.CharField(_("where"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    branch = at_branch()
    room = in_room()
    minimum_notice_hours = models.PositiveSmallIntegerField(
        _("hours of notice"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(LONGEST_NOTICE, NOTICE_LENGTH)],
        help_text=_("How long before a visit patients must book it. Empty: as the clinic's rules say."),
    )
    horizon_days = models.PositiveSmallIntegerField(
        _("days ahead"),
        null=True,
        blank=True,
        validators=[
            MinValueValidator(1, HORIZON_LENGTH),
            MaxValueValidator(LONGEST_HORIZON, HORIZON_LENGTH),
        ],
        help_text=_("How far ahead patients may book. Empty: as the clinic's rules say."),
    )
    valid_from = models.DateField(_("valid from"), default=timezone.localdate)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    objects = AvailabilityRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ("doctor", "weekday", "starts")
        constraints = (
            models.CheckConstraint(
                condition=Q(weekday__gte=1, weekday__lte=7),
                name="availability_rule_weekday",
                violation_error_message=_("Choose a day of the week."),
            ),
            models.CheckConstraint(
                condition=Q(ends__gt=F("starts")),
                name="availability_rule_end_after_start",
                violation_error_message=END_AFTER_START,
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=SHORTEST_SLOT, slot_minutes__lte=LONGEST_SLOT),
                name="availability_rule_slot_minutes",
                violation_error_message=SLOT_LENGTH,
            ),
            one_of("mode", Mode, "availability_rule_mode"),
            models.CheckConstraint(
                condition=Q(buffer_minutes__lte=BUFFER_MINUTES),
                name="availability_rule_buffer_minutes",
                violation_error_message=PAUSE_LENGTH,
            ),
            models.CheckConstraint(
                condition=Q(minimum_notice_hours__isnull=True) | Q(minimum_notice_hours__lte=LONGEST_NOTICE),
                name="availability_rule_notice",
                violation_error_message=NOTICE_LENGTH,
            ),
            models.CheckConstraint(
                condition=Q(horizon_days__isnull=True)
                | Q(horizon_days__gte=1, horizon_days__lte=LONGEST_HORIZON),
                name="availability_rule_horizon",
                violation_error_message=HORIZON_LENGTH,
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="availability_rule_valid_until",
                violation_error_message=_("The last day must not be before the first."),
            ),
            ExclusionConstraint(
                name="availability_rule_overlap",
                expressions=[
                    (KeyRange("doctor"), "&&"),
                    (NumberRange("weekday"), "&&"),
                    (DayRange("valid_from", "valid_until"), "&&"),
                    (ClockRange("starts", "ends"), "&&"),
                ],
                violation_error_message=_(
                    "These hours overlap other hours of the same day. Change or remove those."
                ),
            ),
            ExclusionConstraint(
                name="availability_rule_room",
                expressions=[
                    (KeyRange("room"), "&&"),
                    (NumberRange("weekday"), "&&"),
                    (DayRange("valid_from", "valid_until"), "&&"),
                    (ClockRange("starts", "ends"), "&&"),
                ],
                condition=Q(room__isnull=False),
                violation_error_message=ROOM_OF_ANOTHER,
            ),
        )
        indexes = (models.Index(fields=["doctor", "weekday", "starts"], name="availability_rule_week"),)

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.starts:%H:%M}–{self.ends:%H:%M}"

    def clean(self) -> None:
        """The window ends after it starts, is valid for a day at least, and has room for a visit."""
        if self.starts and self.ends:
            if self.ends <= self.starts:
                raise ValidationError({"ends": END_AFTER_START})
            if self.slot_minutes and not self.visits:
                raise ValidationError({"slot_minutes": _("The window is shorter than one visit.")})
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The last day must not be before the first.")})
        for name in ("valid_from", "valid_until"):
            day = getattr(self, name)
            if day and abs(day.year - timezone.localdate().year) > FURTHEST_YEARS:
                raise ValidationError({name: TOO_FAR})

    @property
    def visits(self) -> int:
        """How many visits fit into the window."""
        day = datetime.date.min
        length = datetime.datetime.combine(day, self.ends) - datetime.datetime.combine(day, self.starts)
        return length // datetime.timedelta(minutes=self.slot_minutes)


class Kind(models.TextChoices):
    """How an exception differs from the weekly hours."""

    LEAVE = "leave", _("Leave")
    EXTRA = "extra", _("Extra opening")


class AvailabilityExceptionQuerySet(EntityQuerySet):
    """Words for leave and extra openings."""

    def coming(self) -> Self:
        """What is not over yet, in order."""
        return self.filter(ends_at__gt=timezone.now()).order_by("starts_at")


class AvailabilityException(Entity):
    """Leave, or an extra opening, of one doctor."""

    Kind = Kind

    doctor = models.ForeignKey(
        DoctorProfile,
        on_delete=models.PROTECT,
        related_name="availability_exceptions",
        db_index=False,
        verbose_name=_("doctor"),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    slot_minutes = models.PositiveSmallIntegerField(
        _("minutes per visit"), null=True, blank=True, validators=SLOT_VALIDATORS
    )
    mode = models.CharField(_("where"), max_length=10, choices=Mode.choices, default=Mode.IN_PERSON)
    branch = at_branch()
    room = in_room()
    reason = models.CharField(_("note"), max_length=200, blank=True)

    objects = AvailabilityExceptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("leave or extra opening")
        verbose_name_plural = _("leave and extra openings")
        ordering = ("starts_at",)
        constraints = (
            one_of("kind", Kind, "availability_exception_kind"),
            one_of("mode", Mode, "availability_exception_mode"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="availability_exception_end_after_start",
                violation_error_message=END_AFTER_START,
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.EXTRA) | Q(ends_at__lte=F("starts_at") + LONGEST_EXTRA),
                name="availability_exception_extra_length",
                violation_error_message=EXTRA_TOO_LONG,
            ),
            models.CheckConstraint(
                condition=Q(ends_at__lte=F("starts_at") + LONGEST_LEAVE),
                name="availability_exception_leave_length",
                violation_error_message=LEAVE_TOO_LONG,
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.LEAVE, slot_minutes__isnull=True)
                | Q(
                    # Without this the CHECK would be neither true nor false for an empty length, and pass.
                    kind=Kind.EXTRA,
                    slot_minutes__isnull=False,
                    slot_minutes__gte=SHORTEST_SLOT,
                    slot_minutes__lte=LONGEST_SLOT,
                ),
                name="availability_exception_slot_minutes",
                violation_error_message=_("An extra opening needs a visit length between 5 and 480 minutes."),
            ),
            ExclusionConstraint(
                name="availability_exception_overlap",
                expressions=[(KeyRange("doctor"), "&&"), (TimeRange("starts_at", "ends_at"), "&&")],
                condition=Q(kind=Kind.EXTRA),
                violation_error_message=_("This extra opening overlaps another one."),
            ),
            ExclusionConstraint(
                name="availability_exception_room",
                expressions=[(KeyRange("room"), "&&"), (TimeRange("starts_at", "ends_at"), "&&")],
                condition=Q(room__isnull=False),
                violation_error_message=ROOM_OF_ANOTHER,
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.LEAVE) | Q(branch__isnull=True, room__isnull=True),
                name="availability_exception_leave_place",
                violation_error_message=_("Leave has no branch and no room."),
            ),
        )
        indexes = (models.Index(fields=["doctor", "ends_at"], name="availability_exception_doctor"),)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.starts_at:%Y-%m-%d %H:%M}"

    def clean(self) -> None:
        """It begins in the years ahead, and ends after that, but not for ever after."""
        if not (self.starts_at and self.ends_at):
            return
        if abs(self.starts_at.year - timezone.localdate().year) > FURTHEST_YEARS:
            raise ValidationError({"starts_at": TOO_FAR})
        if self.ends_at <= self.starts_at:
            raise ValidationError({"ends_at": END_AFTER_START})
        if self.ends_at - self.starts_at > LONGEST_LEAVE:
            raise ValidationError({"ends_at": LEAVE_TOO_LONG})
        if self.kind == Kind.EXTRA and self.ends_at - self.starts_at > LONGEST_EXTRA:
            raise ValidationError({"ends_at": EXTRA_TOO_LONG})
