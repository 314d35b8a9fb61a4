"""What would become of visits at wanted times: which are free, what is in the way, and what there is instead.

Nothing is written: this is shown before saving, and the booking itself asks again.
"""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.models import Refusal
from scheduling.models import Appointment, AvailabilityException, ClosingDay, Slot, free_slots
from scheduling.models.clocks import bounds
from scheduling.models.slots import Terms, usual_visit
from scheduling.services.times import FURTHEST, OUTSIDE_HOURS, OVER, TOO_FAR

MOST_PROPOSED = 3
A_DAY, A_WEEK = datetime.timedelta(days=1), datetime.timedelta(days=7)
# How long a visit is taken to be where nothing says it.
HALF_HOUR = datetime.timedelta(minutes=30)


class Planned(NamedTuple):
    """A visit at a wanted time: what is in its way (nothing: it can be had), and free times of that week."""

    wanted: datetime.datetime
    why: Any = ""
    proposals: tuple[Slot, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether it can be had as it is wanted."""
        return not self.why


class SeriesRefused(Refusal):
    """Nothing was booked or moved: some of the times cannot be had. `refused` says why, by their key."""

    def __init__(self, refused: Mapping[Any, Any]) -> None:
        super().__init__(
            _("Nothing is stored yet: some of the times cannot be had. Choose others where it says so below.")
        )
        self.refused = refused


def weekly(first: datetime.datetime, every_weeks: int, visits: int) -> list[datetime.datetime]:
    """The same time of the same weekday by the clinic's clocks, every so many weeks."""
    return [shifted(first, A_WEEK * every_weeks * number) for number in range(visits)]


def shifted(moment: datetime.datetime, by: datetime.timedelta) -> datetime.datetime:
    """So much later by the clinic's clocks, whatever they do in between."""
    return timezone.make_aware(timezone.make_naive(moment) + by)


def plan_visits(
    doctor: DoctorProfile,
    patient: PatientProfile,
    wanted: Iterable[datetime.datetime],
    terms: Terms,
) -> list[Planned]:
    """Each wanted time with what is in its way and up to three free times of its week, nearest first.

    A fixed number of statements, however many times are wanted. No two rows are proposed the same first.
    """
    times = list(wanted)
    if not times:
        return []
    calendar = _Calendar(doctor, patient, times, terms)
    reasons = [calendar.in_the_way(moment) for moment in times]
    given = {moment for moment, why in zip(times, reasons, strict=True) if not why}
    planned = []
    for moment, why in zip(times, reasons, strict=True):
        proposals = calendar.near(moment, given) if why else ()
        given.update(slot.starts_at for slot in proposals[:1])
        planned.append(Planned(moment, why, proposals))
    return planned


class _Calendar:
    """What doctor, patient and clinic do in the weeks of the wanted times, looked up once."""

    def __init__(
        self,
        doctor: DoctorProfile,
        patient: PatientProfile,
        times: list[datetime.datetime],
        terms: Terms,
    ) -> None:
        today = timezone.localdate()
        self.furthest = timezone.now() + FURTHEST
        days = [timezone.localdate(moment) for moment in times]
        first = max(_monday(min(days)), today)
        last = min(_monday(max(days)) + 6 * A_DAY, today + FURTHEST)
        self.free = free_slots([doctor.pk], first, last, terms=terms)
        self.offered = {slot.starts_at: slot for slot in self.free}
        self.length = _length(self.free, doctor, times[0], terms)
        since, until = bounds(min(first, last), last)
        holding = Appointment.objects.holding().within(since, until).exclude(pk__in=terms.leaving)
        self.of_doctor = list(holding.filter(doctor=doctor))
        self.of_patient = list(holding.filter(patient=patient))
        self.leave = list(
            AvailabilityException.objects.filter(
                doctor=doctor, kind=AvailabilityException.Kind.LEAVE, starts_at__lt=until, ends_at__gt=since
            )
        )
        self.closed = list(
            ClosingDay.objects.observed().filter(first_day__lte=last + A_DAY, last_day__gte=first)
        )

    def in_the_way(self, moment: datetime.datetime) -> Any:
        """Why the visit cannot be at this time, in a sentence; empty when it can."""
        # As an instant: local times of a changing hour do not compare.
        at = moment.astimezone(datetime.UTC)
        if at <= timezone.now():
            return OVER
        if at > self.furthest:
            return TOO_FAR
        if timezone.localtime(at).replace(tzinfo=None) != moment.replace(tzinfo=None):
            return _("The clocks are changed that day: this time does not exist.")
        slot = self.offered.get(at)
        ends_at = slot.ends_at if slot else at + self.length
        if _clash(self.of_patient, at, ends_at):
            return _("The patient has another visit then.")
        return "" if slot else self._why_not_offered(at, ends_at)

    def _why_not_offered(self, moment: datetime.datetime, ends_at: datetime.datetime) -> Any:
        day = timezone.localdate(moment)
        for closing in self.closed:
            if closing.first_day <= day <= closing.last_day:
                return _("The clinic is closed: %(reason)s") % {"reason": closing.name}
        if _clash(self.leave, moment, ends_at):
            return _("The doctor is on leave.")
        if _clash(self.of_doctor, moment, ends_at):
            return _("The doctor has another visit then.")
        return OUTSIDE_HOURS

    def near(self, moment: datetime.datetime, given: set[datetime.datetime]) -> tuple[Slot, ...]:
        """The free times of the same week that suit the patient, nearest first."""
        monday = _monday(timezone.localdate(moment))
        suitable = [
            slot
            for slot in self.free
            if _monday(timezone.localdate(slot.starts_at)) == monday
            and slot.starts_at not in given
            and not _clash(self.of_patient, slot.starts_at, slot.ends_at)
        ]
        return tuple(sorted(suitable, key=lambda slot: abs(slot.starts_at - moment))[:MOST_PROPOSED])


def _length(
    free: list[Slot], doctor: DoctorProfile, moment: datetime.datetime, terms: Terms
) -> datetime.timedelta:
    """How long such a visit takes, for times that are not offered."""
    if free:
        return free[0].ends_at - free[0].starts_at
    usual = usual_visit(doctor.pk, moment, terms.type_id, terms.branch)
    return datetime.timedelta(minutes=usual.minutes) if usual else HALF_HOUR


def _monday(day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=day.weekday())


def _clash(spans: Iterable[Any], starts_at: datetime.datetime, ends_at: datetime.datetime) -> bool:
    return any(
        span.starts_at < ends_at and starts_at < (getattr(span, "busy_until", None) or span.ends_at)
        for span in spans
    )


def minutes_at(
    doctor: DoctorProfile, times: Iterable[datetime.datetime], type_id: UUID | None, terms: Terms
) -> dict[datetime.datetime, int | None]:
    """For each time None where it is offered, otherwise how long such a visit usually takes there."""
    wanted = list(times)
    if not wanted:
        return {}
    days = [timezone.localdate(moment) for moment in wanted]
    today = timezone.localdate()
    last = min(max(days), today + FURTHEST)
    offered = {slot.starts_at for slot in free_slots([doctor.pk], min(days), last, terms=terms)}
    return {
        moment: None if moment in offered else _usual_minutes(doctor, moment, type_id) for moment in wanted
    }


def _usual_minutes(doctor: DoctorProfile, moment: datetime.datetime, type_id: UUID | None) -> int:
    usual = usual_visit(doctor.pk, moment, type_id)
    return usual.minutes if usual else round(HALF_HOUR.total_seconds() / 60)
