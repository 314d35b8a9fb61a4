"""What leave and closing days come across: offers are withdrawn, visits moved or cancelled, no one lost."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, Member, PatientProfile
from clinic.models import Refusal
from scheduling import emails, news
from scheduling.models import Appointment, Status
from scheduling.services.booking import reschedule_appointment
from scheduling.services.steps import cancel_appointment
from scheduling.services.times import queue_for, take_turn
from scheduling.services.waiting import withdraw_offer

SETTLED = _("Somebody has settled this visit in the meantime.")
NO_TIME = _("Choose another time, or cancel the visit.")


class Choice(NamedTuple):
    """The time a visit is to have instead of its own."""

    doctor_id: UUID
    starts_at: datetime.datetime


class Change(NamedTuple):
    """What became of a visit: moved to `new`, or cancelled."""

    old: Appointment
    new: Appointment | None


class Refused(NamedTuple):
    """A visit that is still in the way, and why."""

    visit: Appointment
    sentence: Any


class Outcome(NamedTuple):
    """What became of the visits, and who of the patients has nothing by which to hear of it."""

    changes: list[Change]
    refused: list[Refused]

    @property
    def untold(self) -> list[PatientProfile]:
        """The patients whom the clinic has to call."""
        patients = {change.old.patient_id: change.old.patient for change in self.changes}
        return [patient for patient in patients.values() if not patient.member.can_be_told]


@transaction.atomic
def move_stranded_visits(*, by: Member | None, choices: Mapping[UUID, Choice | None]) -> Outcome:
    """Give visits in the way of leave or closing days the chosen times; one message for each patient.

    Each visit for itself: what is refused stays in the way, and the outcome says why.
    """
    wanted = {choice.doctor_id for choice in choices.values() if choice}
    doctors = DoctorProfile.objects.active().with_people().in_bulk(list(wanted))

    def move(visit: Appointment) -> Appointment:
        choice = choices[visit.pk]
        doctor = doctors.get(choice.doctor_id) if choice else None
        if choice is None or doctor is None:
            raise Refusal(NO_TIME)
        return reschedule_appointment(visit, by=by, doctor=doctor, starts_at=choice.starts_at, tell=False)

    return _settle(choices, wanted, move, by=by)


@transaction.atomic
def cancel_stranded_visits(*, by: Member | None, visits: Iterable[UUID]) -> Outcome:
    """Cancel visits in the way of leave or closing days; one message for each patient."""
    reason = gettext("The clinic had to call this visit off.")

    def cancel(visit: Appointment) -> None:
        cancel_appointment(visit, by=by, reason=reason, tell=False)

    return _settle(visits, set(), cancel, by=by)


def withdraw_offers_in_the_way(*, by: Member | None) -> None:
    """Take back the offers that leave or closing days came across; the wishes return to the waiting list."""
    for offer in Appointment.objects.in_the_way().filter(status=Status.PROPOSED):
        # Answered in this very moment: then it is a visit in the way, or nothing any more.
        with suppress(Refusal):
            withdraw_offer(offer, by=by)


def _settle(
    keys: Iterable[UUID],
    doctors: set[UUID],
    settle: Callable[[Appointment], Appointment | None],
    *,
    by: Member | None,
) -> Outcome:
    """Settle each of these visits in order of time, and tell their patients.

    `settle` is a service, and so a savepoint of its own: what it refuses leaves the others as they are.
    """
    take_turn()
    listed = Appointment.objects.filter(pk__in=list(keys)).with_people().order_by("starts_at", "pk")
    visits = list(listed)
    # All at once and in one order, so that two people who settle lists at once do not wait for each other.
    queue_for({visit.doctor_id for visit in visits} | doctors)
    in_the_way = Appointment.objects.stranded().filter(pk__in=[visit.pk for visit in visits])
    stranded = set(in_the_way.values_list("pk", flat=True))
    outcome = Outcome([], [])
    for visit in visits:
        try:
            if visit.pk not in stranded:
                raise Refusal(SETTLED)
            outcome.changes.append(Change(visit, settle(visit)))
        except Refusal as refusal:
            outcome.refused.append(Refused(visit, refusal.message))
    _tell(outcome.changes, by)
    return outcome


def _tell(changes: list[Change], by: Member | None) -> None:
    """One message for each patient, however many visits it is about; within the site, of each visit."""
    moved = [news.Happening(new, by, new.status, old) for old, new in changes if new]
    news.tell_all("reschedule_appointment", moved, by=by)
    cancelled = [news.Happening(old, by, old.status) for old, new in changes if new is None]
    news.tell_all("cancel_appointment", cancelled, by=by)
    by_patient: dict[UUID, list[Change]] = {}
    for change in changes:
        by_patient.setdefault(change.old.patient_id, []).append(change)
    for told in by_patient.values():
        emails.visits_rebooked(told[0].old.patient, told)
