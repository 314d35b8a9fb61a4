"""What the queue does by itself."""

from contextlib import suppress

from clinic.jobs.tasks import every_clinic
from clinic.models import Refusal
from scheduling.queue.models import QueueEntry
from scheduling.queue.services import leave_queue


# Every hour: the clinics' days end at different times.
@every_clinic(cron="7 * * * *")
def clear_yesterdays_queue() -> None:
    """Whoever was still open when the clinic's day ended has left."""
    for entry in QueueEntry.objects.left_over():
        # Brought to an end in this very moment: then there is nothing to clear.
        with suppress(Refusal):
            leave_queue(entry, by=None)
