"""Which free times suit those who wait."""

import datetime
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.members.models import DoctorProfile
from scheduling.models import Appointment, BookingPolicy, Slot, Source, WaitingListEntry, free_slots
from scheduling.models.slots import Terms

# Nobody can be reached, decide and come within less.
LEAST_NOTICE = datetime.timedelta(minutes=30)


class Local(NamedTuple):
    """A free time as the clinic's clocks show it; what ends on another day ends at the day's very end."""

    slot: Slot
    starts: datetime.time
    ends: datetime.time


Days = list[tuple[datetime.date, list[Local]]]


class FreeTimes:
    """The free times of some doctors, looked up once for each kind of visit, less what was just offered."""

    def __init__(
        self,
        doctors: list[DoctorProfile],
        first: datetime.date,
        last: datetime.date,
        entries: list[WaitingListEntry],
    ) -> None:
        self.doctors = {doctor.pk: doctor for doctor in doctors}
        self.days = (first, last)
        self.hold = datetime.timedelta(minutes=BookingPolicy.objects.current().offer_minutes)
        self._free: dict[UUID | None, list[Slot]] = {}
        self._by_day: dict[tuple[UUID | None, tuple[UUID, ...]], Days] = {}
        self._given: list[Slot] = []
        self._offered = _offered_before(entries)

    def for_wish(self, entry: WaitingListEntry) -> Iterator[Slot]:
        """The times that would suit and were not offered to the same patient before, soonest first."""
        for day, times in self._of(entry.appointment_type_id, self._wanted(entry)):
            if not suits_day(entry, day):
                continue
            for time in times:
                is_there = suits_branch(entry, time.slot)
                if is_there and suits_time(entry, time) and self._is_new(entry, time.slot):
                    yield time.slot

    def give_away(self, slot: Slot) -> None:
        """Note that the time is offered now."""
        self._given.append(slot)

    def _is_new(self, entry: WaitingListEntry, slot: Slot) -> bool:
        if (entry.patient_id, slot.doctor_id, slot.starts_at) in self._offered:
            return False
        return not any(_overlap(slot, given) for given in self._given)

    def _wanted(self, entry: WaitingListEntry) -> tuple[UUID, ...]:
        """The doctor who is wished for, or those of the specialisation whom patients may book."""
        if entry.doctor_id:
            return (entry.doctor_id,)
        return tuple(
            doctor.pk
            for doctor in self.doctors.values()
            if doctor.is_bookable and doctor.specialisation == entry.specialisation
        )

    def _of(self, type_id: UUID | None, doctor_ids: tuple[UUID, ...]) -> Days:
        """The free times of these doctors, day by day."""
        key = (type_id, doctor_ids)
        if key not in self._by_day:
            wanted = [slot for slot in self._of_kind(type_id) if slot.doctor_id in doctor_ids]
            self._by_day[key] = [
                (day, [time for _day, time in times]) for day, times in groupby(map(_local, wanted), _first)
            ]
        return self._by_day[key]

    def _of_kind(self, type_id: UUID | None) -> list[Slot]:
        if type_id not in self._free:
            soonest = timezone.now() + LEAST_NOTICE
            free = free_slots(self.doctors, *self.days, terms=Terms(type_id, by_patient=True))
            self._free[type_id] = sorted(
                (slot for slot in free if slot.starts_at >= soonest), key=lambda slot: slot.starts_at
            )
        return self._free[type_id]


def suits_day(entry: WaitingListEntry, day: datetime.date) -> bool:
    """Whether a day is one of those wished for."""
    return (
        (not entry.weekdays or day.isoweekday() in entry.weekdays)
        and entry.first_day <= day
        and (entry.last_day is None or day <= entry.last_day)
    )


def suits_branch(entry: WaitingListEntry, slot: Slot) -> bool:
    """Whether a time is at the branch that is wished for."""
    return entry.any_branch or entry.branch == slot.branch


def suits_time(entry: WaitingListEntry, time: Local) -> bool:
    """Whether a time lies within the hours wished for, by the clinic's clocks."""
    return (entry.earliest_time is None or time.starts >= entry.earliest_time) and (
        entry.latest_time is None or time.ends <= entry.latest_time
    )


def _local(slot: Slot) -> tuple[datetime.date, Local]:
    starts, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    is_over_that_day = ends.date() == starts.date()
    return starts.date(), Local(slot, starts.time(), ends.time() if is_over_that_day else datetime.time.max)


def _first(pair: tuple[datetime.date, Local]) -> datetime.date:
    return pair[0]


def _overlap(one: Slot, other: Slot) -> bool:
    return one.doctor_id == other.doctor_id and (
        one.starts_at < (other.busy_until or other.ends_at)
        and other.starts_at < (one.busy_until or one.ends_at)
    )


def _offered_before(entries: list[WaitingListEntry]) -> set[tuple[UUID, UUID, datetime.datetime]]:
    offers = Appointment.objects.filter(
        patient__in=[entry.patient_id for entry in entries],
        source=Source.WAITLIST,
        starts_at__gt=timezone.now(),
    )
    return set(offers.values_list("patient_id", "doctor_id", "starts_at"))
