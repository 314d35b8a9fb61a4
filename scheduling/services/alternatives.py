"""Other times for visits that cannot take place: the same doctor's, else a colleague's, the nearest first."""

import datetime
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from heapq import merge
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from accounts.members.models import DoctorProfile
from scheduling.models import Appointment, Slot, free_slots
from scheduling.models.branches import branch_key
from scheduling.models.slots import Terms

# How far around a visit another time is looked for, and how many times of each sort are shown.
LOOK_AHEAD = datetime.timedelta(days=28)
SHOWN = 3
# Who expects to come next week is not moved to this very day.
WARNING = datetime.timedelta(days=1)

Span = tuple[datetime.datetime, datetime.datetime]


class Alternative(NamedTuple):
    """A free time instead of a visit's own."""

    doctor: DoctorProfile
    slot: Slot

    @property
    def value(self) -> str:
        """As a form sends it."""
        return f"{self.doctor.pk} {self.slot.starts_at.isoformat()}"


class Rebooking(NamedTuple):
    """A visit that needs another time; the first of the alternatives is the proposal."""

    visit: Appointment
    same_doctor: list[Alternative]
    colleagues: list[Alternative]

    @property
    def proposal(self) -> Alternative | None:
        """The time that suits best."""
        return next(iter([*self.same_doctor, *self.colleagues]), None)


def rebookings(visits: list[Appointment]) -> list[Rebooking]:
    """For each visit the nearest free times; no two visits are proposed the same one."""
    if not visits:
        return []
    free = _Free(visits)
    proposed = [free.best(visit) for visit in visits]
    return [
        Rebooking(visit, *free.shown(visit, proposal))
        for visit, proposal in zip(visits, proposed, strict=True)
    ]


class _Free:
    """What is free around the visits, looked up once for each kind and place of visit."""

    def __init__(self, visits: list[Appointment]) -> None:
        own = {visit.doctor_id for visit in visits}
        subjects = {visit.doctor.specialisation for visit in visits}
        doctors = DoctorProfile.objects.active().with_people()
        doctors = doctors.filter(Q(pk__in=own) | Q(is_bookable=True, specialisation__in=subjects))
        self.doctors = {doctor.pk: doctor for doctor in doctors}
        self.soonest = timezone.now() + WARNING
        self.slots: dict[Terms, dict[UUID, list[Slot]]] = {}
        for terms in {terms_of(visit) for visit in visits}:
            self.slots[terms] = self._look_up(terms, [visit for visit in visits if terms_of(visit) == terms])
        self.given: dict[UUID, list[Span]] = defaultdict(list)
        self.busy: dict[UUID, list[Span]] = defaultdict(list)
        patients, own_keys = {visit.patient_id for visit in visits}, [visit.pk for visit in visits]
        coming = Appointment.objects.coming().filter(patient__in=patients)
        for patient, *span in coming.exclude(pk__in=own_keys).values_list("patient", "starts_at", "ends_at"):
            self.busy[patient].append((span[0], span[1]))

    def _look_up(self, terms: Terms, visits: list[Appointment]) -> dict[UUID, list[Slot]]:
        days = [timezone.localdate(visit.starts_at) for visit in visits]
        first = max(min(days) - LOOK_AHEAD, timezone.localdate())
        found: dict[UUID, list[Slot]] = defaultdict(list)
        for slot in free_slots(self.doctors, first, max(days) + LOOK_AHEAD, terms=terms):
            found[slot.doctor_id].append(slot)
        return found

    def best(self, visit: Appointment) -> Slot | None:
        """The nearest time nobody else was proposed; from now on it is this visit's."""
        chosen = next(self._nearest(visit, [visit.doctor_id]), None)
        chosen = chosen or next(self._nearest(visit, self._colleagues(visit)), None)
        if chosen:
            self.given[chosen.doctor_id].append((chosen.starts_at, chosen.busy_until or chosen.ends_at))
            self.busy[visit.patient_id].append((chosen.starts_at, chosen.ends_at))
        return chosen

    def shown(self, visit: Appointment, proposal: Slot | None) -> tuple[list[Alternative], list[Alternative]]:
        """The times to choose from, the same doctor's and colleagues': the proposal is the first of all."""
        sorts = []
        for doctors in ([visit.doctor_id], self._colleagues(visit)):
            first = [proposal] if proposal and proposal.doctor_id in doctors else []
            others = self._nearest(visit, doctors)
            found = [*first, *(slot for slot, _place in zip(others, range(SHOWN - len(first)), strict=False))]
            sorts.append([Alternative(self.doctors[slot.doctor_id], slot) for slot in found])
        return sorts[0], sorts[1]

    def _colleagues(self, visit: Appointment) -> list[UUID]:
        subject = visit.doctor.specialisation
        return [
            pk
            for pk, doctor in self.doctors.items()
            if pk != visit.doctor_id and doctor.is_bookable and doctor.specialisation == subject
        ]

    def _nearest(self, visit: Appointment, doctors: Iterable[UUID]) -> Iterator[Slot]:
        """The free times of these doctors around the visit that nobody was proposed, the nearest first."""
        by_doctor, at = self.slots[terms_of(visit)], visit.starts_at
        soonest = min(at, self.soonest)
        streams = [_around(by_doctor[doctor], at) for doctor in doctors]
        for slot in merge(*streams, key=lambda slot: (abs(slot.starts_at - at), slot.starts_at)):
            if abs(slot.starts_at - at) > LOOK_AHEAD:
                return
            taken = _overlaps(slot.starts_at, slot.busy_until or slot.ends_at, self.given[slot.doctor_id])
            its_patient_is_free = not _overlaps(slot.starts_at, slot.ends_at, self.busy[visit.patient_id])
            if slot.starts_at >= soonest and its_patient_is_free and not taken:
                yield slot


def _around(slots: list[Slot], at: datetime.datetime) -> Iterator[Slot]:
    """The times of one doctor, which come in order, the nearest to `at` first."""
    after = bisect_left(slots, at, key=lambda slot: slot.starts_at)
    before = after - 1
    while before >= 0 or after < len(slots):
        is_later = before < 0 or (
            after < len(slots) and slots[after].starts_at - at < at - slots[before].starts_at
        )
        yield slots[after if is_later else before]
        after, before = (after + 1, before) if is_later else (after, before - 1)


def terms_of(visit: Appointment) -> Terms:
    """The kind and the place of a visit, which another time keeps."""
    return Terms(visit.appointment_type_id, visit.mode, branch=branch_key(visit.branch_id))


def _overlaps(starts_at: datetime.datetime, ends_at: datetime.datetime, spans: list[Span]) -> bool:
    return any(starts_at < end and start < ends_at for start, end in spans)
