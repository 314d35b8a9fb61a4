"""Visits to which nobody came, noted without anybody noting them."""

from contextlib import suppress

from clinic.db.current import connection
from clinic.models import Refusal
from scheduling.models import Appointment, BookingPolicy
from scheduling.services.steps import mark_noshow


def note_missed_visits() -> int:
    """Note as missed the visits to which nobody came, so many hours after their end; how many they were."""
    noted = 0
    policy, open_since = BookingPolicy.objects.current(), connection.tenant.open_since
    for visit in Appointment.objects.missed(policy.missed_after, open_since):
        # Somebody has noted in this very moment what became of it.
        with suppress(Refusal):
            mark_noshow(visit, by=None)
            noted += 1
    return noted
