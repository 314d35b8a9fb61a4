"""Which free times suit those who wait."""

import datetime
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.members.models import DoctorProfile
from scheduling.models import Appointment, BookingPolicy, Slot, Source, WaitingListEntry, free_slots
from scheduling.models.slots import Terms

# Nobody can be reached, decide and come within less.
LEAST_NOTICE = datetime.timedelta(minutes=30)


class Local(NamedTuple):
    """A free time as the clinic's clocks show it."""

    slot: Slot
    starts: datetime.datetime
    ends: datetime.datetime


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
        self._free: dict[UUID | None, dict[UUID, list[Local]]] = {}
        self._given: list[Slot] = []
        self._offered = _offered_before(entries)

    def for_wish(self, entry: WaitingListEntry) -> Iterator[Slot]:
        """The times that would suit and were not offered to the same patient before, soonest first."""
        free = self._of_kind(entry.appointment_type_id)
        times = list(chain.from_iterable(free.get(pk, ()) for pk in self._wanted(entry)))
        for time in sorted(times, key=lambda time: time.slot.starts_at):
            slot = time.slot
            is_new = (entry.patient_id, slot.doctor_id, slot.starts_at) not in self._offered
            if is_new and fits(entry, time) and not any(_overlap(slot, given) for given in self._given):
                yield slot

    def give_away(self, slot: Slot) -> None:
        """Note that the time is offered now."""
        self._given.append(slot)

    def _wanted(self, entry: WaitingListEntry) -> list[UUID]:
        """The doctor who is wished for, or those of the specialisation whom patients may book."""
        if entry.doctor_id:
            return [entry.doctor_id]
        return [
            doctor.pk
            for doctor in self.doctors.values()
            if doctor.is_bookable and doctor.specialisation == entry.specialisation
        ]

    def _of_kind(self, type_id: UUID | None) -> dict[UUID, list[Local]]:
        if type_id not in self._free:
            soonest, found = timezone.now() + LEAST_NOTICE, self._free.setdefault(type_id, {})
            for slot in free_slots(self.doctors, *self.days, terms=Terms(type_id, by_patient=True)):
                if slot.starts_at >= soonest:
                    found.setdefault(slot.doctor_id, []).append(_local(slot))
        return self._free[type_id]


def fits(entry: WaitingListEntry, time: Local) -> bool:
    """Whether a time lies on the days and hours wished for, by the clinic's clocks."""
    day, until = time.starts.date(), entry.latest_time
    return (
        (not entry.weekdays or day.isoweekday() in entry.weekdays)
        and entry.first_day <= day
        and (entry.last_day is None or day <= entry.last_day)
        and (entry.earliest_time is None or time.starts.time() >= entry.earliest_time)
        and (until is None or (day == time.ends.date() and time.ends.time() <= until))
    )


def _local(slot: Slot) -> Local:
    return Local(slot, timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at))


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
