"""The steps of an appointment, from the clinic's answer to the end of the visit."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.models import Refusal
from scheduling import emails, news
from scheduling.models import Appointment
from scheduling.services.times import refuse_late_change, take_turn
from scheduling.services.waiting import offer_freed_time, return_to_waiting_list


@transaction.atomic
def confirm_appointment(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Accept a patient's request."""
    confirmed = _step(
        appointment, "confirm_appointment", held_until=None, confirmed_at=timezone.now(), confirmed_by=by
    )
    emails.appointment_confirmed(confirmed)
    news.tell("confirm_appointment", confirmed, by=by)
    return confirmed


@transaction.atomic
def decline_appointment(appointment: Appointment, *, by: Member | None, reason: str) -> Appointment:
    """Turn a patient's request down, with a reason."""
    _require(reason)
    declined = _give_up(
        appointment,
        "decline_appointment",
        by=by,
        held_until=None,
        declined_at=timezone.now(),
        declined_by=by,
        decline_reason=reason,
    )
    emails.appointment_declined(declined)
    return declined


@transaction.atomic
def mark_arrived(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Note that the patient is here; also one who was thought not to come: others may have the room."""
    if not appointment.is_timely("mark_arrived"):
        raise Refusal(_("This visit is not today. Move it to today first."))
    found = Appointment.objects.with_people().locked(appointment.pk)
    facts: dict[str, Any] = {"arrived_at": timezone.now(), "noshow_at": None}
    if found.room_id and not found.holds_its_time:
        others = Appointment.objects.holding().filter(room=found.room_id)
        facts |= {"room": None} if others.within(found.starts_at, found.ends_at).exists() else {}
    return found.move("mark_arrived", **facts)


@transaction.atomic
def check_in_appointment(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Note that the patient is ready for the doctor."""
    ready = _step(appointment, "check_in_appointment", checked_in_at=timezone.now())
    news.tell("check_in_appointment", ready, by=by)
    return ready


@transaction.atomic
def fulfil_appointment(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Note that the visit is done."""
    done = _step(appointment, "fulfil_appointment", fulfilled_at=timezone.now())
    news.tell("fulfil_appointment", done, by=by)
    return done


@transaction.atomic
def mark_noshow(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Note that the patient did not come."""
    if not appointment.is_timely("mark_noshow"):
        raise Refusal(_("The visit has not begun yet: the patient may still come."))
    return _step(appointment, "mark_noshow", noshow_at=timezone.now())


@transaction.atomic
def cancel_appointment(
    appointment: Appointment, *, by: Member | None, reason: str = "", tell: bool = True
) -> Appointment:
    """Call a visit off and free its time. The patient (also without a log-in) may until it begins."""
    refuse_late_change(appointment, by)
    return _cancel(appointment, "cancel_appointment", by=by, reason=reason, tell=tell)


@transaction.atomic
def let_hold_go(appointment: Appointment, *, by: Member | None = None) -> Appointment:
    """Free the time of a request that nobody answered, or of an offer that nobody took, in time."""
    take_turn()
    # As it is now: the patient may have confirmed it since, and then it is kept longer.
    appointment = Appointment.objects.with_people().locked(appointment.pk)
    if appointment.held_until is None or appointment.held_until > timezone.now():
        raise Refusal(_("This request may still be answered."))
    if appointment.status == Appointment.Status.PROPOSED:
        reason = gettext("The offer was not answered in time.")
        gone = _cancel(appointment, "let_hold_go", by=by, reason=reason, tell=False)
        return_to_waiting_list(gone)
        news.tell("let_hold_go", gone, by=by, was=Appointment.Status.PROPOSED)
        return gone
    if appointment.awaits_patient:
        reason = gettext("The request was not confirmed in time.")
    else:
        reason = gettext("The clinic did not answer in time.")
    return _cancel(appointment, "let_hold_go", by=by, reason=reason)


@transaction.atomic
def enter_appointment_in_error(appointment: Appointment, *, by: Member | None) -> Appointment:
    """Strike out an appointment that should never have been made; no message is sent."""
    return _give_up(appointment, "enter_appointment_in_error", by=by, noshow_at=None)


def _cancel(
    appointment: Appointment, verb: str, *, by: Member | None, reason: str, tell: bool = True
) -> Appointment:
    facts = {"cancelled_at": timezone.now(), "cancelled_by": by, "cancel_reason": reason}
    cancelled = _give_up(appointment, verb, by=by, tell=tell, held_until=None, **facts)
    if tell:
        emails.appointment_cancelled(cancelled)
    return cancelled


def _give_up(
    appointment: Appointment, verb: str, *, by: Member | None, tell: bool = True, **facts: Any
) -> Appointment:
    """Take a step that frees the visit's time, and hand the time on to those who wait."""
    take_turn()
    found = Appointment.objects.with_people().locked(appointment.pk)
    was = found.status
    given_up = found.move(verb, sequence=found.sequence + 1, **facts)
    offer_freed_time(given_up)
    if tell:
        news.tell(verb, given_up, by=by, was=was)
    return given_up


def _step(appointment: Appointment, verb: str, **facts: Any) -> Appointment:
    return Appointment.objects.with_people().locked(appointment.pk).move(verb, **facts)


def _require(reason: str) -> None:
    if not reason.strip():
        raise Refusal(_("Say why, so that it can be understood later."), "reason")
