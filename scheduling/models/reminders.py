"""Of which visits patients are to be reminded now: one statement, however many there are."""

import datetime
from collections.abc import Collection, Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from accounts.members.models.guardianship import meet_guardians
from clinic.db.current import connection
from clinic.notifications.models import Channel
from scheduling.models.appointments import Appointment
from scheduling.models.policy import BookingPolicy
from scheduling.models.states import Status

KIND = "reminder"

# A reminder is due so many hours before the visit, as hours pass: where a clock is turned in between, "one
# day before" is an hour earlier or later on it. Of several moments that have passed (the worker stood
# still) the latest counts, of all channels together. Who was given the time after that moment has just been
# told of it. Whoever cannot be reached is reported once, until there is another phone number (in the key)
# or an e-mail address. Visits that somebody is changing are left for the next round.
_DUE = """
SELECT a.id, a.starts_at - make_interval(hours => d.hours), d.hours, m.phone
FROM scheduling_appointment a
JOIN members_member m ON m.id = a.patient_id
JOIN members_patientprofile p ON p.member_id = a.patient_id AND NOT p.is_deceased
CROSS JOIN LATERAL (
    SELECT min(h) AS hours FROM unnest(%(hours)s::int[]) AS h
    WHERE a.starts_at - make_interval(hours => h) <= %(now)s
) AS d
WHERE a.status = %(booked)s AND a.starts_at > %(now)s
  AND a.starts_at <= %(now)s::timestamptz + make_interval(hours => %(furthest)s)
  AND greatest(a.created_at, a.confirmed_at, a.patient_confirmed_at)
      < a.starts_at - make_interval(hours => d.hours)
  AND NOT a.id = ANY (%(tried)s::uuid[])
  AND NOT EXISTS (
      SELECT FROM notifications_outboxmessage o
      WHERE o.about_id = a.id AND o.kind = %(kind)s
        AND (o.due_at = a.starts_at - make_interval(hours => d.hours)
             OR o.recipient = '' AND m.email = '' AND o.key = a.id || ' ' || m.phone)
  )
ORDER BY a.starts_at, a.id
LIMIT %(most)s
FOR NO KEY UPDATE OF a SKIP LOCKED
"""


class Reminder(NamedTuple):
    """A reminder to be written: of which visit, due when, by which channels the clinic wants it."""

    appointment: Appointment
    due_at: datetime.datetime
    channels: list[str]
    phone: str


def hours_by_channel(policy: BookingPolicy) -> dict[str, list[int]]:
    """How many hours before a visit its patient is told by each channel."""
    return {Channel.EMAIL: policy.email_reminder_hours, Channel.SMS: policy.sms_reminder_hours}


def due_reminders(policy: BookingPolicy, most: int, tried: Collection[UUID]) -> list[Reminder]:
    """At most so many reminders that are due and not written, but not of visits that were `tried`.

    The visits stay locked until the transaction ends: what is written of them is true when it is stored.
    """
    wanted = hours_by_channel(policy)
    hours = sorted({hours for each in wanted.values() for hours in each})
    if not hours:
        return []
    facts = {
        "hours": hours,
        "furthest": hours[-1],
        "now": timezone.now(),
        "booked": Status.BOOKED,
        "kind": KIND,
        "most": most,
        "tried": list(tried),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, facts)
        found = cursor.fetchall()
    visits = Appointment.objects.with_people().in_bulk([pk for pk, *_rest in found])
    meet_guardians([visit.patient.member for visit in visits.values()])
    return [
        Reminder(visits[pk], due_at, [way for way, each in wanted.items() if before in each], phone)
        for pk, due_at, before, phone in found
    ]


def is_wanted(appointment_id: Any) -> bool:
    """Whether the visit still stands and has not begun."""
    return Appointment.objects.filter(
        pk=appointment_id, status=Status.BOOKED, starts_at__gt=timezone.now()
    ).exists()


def next_reminder(appointment: Appointment, policy: BookingPolicy) -> datetime.datetime | None:
    """When the patient will be reminded next; None if no more."""
    if appointment.status != Status.BOOKED:
        return None
    told: Iterable[datetime.datetime | None] = (
        appointment.created_at,
        appointment.confirmed_at,
        appointment.patient_confirmed_at,
        timezone.now(),
    )
    since = max(moment for moment in told if moment)
    moments = (
        appointment.starts_at - datetime.timedelta(hours=hours)
        for each in hours_by_channel(policy).values()
        for hours in each
    )
    return min((moment for moment in moments if moment > since), default=None)
