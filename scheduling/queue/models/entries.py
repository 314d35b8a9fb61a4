"""A person in the queue: the number, how urgent it is, and how far it got."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.members.models import PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions
from scheduling.queue.models.departments import Department


class Status(models.TextChoices):
    """How far somebody in the queue got."""

    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    IN_PROGRESS = "in_progress", _("Being seen")
    COMPLETED = "completed", _("Done")
    LEFT = "left", _("Left")


class Priority(models.IntegerChoices):
    """Who is called first (FHIR request priority: stat, urgent, routine)."""

    EMERGENCY = 1, _("Emergency")
    URGENT = 2, _("Urgent")
    ROUTINE = 3, _("Ordinary")


OPEN = (Status.WAITING, Status.CALLED, Status.IN_PROGRESS)
HERE = (Status.CALLED, Status.IN_PROGRESS)
SEEN = (Status.IN_PROGRESS, Status.COMPLETED)
FACTS_OF_STATE = _("This state and its facts do not belong together.")


def fact(label: Any) -> models.DateTimeField:
    """When a step happened; empty until then."""
    return models.DateTimeField(label, null=True, blank=True, editable=False)


class QueueEntryQuerySet(EntityQuerySet):
    """Words for the queue."""

    def on(self, day: datetime.date) -> Self:
        """The tickets of one of the clinic's days."""
        return self.filter(day=day)

    def today(self) -> Self:
        """The tickets of the clinic's present day."""
        return self.on(timezone.localdate())

    def open(self) -> Self:
        """Those who are not done and have not left."""
        return self.filter(status__in=OPEN)

    def left_over(self) -> Self:
        """Those of earlier days whom nobody ever called to an end."""
        return self.open().filter(day__lt=timezone.localdate())

    def waiting(self) -> Self:
        """Those who wait to be called, in the order in which they are."""
        return self.filter(status=Status.WAITING).in_turn()

    def in_turn(self) -> Self:
        """By priority, then by time."""
        return self.order_by("priority", "turn_at", "id")

    def here(self) -> Self:
        """Those who are called or being seen, the latest call first."""
        return self.filter(status__in=HERE).order_by("-called_at")

    def before(self, entry: "QueueEntry") -> Self:
        """Those who wait for the same and are called earlier."""
        sooner = Q(priority__lt=entry.priority)
        same = Q(priority=entry.priority)
        earlier = Q(turn_at__lt=entry.turn_at) | Q(turn_at=entry.turn_at, id__lt=entry.pk)
        ours = self.filter(department=entry.department_id, day=entry.day, status=Status.WAITING)
        return ours.filter(sooner | (same & earlier))

    def with_people(self) -> Self:
        """With the names of department and patient, in the same statement."""
        return self.select_related("department", "patient__member")


