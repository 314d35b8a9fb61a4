"""What becomes of a patient's appointments, wishes and feeds."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from clinic.erasure.table import IDENTITY, declare, stands_in_the_way, told_of
from scheduling.models import (
    HOLDING,
    Appointment,
    AppointmentSeries,
    Assistance,
    CalendarFeed,
    WaitingListEntry,
)

declare(CalendarFeed, "member", delete=IDENTITY)
declare(
    Appointment,
    "patient",
    now=("token_hash", "address_hash"),
    clinical=("reason", "overbook_reason", "decline_reason", "cancel_reason"),
)
declare(
    WaitingListEntry, "patient", now=("note",), stays=("specialisation", "weekdays", "first_day", "last_day")
)
declare(Assistance, "patient", now=("note",))
declare(AppointmentSeries, "patient")
told_of(Appointment, "patient")
told_of(WaitingListEntry, "patient")
told_of(AppointmentSeries, "patient")


@stands_in_the_way
def visits_to_come(patient_id: Any) -> Iterator[Any]:
    """Times that are held for the patient, and wishes."""
    if Appointment.objects.filter(patient=patient_id, status__in=HOLDING).exists():
        yield _("A visit is booked or under way. Finish or cancel it first.")
    if WaitingListEntry.objects.open().filter(patient=patient_id).exists():
        yield _("The patient is on the waiting list. Take the wish off first.")
