"""What the queue does by itself."""

from contextlib import suppress

from django.utils.translation import gettext_lazy as _

from clinic.jobs.table import Clinics, hourly
from clinic.jobs.tasks import every_clinic
from clinic.models import Refusal
from scheduling.queue.models import QueueEntry
from scheduling.queue.services import leave_queue


# Every hour: the clinics' days end at different times.
@every_clinic(
    hourly(7),
    _("Closes what was still open in the queue when the clinic's day ended."),
    clinics=Clinics.READABLE,
)
def clear_yesterdays_queue() -> None:
    """Whoever was still open when the clinic's day ended has left."""
    for entry in QueueEntry.objects.left_over():
        # Brought to an end in this very moment: then there is nothing to clear.
        with suppress(Refusal):
            leave_queue(entry, by=None)
