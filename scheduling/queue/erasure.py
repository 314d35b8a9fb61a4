"""What becomes of the numbers a patient has drawn."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from clinic.erasure.table import declare, stands_in_the_way, told_of
from scheduling.queue.models import QueueEntry

# `name` is of somebody who is not registered; the ticket says the department and a number.
declare(QueueEntry, "patient", clinical=("reason",), stays=("name", "token", "room", "day"))
told_of(QueueEntry, "patient")


@stands_in_the_way
def waiting_now(patient_id: Any) -> Iterator[Any]:
    """Whoever waits with a number is still here."""
    if QueueEntry.objects.open().filter(patient=patient_id).exists():
        yield _("The patient waits with a number. Finish this visit first.")
