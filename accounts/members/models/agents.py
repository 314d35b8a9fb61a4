"""Which agent looks after which patient, from when until when."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import actor
from accounts.members.models.patient import PatientProfile
from accounts.members.models.staff import AgentProfile
from clinic.models import Entity, EntityQuerySet, Stateful, exactly_when, one_of
from clinic.states import Transitions

if TYPE_CHECKING:
    from accounts.members.models.member import Member


class AssignmentStatus(models.TextChoices):
    """Whether the clinic has said yes, and whether it still holds."""

    REQUESTED = "requested", _("Waits for the clinic")
    ACTIVE = "active", _("Active")
    ENDED = "ended", _("Ended")


# Of these there is one at most for an agent and a patient.
RUNNING = (AssignmentStatus.REQUESTED, AssignmentStatus.ACTIVE)


class AssignmentQuerySet(EntityQuerySet):
    """Words for assignments."""

    def visible_to(self, member: "Member") -> Self:
        """All for those who look patients up; for an agent and for a patient, the own."""
        if member.may("members.view_patients"):
            return self
        return self.filter(Q(agent_id=member.pk) | Q(patient_id=member.pk))

    def running(self) -> Self:
        """Those asked for or given, and not over."""
        today = timezone.localdate()
        return self.filter(Q(until__isnull=True) | Q(until__gte=today), status__in=RUNNING)

    def in_force(self) -> Self:
        """Those by which the agent has the patient today."""
        return self.running().filter(status=AssignmentStatus.ACTIVE, since__lte=timezone.localdate())

    def mine(self, agent: "Member", named: str = "") -> Self:
        """The agent's own patients and those it asked to have, these first; with names like `named`."""
        asked = Q(status=AssignmentStatus.REQUESTED)
        own = Q(status=AssignmentStatus.ACTIVE, since__lte=timezone.localdate())
        if named:
            asked &= Q(given_as__icontains=named)
            own &= Q(patient__member__in=type(agent).objects.named(named))
        found = self.running().filter(asked | own, agent_id=agent.pk)
        return found.order_by("-status", "patient__member__given_name", "patient__member__family_name", "pk")

    def waiting(self) -> Self:
        """Those that the clinic has still to answer, the oldest first."""
        return self.filter(status=AssignmentStatus.REQUESTED).order_by("created_at", "pk")

    def over(self) -> Self:
        """Those whose last day has passed, and which nobody has ended yet."""
        return self.filter(status=AssignmentStatus.ACTIVE, until__lt=timezone.localdate())

    def with_people(self) -> Self:
        """With the names of both."""
        return self.select_related("agent__member", "patient__member")


class AgentAssignment(Stateful, Entity):
    """An agent looks after a patient; before the clinic has said yes, it knows only what it said itself."""

    Status = AssignmentStatus
    TRANSITIONS = Transitions(
        ("accept_assignment", {"requested"}, "active"),
        ("decline_assignment", {"requested"}, "ended"),
        ("end_assignment", {"active"}, "ended"),
    )

    agent = models.ForeignKey(
        AgentProfile, models.PROTECT, related_name="assignments", verbose_name=_("agent"), db_index=False
    )
    patient = models.ForeignKey(
        PatientProfile, models.PROTECT, related_name="assignments", verbose_name=_("patient")
    )
    status = models.CharField(
        _("state"), max_length=10, choices=AssignmentStatus.choices, default=AssignmentStatus.ACTIVE
    )
    since = models.DateField(_("from"), null=True, blank=True)
    until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day. Empty: until somebody ends it.")
    )
    notes = models.TextField(
        _("notes"),
        blank=True,
        max_length=2000,
        help_text=_("The agent reads them: nothing about illness or treatment."),
    )
    # What the agent called the person: all that is shown of the file before the clinic has said yes.
    given_as = models.CharField(_("name as the agent gave it"), max_length=201, blank=True, editable=False)
    assigned_by = actor(_("assigned by"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    ended_by = actor(_("ended by"))
    end_reason = models.CharField(_("reason for the end"), max_length=500, blank=True, editable=False)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("agent's patient")
        verbose_name_plural = _("agents' patients")
        ordering = ("-created_at", "-id")
        constraints = (
            one_of("status", AssignmentStatus, "members_assignment_status"),
            exactly_when("ended_at", "status", ["ended"], "members_assignment_ended"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) & ~Q(end_reason="")
                | Q(ended_at__isnull=True, end_reason="", ended_by__isnull=True),
                name="members_assignment_end_reason",
                violation_error_message=_("Say why it ends."),
            ),
            models.CheckConstraint(
                condition=~Q(status="active") | Q(since__isnull=False),
                name="members_assignment_since",
                violation_error_message=_("Say from which day on."),
            ),
            models.CheckConstraint(
                condition=~Q(status="requested") | ~Q(given_as=""),
                name="members_assignment_given_as",
                violation_error_message=_("Say who the patient is."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="members_assignment_days",
                violation_error_message=_("The last day is not before the first."),
            ),
            models.UniqueConstraint(
                fields=["patient", "agent"],
                condition=Q(status__in=RUNNING),
                name="members_assignment_one_running",
                violation_error_message=_("This agent has the patient already."),
            ),
            # What the log of the agent's help points at (scheduling.Assistance).
            models.UniqueConstraint(fields=["id", "agent", "patient"], name="members_assignment_pair"),
        )
        indexes = (
            models.Index(fields=["agent", "patient", "status"], name="members_assignment_of_agent"),
            models.Index(
                fields=["created_at"], name="members_assignment_waiting", condition=Q(status="requested")
            ),
            models.Index(fields=["until"], name="members_assignment_until", condition=Q(status="active")),
        )

    def __str__(self) -> str:
        return f"{self.agent.name} – {self.patient.name}"

    @property
    def is_new_file(self) -> bool:
        """Whether the patient was unknown here before the agent came."""
        return self.patient.registered_by_id == self.agent_id
