"""The waiting list: a free time goes to one person at a time, in turn, until somebody takes it.

Whoever frees a time and whoever hands times out does so in turn (`take_turn`), so that two times that
become free at once both find those who wait, and locks are taken in one order: turn, visit, wish.
"""

import datetime
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from clinic.models import Refusal, relayed
from scheduling import emails, news
from scheduling.models import Appointment, Slot, Source, Status, WaitingListEntry
from scheduling.services.fees import reckoned_fee
from scheduling.services.times import (
    FURTHEST,
    TOO_FAR,
    is_patient,
    place,
    refuse_when_closed,
    take_turn,
    takes_bookings,
)
from scheduling.services.wanted import FreeTimes

# How far ahead the calendar is searched for those who wait, and how many unanswered offers end a wish.
LOOK_AHEAD = datetime.timedelta(days=60)
MOST_LAPSED = 3


@transaction.atomic
def join_waiting_list(*, by: Member | None, patient: PatientProfile, **wish: Any) -> WaitingListEntry:
    """Put a patient on the waiting list (the fields of WaitingListEntry). Raises Refusal.

    A time that is free already is offered at once.
    """
    refuse_when_closed()
    take_turn()
    entry = WaitingListEntry(patient=patient, added_by=by, **wish)
    if entry.doctor_id:
        # Who names a doctor wants this one, whatever else the doctor is.
        entry.specialisation = ""
    entry.clean()
    for name in ("first_day", "last_day"):
        day = getattr(entry, name)
        if day and day > timezone.localdate() + FURTHEST:
            raise Refusal(TOO_FAR, name)
    with relayed(WaitingListEntry):
        entry.save()
    serve_waiting_list(WaitingListEntry.objects.filter(pk=entry.pk))
    entry.refresh_from_db()
    return entry


@transaction.atomic
def leave_waiting_list(entry: WaitingListEntry, *, by: Member | None) -> WaitingListEntry:
    """Take a wish off the list; a time that was offered goes to the next."""
    take_turn()
    offer = Appointment.objects.filter(wish=entry.pk, status=Status.PROPOSED).first()
    declined = _give_up(offer, by, gettext("The offer was declined.")) if offer else None
    left = _end(WaitingListEntry.objects.locked(entry.pk))
    if declined:
        news.tell("decline_offer", declined, by=by)
        offer_freed_time(declined)
    return left


@transaction.atomic
def let_wish_go(entry: WaitingListEntry, *, by: Member | None = None) -> WaitingListEntry:
    """Take a wish off the list whose last day has passed, and say so to the patient."""
    take_turn()
    locked = WaitingListEntry.objects.with_people().locked(entry.pk)
    if not locked.is_over:
        raise Refusal(_("This wish may still be fulfilled."))
    gone = _end(locked)
    emails.wish_ended(gone)
    return gone


