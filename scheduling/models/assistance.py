"""What agents did for their patients: a log to which lines are only added."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Count, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import AgentAssignment, AgentProfile, Member, PatientProfile
from accounts.members.models.member import actor
from clinic.models import Entity, EntityQuerySet, one_of
from scheduling.models.appointments import Appointment
from scheduling.models.clocks import bounds


class AssistanceKind(models.TextChoices):
    """What was done."""

    CALL = "call", _("Call")
    VISIT = "visit", _("Visit to the patient")
    TRANSPORT = "transport", _("Transport")
    OTHER = "other", _("Something else")
    REGISTRATION = "registration", _("Registered the patient")
    BOOKING = "booking", _("Booked a visit")
    MOVE = "move", _("Moved a visit")
    CANCELLATION = "cancellation", _("Called a visit off")


# What agents write down themselves; the others are written by what they do here.
BY_HAND = ("call", "visit", "transport", "other")


class AssistanceQuerySet(EntityQuerySet):
    """Words for what agents did."""

    def visible_to(self, member: Member) -> Self:
        """All for those who look after agents; for an agent, what concerns the patients it has."""
        if member.may("scheduling.view_agents"):
            return self
        own = AgentAssignment.objects.in_force().filter(agent_id=member.pk)
        return self.filter(agent_id=member.pk, patient_id__in=own.values("patient_id"))

    def between(self, first: datetime.date | None, last: datetime.date | None) -> Self:
        """What was done on the clinic's days `first` to `last`; either may be left open."""
        found = self.filter(happened_at__gte=bounds(first, first)[0]) if first else self
        return found.filter(happened_at__lt=bounds(last, last)[1]) if last else found

    def of_outer(self, **keys: str) -> Self:
        """Those of the outer statement's row, by these of its columns."""
        return self.order_by().filter(**{name: OuterRef(column) for name, column in keys.items()})

    def with_people(self) -> Self:
        """With the patient's and the agent's names, and the visit it was about."""
        return self.select_related("agent__member", "patient__member", "appointment")


class Assistance(Entity):
    """Something an agent did for a patient. Nothing about illness belongs here."""

    Kind = AssistanceKind

    # The three together are one assignment (migration 0101).
    assignment = models.ForeignKey(
        AgentAssignment, models.PROTECT, related_name="assistances", verbose_name=_("assignment")
    )
    agent = models.ForeignKey(
        AgentProfile, models.PROTECT, related_name="+", db_index=False, verbose_name=_("agent")
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="+", db_index=False, verbose_name=_("patient")
    )
    kind = models.CharField(_("what was done"), max_length=20, choices=AssistanceKind.choices)
    happened_at = models.DateTimeField(_("when"))
    note = models.CharField(_("note"), max_length=500, blank=True)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("visit")
    )
    written_by = actor(_("written by"))

    objects = AssistanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent's help")
        verbose_name_plural = _("agents' log")
        ordering = ("-happened_at", "-id")
        constraints = (
            one_of("kind", AssistanceKind, "scheduling_assistance_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=[*BY_HAND, "registration"]) | Q(appointment__isnull=False),
                name="scheduling_assistance_visit",
                violation_error_message=_("Say which visit it was."),
            ),
        )
        indexes = (
            models.Index(fields=["agent", "happened_at"], name="scheduling_help_of_agent"),
            models.Index(fields=["patient", "agent", "happened_at"], name="scheduling_help_of_patient"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {timezone.localtime(self.happened_at):%Y-%m-%d}"


def last_contact(**keys: str) -> Subquery:
    """When the agent last did anything, for the row of the outer statement that `keys` name."""
    found = Assistance.objects.of_outer(**keys).values("agent_id")
    return Subquery(found.annotate(last=Max("happened_at")).values("last"))


def counted(helped: Any, **keys: str) -> Coalesce:
    """How many of these lines belong to the row of the outer statement."""
    found = helped.of_outer(**keys).values("agent_id")
    return Coalesce(Subquery(found.annotate(number=Count("pk")).values("number")), 0)


def at_work(assignments: Any, helped: Any = None) -> Any:
    """Assignments with what the agent did: `bookings` and `helped` among the lines given, `last_contact`."""
    lines = Assistance.objects.all() if helped is None else helped
    pair = {"agent_id": "agent_id", "patient_id": "patient_id"}
    return assignments.with_people().annotate(
        bookings=counted(lines.filter(kind=AssistanceKind.BOOKING), **pair),
        helped=counted(lines, **pair),
        last_contact=last_contact(**pair),
    )


def agents_at_work(helped: Any) -> Any:
    """The clinic's agents with how many patients each has, and what it did among the lines given."""
    own = AgentAssignment.objects.in_force().order_by().filter(agent=OuterRef("pk")).values("agent_id")
    return AgentProfile.objects.with_people().annotate(
        patients=Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0),
        bookings=counted(helped.filter(kind=AssistanceKind.BOOKING), agent_id="pk"),
        helped=counted(helped, agent_id="pk"),
        last_contact=last_contact(agent_id="pk"),
    )


def next_visit() -> Subquery:
    """When the patient of the outer assignment comes next by a booking of its agent."""
    coming = Appointment.objects.coming().order_by()
    own = coming.filter(agent=OuterRef("agent_id"), patient=OuterRef("patient_id")).values("patient_id")
    return Subquery(own.annotate(first=Min("starts_at")).values("first"))
