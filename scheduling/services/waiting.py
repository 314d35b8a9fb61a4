"""The waiting list: a free time goes to one person at a time, in turn, until somebody takes it."""

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from accounts.members.models import DoctorProfile, Member, PatientProfile
from clinic.models import relayed
from scheduling import emails
from scheduling.models import (
    Appointment,
    BookingPolicy,
    Slot,
    Source,
    Status,
    WaitingListEntry,
    free_slots,
)
from scheduling.models.slots import Terms
from scheduling.services.fees import reckoned_fee
from scheduling.services.times import place, refuse_when_closed

# How far ahead the calendar is searched for those who wait, and how many unanswered offers end a wish.
LOOK_AHEAD = datetime.timedelta(days=60)
MOST_LAPSED = 3


@transaction.atomic
def join_waiting_list(*, by: Member | None, patient: PatientProfile, **wish: Any) -> WaitingListEntry:
    """Put a patient on the waiting list (the fields of WaitingListEntry). Raises Refusal.

    A time that is free already is offered at once.
    """
    refuse_when_closed()
    entry = WaitingListEntry(patient=patient, added_by=by, **wish)
    entry.clean()
    with relayed(WaitingListEntry):
        entry.save()
    serve_waiting_list(Q(pk=entry.pk))
    entry.refresh_from_db()
    return entry


@transaction.atomic
def leave_waiting_list(entry: WaitingListEntry, *, by: Member | None) -> WaitingListEntry:
    """Take a wish off the list; a time that was offered goes to the next."""
    locked = WaitingListEntry.objects.locked(entry.pk)
    offer = locked.appointment
    left = locked.move("leave_waiting_list", cancelled_at=timezone.now(), appointment=None)
    if offer:
        offer_freed_time(_declined(offer, by))
    return left