@transaction.atomic
def accept_offer(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Take the time that was offered: the visit is booked and the wish fulfilled, or neither."""
    refuse_when_closed()
    offer, now = _locked(appointment), timezone.now()
    if offer.held_until and offer.held_until <= now:
        raise Refusal(_("The time was kept until the moment you were told, and has gone to the next person."))
    told = (
        {"patient_confirmed_at": now} if is_patient(offer, by) else {"confirmed_at": now, "confirmed_by": by}
    )
    taken = offer.move("accept_offer", held_until=None, **told)
    _wish_of(taken).move("accept_offer")
    emails.appointment_booked(taken)
    news.tell("accept_offer", taken, by=by)
    return taken


@transaction.atomic
def decline_offer(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Pass the offered time on to the next; the patient keeps the place on the list."""
    take_turn()
    declined = _give_up(appointment, by, gettext("The offer was declined."))
    _wait_on(declined)
    news.tell("decline_offer", declined, by=by)
    offer_freed_time(declined)
    return declined


@transaction.atomic
def withdraw_offer(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Take back an offer that the clinic cannot keep, and say so; the patient keeps the place on the list."""
    take_turn()
    withdrawn = _give_up(appointment, by, gettext("The clinic cannot keep this offer."))
    _wait_on(withdrawn)
    emails.offer_withdrawn(withdrawn)
    news.tell("withdraw_offer", withdrawn, by=by)
    offer_freed_time(withdrawn)
    return withdrawn


def return_to_waiting_list(appointment: Appointment) -> None:
    """Let the patient of an offer that lapsed wait on; whoever never answers does not for ever.

    An offer that the visit's own start cut short is not held against anybody.
    """
    wish = _wait_on(appointment)
    if appointment.cancelled_at and appointment.cancelled_at >= appointment.starts_at:
        return
    wish.lapsed_offers += 1
    wish.save(update_fields=["lapsed_offers"])
    if wish.lapsed_offers >= MOST_LAPSED:
        emails.wish_ended(_end(wish))


def offer_freed_time(appointment: Appointment) -> None:
    """Offer the time that a visit has given up, in the same transaction, before anybody else sees it."""
    if appointment.has_begun:
        return
    doctor = appointment.doctor
    day = timezone.localdate(appointment.starts_at)
    serve_waiting_list(WaitingListEntry.objects.for_doctor(doctor), [doctor.pk], day, day)


def make_the_round() -> list[Appointment]:
    """Offer what became free by itself (new hours, leave taken back); return the offers.

    Who could be served is found before the turn is taken, so that nobody waits for the search.
    """
    entries, free = _search(WaitingListEntry.objects.all(), None, None, None)
    served = [entry.pk for entry in entries if free and next(free.for_wish(entry), None)]
    return serve_waiting_list(WaitingListEntry.objects.filter(pk__in=served)) if served else []


@transaction.atomic
def serve_waiting_list(
    wishes: Any = None,
    doctor_ids: Iterable[UUID] | None = None,
    first: datetime.date | None = None,
    last: datetime.date | None = None,
) -> list[Appointment]:
    """Offer free times to those who wait for them, each to one person, in turn; return the offers.

    `wishes` and `doctor_ids` narrow who is served and by whom, `first` and `last` the local days.
    """
    take_turn()
    wishes = WaitingListEntry.objects.all() if wishes is None else wishes
    entries, free = _search(wishes, doctor_ids, first, last)
    return [offer for entry in entries if free and (offer := _offer(entry, free))]


def _search(
    wishes: Any,
    doctor_ids: Iterable[UUID] | None,
    first: datetime.date | None,
    last: datetime.date | None,
) -> tuple[list[WaitingListEntry], FreeTimes | None]:
    """Who waits, in turn, and what is free with those who are waited for."""
    entries = list(wishes.waiting().with_people()) if takes_bookings() else []
    if not entries:
        return [], None
    wanted = Q(pk__in={entry.doctor_id for entry in entries if entry.doctor_id}) | Q(
        specialisation__in={entry.specialisation for entry in entries if not entry.doctor_id}
    )
    doctors = DoctorProfile.objects.active().with_people().filter(wanted)
    if doctor_ids is not None:
        doctors = doctors.filter(pk__in=list(doctor_ids))
    today = timezone.localdate()
    return entries, FreeTimes(list(doctors), first or today, last or today + LOOK_AHEAD, entries)


def _offer(entry: WaitingListEntry, free: FreeTimes) -> Appointment | None:
    """Offer the first time that suits and that neither the doctor nor the patient has given away."""
    for slot in free.for_wish(entry):
        offer = _proposed(entry, free.doctors[slot.doctor_id], slot, free.hold)
        if Appointment.objects.insert_unless_taken(offer):
            WaitingListEntry.objects.locked(entry.pk).move("offer_time", appointment=offer)
            free.give_away(slot)
            emails.time_offered(offer)
            news.tell("offer_time", offer, by=None)
            return offer
    return None


def _proposed(
    entry: WaitingListEntry, doctor: DoctorProfile, slot: Slot, hold: datetime.timedelta
) -> Appointment:
    offer = Appointment(
        doctor=doctor,
        patient=entry.patient,
        status=Status.PROPOSED,
        source=Source.WAITLIST,
        appointment_type=entry.appointment_type,
        booked_by=entry.added_by,
        fee=reckoned_fee(doctor, entry.patient, entry.appointment_type, slot.starts_at),
    )
    place(offer, slot, hold)
    return offer


def _give_up(appointment: Appointment, by: Member | None, reason: str) -> Appointment:
    offer = _locked(appointment)
    return offer.move(
        "decline_offer",
        held_until=None,
        sequence=offer.sequence + 1,
        cancelled_at=timezone.now(),
        cancelled_by=by,
        cancel_reason=reason,
    )


def _wait_on(appointment: Appointment) -> WaitingListEntry:
    return _wish_of(appointment).move("return_to_waiting_list", appointment=None)


def _end(wish: WaitingListEntry) -> WaitingListEntry:
    return wish.move("leave_waiting_list", cancelled_at=timezone.now(), appointment=None)


def _locked(appointment: Appointment) -> Any:
    return Appointment.objects.with_people().locked(appointment.pk)


def _wish_of(appointment: Appointment) -> Any:
    wishes = WaitingListEntry.objects.with_people().select_for_update(of=("self",))
    return wishes.get(appointment=appointment)
