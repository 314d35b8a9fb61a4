"""Visits that come again: booked, moved and called off together, all of them or none."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.members.models import AgentProfile, DoctorProfile, Member, PatientProfile
from clinic.models import Refusal, relayed
from scheduling import emails, news
from scheduling.models import Appointment, AppointmentSeries, AppointmentType
from scheduling.models.branches import branch_key
from scheduling.models.slots import Terms
from scheduling.services.booking import book_appointment, give_up, settle
from scheduling.services.plans import SeriesRefused, minutes_at
from scheduling.services.steps import cancel_appointment
from scheduling.services.times import queue_for, refuse_when_closed, take_turn
from scheduling.services.types import refuse_kind, refuse_unwilling
from scheduling.services.waiting import offer_freed_time

LEAST_VISITS = 2


def rest_of(appointment: Appointment) -> list[Appointment]:
    """The visit and those of its series that follow it and can still be moved or called off, in order."""
    if appointment.series_id is None:
        return []
    later = Appointment.objects.filter(series_id=appointment.series_id, starts_at__gte=appointment.starts_at)
    ordered = later.holding().with_kind().order_by("starts_at")
    return [visit for visit in ordered if "reschedule_appointment" in visit.verbs]


def terms_of_move(appointment: Appointment, doctor: DoctorProfile, leaving: tuple[UUID, ...] = ()) -> Terms:
    """What the times of moved visits must be fit for: the same doctor stays at the same branch."""
    branch = branch_key(appointment.branch_id) if doctor.pk == appointment.doctor_id else None
    return Terms(appointment.appointment_type_id, leaving=leaving, branch=branch)


@transaction.atomic
def book_series(
    *,
    by: Member | None,
    doctor: DoctorProfile,
    patient: PatientProfile,
    every_weeks: int,
    times: Mapping[Any, datetime.datetime | None],
    appointment_type: AppointmentType | None = None,
    mode: str | None = None,
    branch: str | None = None,
    reason: str = "",
    agent: AgentProfile | None = None,
) -> AppointmentSeries:
    """Book all the visits of a series, or none; the patient gets one message.

    `times` are the chosen instants by the key of their row; None skips the row. Raises Refusal.
    """
    refuse_when_closed()
    refuse_kind(appointment_type, doctor)
    # One series at a time for this doctor: two that take each other's times would wait for one another.
    queue_for({doctor.pk})
    wanted = _in_order(times)
    if len(wanted) < LEAST_VISITS:
        raise Refusal(_("A series has two visits at least. Choose more dates, or book a single visit."))
    series = AppointmentSeries(
        patient=patient, doctor=doctor, every_weeks=every_weeks, visits=len(wanted), booked_by=by
    )
    with relayed(AppointmentSeries):
        series.save()
    terms = Terms(appointment_type.pk if appointment_type else None, mode, branch=branch)
    minutes = minutes_at(doctor, wanted.values(), terms.type_id, terms)
    visits: list[Appointment] = []
    refused: dict[Any, Any] = {}
    for key, starts_at in wanted.items():
        try:
            visits.append(
                book_appointment(
                    by=by,
                    doctor=doctor,
                    patient=patient,
                    starts_at=starts_at,
                    minutes=minutes[starts_at],
                    appointment_type=appointment_type,
                    mode=mode,
                    branch=branch,
                    reason=reason,
                    agent=agent,
                    series=series,
                    tell=False,
                )
            )
        except Refusal as refusal:
            refused[key] = refusal.message
    _all_or_none(refused)
    emails.series_booked(visits)
    told = [news.Happening(visit, by) for visit in visits]
    news.tell_all("book_appointment", told, by=by, together="your_visits_booked")
    return series


@transaction.atomic
def move_series(
    appointment: Appointment,
    *,
    by: Member | None,
    times: Mapping[UUID, datetime.datetime | None],
    doctor: DoctorProfile | None = None,
) -> list[Appointment]:
    """Move a visit and those that follow it to the chosen instants, all or none; one message.

    `times` by the visit's key; None lets a visit stay where it is. Raises Refusal.
    """
    refuse_when_closed()
    take_turn()
    doctor = doctor or appointment.doctor
    queue_for({appointment.doctor_id, doctor.pk})
    olds = {visit.pk: visit for visit in _locked(appointment) if times.get(visit.pk) is not None}
    if not olds:
        raise Refusal(_("Choose a new time for one visit at least."))
    wanted = _in_order({key: times[key] for key in olds})
    refuse_unwilling(appointment.appointment_type, doctor)
    # All the old times are given up first: one visit may take the place of the next.
    moved = {key: give_up(old, doctor, by=by) for key, old in olds.items()}
    terms = terms_of_move(appointment, doctor)
    minutes = minutes_at(doctor, wanted.values(), terms.type_id, terms)
    refused: dict[Any, Any] = {}
    for key, starts_at in wanted.items():
        try:
            settle(moved[key], olds[key], starts_at, minutes[starts_at], terms)
        except Refusal as refusal:
            refused[key] = refusal.message
    _all_or_none(refused)
    for old in olds.values():
        offer_freed_time(old)
    visits = sorted(moved.values(), key=lambda visit: visit.starts_at)
    emails.series_moved(visits)
    before = {visit.calendar_id: visit for visit in olds.values()}
    told = [news.Happening(visit, by, visit.status, before[visit.calendar_id]) for visit in visits]
    news.tell_all("reschedule_appointment", told, by=by, together="your_visits_moved")
    return visits


@transaction.atomic
def cancel_series(appointment: Appointment, *, by: Member | None, reason: str = "") -> list[Appointment]:
    """Call a visit and those of its series that follow it off; the patient gets one message."""
    take_turn()
    cancelled = [
        cancel_appointment(visit, by=by, reason=reason, tell=False) for visit in _locked(appointment)
    ]
    if not cancelled:
        raise Refusal(_("There is no visit left to cancel."))
    emails.series_cancelled(cancelled)
    told = [news.Happening(visit, by) for visit in cancelled]
    news.tell_all("cancel_appointment", told, by=by, together="your_visits_cancelled")
    return cancelled


def _in_order(times: Mapping[Any, datetime.datetime | None]) -> dict[Any, datetime.datetime]:
    """The chosen times, soonest first: everybody takes times in this order, so nobody waits in a ring."""
    chosen = [(key, moment) for key, moment in times.items() if moment is not None]
    return dict(sorted(chosen, key=lambda entry: entry[1]))


def _locked(appointment: Appointment) -> Sequence[Appointment]:
    """The rest of the series as it is now, locked in one order."""
    keys = [visit.pk for visit in rest_of(appointment)]
    rows = Appointment.objects.with_kind().filter(pk__in=keys).order_by("pk")
    found = rows.select_for_update(of=("self",))
    return sorted(
        (visit for visit in found if "reschedule_appointment" in visit.verbs),
        key=lambda visit: visit.starts_at,
    )


def _all_or_none(refused: Mapping[Any, Any]) -> None:
    if refused:
        raise SeriesRefused(refused)