@transaction.atomic
def accept_offer(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Take the time that was offered: the visit is booked and the wish fulfilled, or neither."""
    taken = _locked(appointment).move("accept_offer", held_until=None, patient_confirmed_at=timezone.now())
    _wish_of(taken).move("accept_offer")
    emails.appointment_booked(taken)
    return taken


@transaction.atomic
def decline_offer(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Pass the offered time on to the next; the patient keeps the place on the list."""
    declined = _declined(appointment, by)
    return_to_waiting_list(declined)
    offer_freed_time(declined)
    return declined


def _declined(appointment: Appointment, by: Member | None) -> Appointment:
    return _locked(appointment).move(
        "decline_offer",
        held_until=None,
        cancelled_at=timezone.now(),
        cancelled_by=by,
        cancel_reason=gettext("The offer was declined."),
    )


def return_to_waiting_list(appointment: Appointment, *, lapsed: bool = False) -> None:
    """Let the patient of an offer that came to nothing wait on; whoever never answers does not for ever."""
    wish = _wish_of(appointment).move("return_to_waiting_list", appointment=None)
    if not lapsed:
        return
    wish.lapsed_offers += 1
    wish.save(update_fields=["lapsed_offers"])
    if wish.lapsed_offers >= MOST_LAPSED:
        wish.move("leave_waiting_list", cancelled_at=timezone.now())


def offer_freed_time(appointment: Appointment) -> None:
    """Offer the time that a visit has given up, in the same transaction, before anybody else sees it."""
    if appointment.has_begun:
        return
    doctor = appointment.doctor
    wanted = Q(doctor=doctor) | Q(doctor__isnull=True, specialisation=doctor.specialisation)
    day = timezone.localdate(appointment.starts_at)
    serve_waiting_list(wanted, [doctor.pk], day, day)


@transaction.atomic
def serve_waiting_list(
    wishes: Q | None = None,
    doctor_ids: Iterable[UUID] | None = None,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> list[Appointment]:
    """Offer free times to those who wait for them, each to one person, in turn; return the offers.

    `wishes` and `doctor_ids` narrow who is served and by whom, `first` and `last` the local days.
    Others who serve at the same moment leave our people to us, and we leave theirs to them (SKIP LOCKED).
    """
    waiting = WaitingListEntry.objects.waiting().filter(wishes or Q()).with_people()
    entries = list(waiting.select_for_update(of=("self",), skip_locked=True))
    if not entries:
        return []
    doctors = DoctorProfile.objects.bookable().with_people()
    if doctor_ids is not None:
        doctors = doctors.filter(pk__in=list(doctor_ids))
    today = timezone.localdate()
    free = _Free(list(doctors), first or today, last or today + LOOK_AHEAD)
    return [offer for entry in entries if (offer := _offer(entry, free))]


class _Free:
    """The free times of some doctors, looked up once for each kind of visit, less what was just offered."""

    def __init__(self, doctors: list[DoctorProfile], first: datetime.date, last: datetime.date) -> None:
        self.doctors = {doctor.pk: doctor for doctor in doctors}
        self.days = (first, last)
        self.hold = datetime.timedelta(minutes=BookingPolicy.objects.current().offer_minutes)
        self.by_type: dict[UUID | None, list[Slot]] = {}
        self.given: list[Slot] = []

    def for_wish(self, entry: WaitingListEntry) -> list[Slot]:
        """The times that would suit, soonest first."""
        if entry.appointment_type_id not in self.by_type:
            terms = Terms(entry.appointment_type_id, by_patient=True)
            self.by_type[entry.appointment_type_id] = sorted(
                free_slots(self.doctors, *self.days, terms=terms), key=lambda slot: slot.starts_at
            )
        return [slot for slot in self.by_type[entry.appointment_type_id] if self._suits(entry, slot)]

    def _suits(self, entry: WaitingListEntry, slot: Slot) -> bool:
        doctor = self.doctors[slot.doctor_id]
        if entry.doctor_id:
            is_wanted = entry.doctor_id == doctor.pk
        else:
            is_wanted = entry.specialisation == doctor.specialisation
        return is_wanted and fits(entry, slot) and not any(_overlap(slot, given) for given in self.given)


def fits(entry: WaitingListEntry, slot: Slot) -> bool:
    """Whether a time lies on the days and hours wished for, by the clinic's clocks."""
    starts, ends = timezone.localtime(slot.starts_at), timezone.localtime(slot.ends_at)
    return (
        (not entry.weekdays or starts.isoweekday() in entry.weekdays)
        and entry.first_day <= starts.date()
        and (entry.last_day is None or starts.date() <= entry.last_day)
        and (entry.earliest_time is None or starts.time() >= entry.earliest_time)
        and (entry.latest_time is None or (starts.date() == ends.date() and ends.time() <= entry.latest_time))
    )


def _overlap(one: Slot, other: Slot) -> bool:
    return one.doctor_id == other.doctor_id and (
        one.starts_at < (other.busy_until or other.ends_at)
        and other.starts_at < (one.busy_until or one.ends_at)
    )


def _offer(entry: WaitingListEntry, free: _Free) -> Appointment | None:
    """Offer the first time that suits and was not offered to the same patient before."""
    slots = free.for_wish(entry)
    if not slots:
        return None
    refused = _offered_before(entry)
    for slot in slots:
        if (slot.doctor_id, slot.starts_at) in refused:
            continue
        doctor = free.doctors[slot.doctor_id]
        offer = Appointment(
            doctor=doctor,
            patient=entry.patient,
            status=Status.PROPOSED,
            source=Source.WAITLIST,
            appointment_type=entry.appointment_type,
            booked_by=entry.added_by,
            fee=reckoned_fee(doctor, entry.patient, entry.appointment_type, slot.starts_at),
        )
        place(offer, slot, free.hold)
        if Appointment.objects.insert_unless_taken(offer):
            entry.move("offer_time", appointment=offer)
            free.given.append(slot)
            emails.time_offered(offer)
            return offer
    return None


def _offered_before(entry: WaitingListEntry) -> set[tuple[UUID, datetime.datetime]]:
    offers = Appointment.objects.for_patient(entry.patient).filter(
        source=Source.WAITLIST, starts_at__gt=timezone.now()
    )
    return set(offers.values_list("doctor_id", "starts_at"))


def _locked(appointment: Appointment) -> Any:
    return Appointment.objects.with_people().locked(appointment.pk)


def _wish_of(appointment: Appointment) -> Any:
    return WaitingListEntry.objects.select_for_update(of=("self",)).get(appointment=appointment)