class QueueEntry(Stateful, Entity):
    """Somebody without an appointment who waits before a department (FHIR Encounter, status `arrived`)."""

    Status = Status
    Priority = Priority
    TRANSITIONS = Transitions(
        ("call_next", {Status.WAITING}, Status.CALLED),
        ("recall_entry", {Status.CALLED}, Status.CALLED),
        ("begin_service", {Status.CALLED}, Status.IN_PROGRESS),
        ("complete_entry", {Status.IN_PROGRESS}, Status.COMPLETED),
        ("return_to_queue", {Status.CALLED}, Status.WAITING),
        ("leave_queue", {Status.WAITING, Status.CALLED, Status.IN_PROGRESS}, Status.LEFT),
    )

    department = models.ForeignKey(
        Department,
        on_delete=models.PROTECT,
        related_name="entries",
        db_index=False,
        verbose_name=_("department"),
    )
    day = models.DateField(_("day"), default=timezone.localdate, editable=False)
    number = models.PositiveIntegerField(_("number"), editable=False)
    token = models.CharField(_("ticket"), max_length=12, editable=False)
    patient = models.ForeignKey(
        PatientProfile,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
        verbose_name=_("patient"),
    )
    name = models.CharField(
        _("name"), max_length=100, blank=True, help_text=_("Of somebody who is not registered.")
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.ROUTINE
    )
    status = models.CharField(
        _("state"), max_length=12, choices=Status.choices, default=Status.WAITING, editable=False
    )
    room = models.CharField(_("room"), max_length=40, blank=True, editable=False)
    # What the slip said; empty when it was not known.
    estimated_minutes = models.PositiveSmallIntegerField(
        _("estimated wait in minutes"), null=True, blank=True, editable=False
    )
    taken_by = actor(_("handed out by"))
    # Whoever was called and did not come starts again behind the others.
    turn_at = models.DateTimeField(_("in turn since"), default=timezone.now, editable=False)
    calls = models.PositiveSmallIntegerField(_("times called"), default=0, editable=False)
    called_at = fact(_("called at"))
    called_by = actor(_("called by"))
    started_at = fact(_("seen from"))
    completed_at = fact(_("done at"))
    left_at = fact(_("left at"))

    objects = QueueEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        ordering = ("-day", "created_at")
        constraints = (
            one_of("status", Status, "queue_entry_status"),
            models.CheckConstraint(
                condition=Q(priority__gte=1, priority__lte=3),
                name="queue_entry_priority",
                violation_error_message=_("Choose one of the values offered."),
            ),
            models.CheckConstraint(
                condition=Q(patient__isnull=True) | Q(name=""),
                name="queue_entry_whose",
                violation_error_message=_("Choose a patient or write a name, not both."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.LEFT)
                | Q(status=Status.WAITING, called_at__isnull=True, room="")
                | (Q(status__in=(*HERE, Status.COMPLETED), called_at__isnull=False) & ~Q(room="")),
                name="queue_entry_called",
                violation_error_message=FACTS_OF_STATE,
            ),
            models.CheckConstraint(
                condition=Q(status=Status.LEFT)
                | Q(status__in=SEEN, started_at__isnull=False)
                | (~Q(status__in=SEEN) & Q(started_at__isnull=True)),
                name="queue_entry_started",
                violation_error_message=FACTS_OF_STATE,
            ),
            exactly_when("completed_at", "status", [Status.COMPLETED], "queue_entry_completed"),
            exactly_when("left_at", "status", [Status.LEFT], "queue_entry_left"),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(completed_at__gte=F("started_at")),
                name="queue_entry_ends_after_start",
                violation_error_message=FACTS_OF_STATE,
            ),
            models.UniqueConstraint(
                fields=["department", "day", "number"],
                name="queue_entry_number",
                violation_error_message=_("This number has been handed out."),
            ),
            models.UniqueConstraint(
                fields=["day", "token"],
                name="queue_entry_token",
                violation_error_message=_("This number has been handed out."),
            ),
            models.UniqueConstraint(
                fields=["department", "day", "patient"],
                condition=Q(status__in=OPEN),
                name="queue_entry_once",
                violation_error_message=_("This patient already has a number here today."),
            ),
            models.UniqueConstraint(
                "day",
                Lower("room"),
                condition=Q(status=Status.CALLED),
                name="queue_entry_room",
                violation_error_message=_(
                    "Somebody is already called to this room. Say first whether they came."
                ),
            ),
        )
        indexes = (
            models.Index(
                fields=["department", "day", "priority", "turn_at", "id"],
                condition=Q(status=Status.WAITING),
                name="queue_entry_turn",
            ),
        )

    def __str__(self) -> str:
        return f"{self.token} {self.day:%Y-%m-%d}"

    @property
    def person(self) -> str:
        """Who it is, as far as that is known."""
        return self.patient.name if self.patient else self.name

    @property
    def wait_told(self) -> str:
        """What the slip says of the wait."""
        return wait_in_words(self.estimated_minutes)

    @property
    def waited(self) -> int | None:
        """The minutes until the last call."""
        return minutes_between(self.created_at, self.called_at)

    @property
    def took(self) -> int | None:
        """The minutes with whoever saw them."""
        return minutes_between(self.started_at, self.completed_at)


def minutes_between(begun: datetime.datetime | None, ended: datetime.datetime | None) -> int | None:
    """Whole minutes from one to the other, once both have happened."""
    return round((ended - begun) / datetime.timedelta(minutes=1)) if begun and ended else None


def wait_in_words(minutes: int | None) -> str:
    """A wait as it is told to people; None is not known."""
    if minutes is None:
        return gettext("not known yet")
    if minutes == 0:
        return gettext("no wait")
    hours, rest = divmod(minutes, 60)
    if not hours:
        return gettext("about %(minutes)d min") % {"minutes": rest}
    return gettext("about %(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": rest}
