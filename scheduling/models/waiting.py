"""The waiting list: who wishes for a visit that is not free yet."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from scheduling.models.appointments import Appointment, fact
from scheduling.models.availability import END_AFTER_START, Weekday
from scheduling.models.branches import Branch
from scheduling.models.types import AppointmentType


class Status(models.TextChoices):
    """Where a wish stands (FHIR Appointment.status `waitlist` and what follows it)."""

    WAITLIST = "waitlist", _("Waiting")
    PROPOSED = "proposed", _("A time is offered")
    BOOKED = "booked", _("Booked")
    CANCELLED = "cancelled", _("Taken off the list")


class Priority(models.IntegerChoices):
    """Who is asked first (FHIR request priority: asap, urgent, routine)."""

    ASAP = 1, _("As soon as possible")
    URGENT = 2, _("Urgent")
    ROUTINE = 3, _("Ordinary")


# The states of a wish that is not settled.
OPEN = (Status.WAITLIST, Status.PROPOSED)


class WaitingListEntryQuerySet(EntityQuerySet):
    """Words for the waiting list."""

    def open(self) -> Self:
        """Wishes that are not settled, in the order in which they are served."""
        return self.filter(status__in=OPEN).in_turn()

    def waiting(self) -> Self:
        """Wishes without an offer of people who are let in, in the order in which they are served."""
        in_time = Q(last_day__isnull=True) | Q(last_day__gte=timezone.localdate())
        let_in = Q(patient__in=PatientProfile.objects.active())
        return self.filter(in_time, let_in, status=Status.WAITLIST).in_turn()

    def over(self) -> Self:
        """Wishes whose last day has passed without an offer."""
        return self.filter(status=Status.WAITLIST, last_day__lt=timezone.localdate())

    def settled(self) -> Self:
        """Wishes that were fulfilled or taken off, latest first."""
        return self.exclude(status__in=OPEN).order_by("-created_at", "-id")

    def in_turn(self) -> Self:
        """By priority, then by waiting time."""
        return self.order_by("priority", "created_at", "id")

    def for_doctor(self, doctor: DoctorProfile) -> Self:
        """Wishes that `doctor` can fulfil."""
        anybody = Q(doctor__isnull=True, specialisation=doctor.specialisation)
        return self.filter(Q(doctor=doctor) | anybody)

    def visible_to(self, member: Member | None) -> Self:
        """The whole list for the clinic, for a patient the own wishes."""
        if member is None or member.may("scheduling.view_waiting_list"):
            return self
        return self.filter(patient_id=member.pk)

    def with_people(self) -> Self:
        """With the names of patient and doctor and the time that is offered."""
        return self.select_related(
            "patient__member",
            "doctor__member",
            "appointment_type",
            "appointment__doctor__member",
            "branch",
        )


class WaitingListEntry(Stateful, Entity):
    """A patient's wish for a visit: with whom, on which days, at what times, until when."""

    Status = Status
    Priority = Priority
    TRANSITIONS = Transitions(
        ("offer_time", {Status.WAITLIST}, Status.PROPOSED),
        ("accept_offer", {Status.PROPOSED}, Status.BOOKED),
        ("return_to_waiting_list", {Status.PROPOSED}, Status.WAITLIST),
        ("leave_waiting_list", {Status.WAITLIST, Status.PROPOSED}, Status.CANCELLED),
    )

    patient = models.ForeignKey(
        PatientProfile, on_delete=models.PROTECT, related_name="wishes", verbose_name=_("patient")
    )
    doctor = models.ForeignKey(
        DoctorProfile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wishes",
        verbose_name=_("doctor"),
    )
    specialisation = models.CharField(_("specialisation"), max_length=200, blank=True)
    appointment_type = models.ForeignKey(
        AppointmentType,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="wishes",
        verbose_name=_("kind of visit"),
    )
    # A wish for the main branch names no branch, like a visit there; it just does not suit elsewhere.
    any_branch = models.BooleanField(_("any branch"), default=True)
    branch = models.ForeignKey(
        Branch,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("branch"),
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday.choices),
        default=list,
        blank=True,
        verbose_name=_("days"),
        help_text=_("None chosen: any day."),
    )
    earliest_time = models.TimeField(_("not before"), null=True, blank=True)
    latest_time = models.TimeField(_("not after"), null=True, blank=True)
    first_day = models.DateField(_("from"), default=timezone.localdate)
    last_day = models.DateField(_("until"), null=True, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.ROUTINE
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    status = models.CharField(
        _("state"), max_length=10, choices=Status.choices, default=Status.WAITLIST, editable=False
    )
    # The time that is offered, or was taken; offers that lapsed are cancelled appointments of this source.
    appointment = models.OneToOneField(
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="wish",
        verbose_name=_("visit"),
    )
    lapsed_offers = models.PositiveSmallIntegerField(_("offers not answered"), default=0, editable=False)
    added_by = actor(_("entered by"))
    cancelled_at = fact(_("taken off at"))

    objects = WaitingListEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("wish on the waiting list")
        verbose_name_plural = _("waiting list")
        ordering = ("priority", "created_at", "id")
        constraints = (
            one_of("status", Status, "waiting_list_entry_status"),
            exactly_when("cancelled_at", "status", [Status.CANCELLED], "waiting_list_entry_cancelled"),
            exactly_when(
                "appointment", "status", [Status.PROPOSED, Status.BOOKED], "waiting_list_entry_appointment"
            ),
            models.CheckConstraint(
                condition=Q(doctor__isnull=False) | ~Q(specialisation=""),
                name="waiting_list_entry_whom",
                violation_error_message=_("Choose a doctor or a specialisation."),
            ),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=3),
                name="waiting_list_entry_priority",
                violation_error_message=_("Choose one of the values offered."),
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=list(Weekday.values)),
                name="waiting_list_entry_weekdays",
                violation_error_message=_("Choose a day of the week."),
            ),
            models.CheckConstraint(
                condition=Q(earliest_time__isnull=True)
                | Q(latest_time__isnull=True)
                | Q(latest_time__gt=F("earliest_time")),
                name="waiting_list_entry_times",
                violation_error_message=END_AFTER_START,
            ),
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="waiting_list_entry_days",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(any_branch=False) | Q(branch__isnull=True),
                name="waiting_list_entry_branch",
                violation_error_message=_("Choose any branch, or one."),
            ),
            models.UniqueConstraint(
                fields=["patient", "doctor", "specialisation"],
                condition=Q(status__in=OPEN),
                nulls_distinct=False,
                name="waiting_list_entry_once",
                violation_error_message=_("This patient is already waiting for the same."),
            ),
        )
        indexes = (
            models.Index(
                fields=["priority", "created_at", "id"],
                condition=Q(status=Status.WAITLIST),
                name="waiting_list_entry_turn",
            ),
        )

    def __str__(self) -> str:
        return f"{self.patient} {self.created_at:%Y-%m-%d}"

    @property
    def whom(self) -> str:
        """With whom, in words."""
        if self.doctor:
            return str(self.doctor)
        return str(_("Any doctor: %(specialisation)s") % {"specialisation": self.specialisation})

    @property
    def days(self) -> list[str]:
        """The days of the week that suit, in words; none when any does."""
        return [str(Weekday(day).label) for day in sorted(self.weekdays)]

    @property
    def starts_later(self) -> bool:
        """Whether its first day is still to come."""
        return self.first_day > timezone.localdate()

    @property
    def is_open(self) -> bool:
        """Whether it is not settled."""
        return self.status in OPEN

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed without an offer."""
        is_waiting = self.status == Status.WAITLIST
        return bool(is_waiting and self.last_day and self.last_day < timezone.localdate())

    def clean(self) -> None:
        """It says with whom; its days and times have an end after their start."""
        problems = {}
        if not (self.doctor_id or self.specialisation):
            problems["doctor"] = _("Choose a doctor or a specialisation.")
        if self.earliest_time and self.latest_time and self.latest_time <= self.earliest_time:
            problems["latest_time"] = END_AFTER_START
        if self.first_day and self.last_day and self.last_day < self.first_day:
            problems["last_day"] = _("The last day must not be before the first.")
        if self.last_day and self.last_day < timezone.localdate():
            problems["last_day"] = _("This day has passed.")
        if problems:
            raise ValidationError(problems)
