"""Words for the clinic's calendar: which appointments, loaded how."""

import datetime
import hashlib
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, Func, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.members.models import AgentAssignment, AssignmentStatus, DoctorProfile, Member, PatientProfile
from clinic.models import EntityQuerySet
from scheduling.models.clocks import bounds
from scheduling.models.states import HOLDING, SEEN, UNCONFIRMED, Source, Status
from scheduling.models.stranded import StrandedIds

LONGEST_VISIT = datetime.timedelta(days=1)
# How long after the visit the patient's link still opens it.
TOKEN_LIFE = datetime.timedelta(days=30)


def hashed(token: str) -> str:
    """What is stored of a link's token."""
    return hashlib.sha256(token.encode()).hexdigest()


class AppointmentQuerySet(EntityQuerySet):
    """Words for the clinic's calendar."""

    def on(self, day: datetime.date) -> Self:
        """Appointments that start on the clinic's local `day`."""
        return self.between(day, day)

    def between(self, first: datetime.date, last: datetime.date) -> Self:
        """Appointments that start on the clinic's local days `first` to `last`."""
        begins, ends = bounds(first, last)
        return self.filter(starts_at__gte=begins, starts_at__lt=ends)

    def seen_in_calendar(self) -> Self:
        """Those that hold their time or held it to the end; what was called off or moved is not drawn."""
        return self.filter(status__in=SEEN)

    def counted_by_day(self, days: list[datetime.date]) -> dict[tuple[int, str], int]:
        """How many there are by number of the day (days in a row) and state. One statement."""
        begins = [str(bounds(day, day)[0]) for day in days]
        edges = Cast(Value(begins), ArrayField(DateTimeField()))
        # The days' beginnings as our own clocks know them; the database's may be of another year.
        number = Func("starts_at", edges, function="width_bucket", output_field=IntegerField())
        rows = self.between(days[0], days[-1]).order_by().annotate(number=number - 1)
        counts = rows.values("number", "status").annotate(count=Count("pk"))
        return {(row["number"], row["status"]): row["count"] for row in counts}

    def for_doctor(self, doctor: DoctorProfile | None) -> Self:
        """Appointments with `doctor`; with nobody in particular, all."""
        return self.filter(doctor=doctor) if doctor else self

    def at(self, spot: Any) -> Self:
        """Appointments in a room, or at a branch (None: the main one); without a spot, all."""
        if spot is None:
            return self
        return self.filter(room=spot.room) if spot.room else self.filter(branch=spot.branch)

    def for_patient(self, patient: PatientProfile) -> Self:
        """Appointments of `patient`."""
        return self.filter(patient=patient)

    def holding(self) -> Self:
        """Appointments whose time nobody else can have."""
        return self.filter(status__in=HOLDING)

    def within(self, starts_at: datetime.datetime, ends_at: datetime.datetime) -> Self:
        """Appointments that share a moment with the given time."""
        return self.filter(
            starts_at__gt=starts_at - LONGEST_VISIT, starts_at__lt=ends_at, ends_at__gt=starts_at
        )

    def coming(self) -> Self:
        """Appointments that still hold a time that is not over, soonest first."""
        now = timezone.now()
        unended = self.holding().filter(starts_at__gt=now - LONGEST_VISIT, ends_at__gt=now)
        return unended.order_by("starts_at")

    def in_the_way(self) -> Self:
        """Whatever holds a time, not yet over, at which the doctor is on leave or the clinic is closed."""
        return self.filter(pk__in=StrandedIds()).order_by("starts_at", "pk")

    def stranded(self) -> Self:
        """The visits in the way of leave or closing days, whose patients expect to be seen."""
        return self.in_the_way().exclude(status=Status.PROPOSED)

    def counted(self) -> Any:
        """How many they are, as a number for another statement to ask along; nothing when there are none."""
        return self.order_by().values(one=Value(1)).annotate(count=Count("pk")).values("count")

    def past(self) -> Self:
        """All that are not coming any more, latest first."""
        return self.exclude(status__in=HOLDING, ends_at__gt=timezone.now()).order_by("-starts_at")

    def awaiting_confirmation(self) -> Self:
        """Requests the clinic has not answered, soonest visit first."""
        return self.filter(status=Status.PENDING).order_by("starts_at")

    def unconfirmed_requests(self) -> Self:
        """Requests from the public page that neither the patient nor the clinic has confirmed."""
        return self.filter(
            status=Status.PENDING, source=Source.PUBLIC, patient_confirmed_at__isnull=True
        ).order_by()

    def overdue_holds(self) -> Self:
        """Unconfirmed appointments whose deadline has passed."""
        return self.filter(status__in=UNCONFIRMED, held_until__lte=timezone.now())

    def missed(self, after: datetime.timedelta, since: datetime.datetime | None = None) -> Self:
        """Booked visits to which nobody came, and which have been over for longer than `after`.

        Only those that ended after `since`: nobody could note an arrival while the clinic could only be read.
        """
        over = self.filter(status=Status.BOOKED, ends_at__lt=timezone.now() - after)
        return (over.filter(ends_at__gt=since) if since else over).order_by("starts_at")

    def visible_to(self, member: Member | None) -> Self:
        """What `member` may see: the whole calendar with the day sheet, otherwise the own visits.

        An agent sees what it booked for those who are its patients now.
        """
        if member is None or member.may("scheduling.view_day"):
            return self
        if member.may("scheduling.view_my_patients"):
            own = AgentAssignment.objects.in_force().filter(agent_id=member.pk)
            return self.filter(agent_id=member.pk, patient_id__in=own.values("patient_id"))
        return self.filter(Q(patient_id=member.pk) | Q(doctor_id=member.pk))

    def brought_by(self, agent: Member) -> Self:
        """What the agent booked for those it has or asked to have, under the names that it may know.

        `known_as` is what the agent called the person, and empty once the clinic has said yes.
        """
        running = AgentAssignment.objects.running().filter(agent_id=agent.pk, patient=OuterRef("patient"))
        asked = running.filter(status=AssignmentStatus.REQUESTED).order_by()
        own = AgentAssignment.objects.running().filter(agent_id=agent.pk)
        found = self.filter(agent_id=agent.pk, patient_id__in=own.values("patient_id"))
        return found.annotate(known_as=Subquery(asked.values("given_as")))

    def by_token(self, token: str) -> Self:
        """The appointment a link was sent for, until a month after the visit."""
        recent = timezone.now() - TOKEN_LIFE
        return self.filter(token_hash=hashed(token), ends_at__gt=recent)

    def with_people(self) -> Self:
        """With the names of doctor and patient, in the same statement."""
        return self.select_related("doctor__member", "patient__member")

    def with_kind(self) -> Self:
        """With the people, the kind of visit and where it is, as a line of a day shows them."""
        return self.with_people().select_related("appointment_type", "branch", "room")

    def with_history(self) -> Self:
        """With those who took its steps, and the visits it was moved from and to."""
        return self.with_people().select_related(
            "booked_by",
            "confirmed_by",
            "declined_by",
            "cancelled_by",
            "rescheduled_to",
            "rescheduled_from",
            "appointment_type",
            "series",
            "branch",
            "room",
            "agent__member",
        )
