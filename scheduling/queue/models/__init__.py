"""What the walk-in queue is made of."""

from scheduling.queue.models.departments import Department
from scheduling.queue.models.entries import OPEN, Priority, QueueEntry, Status, wait_in_words
from scheduling.queue.models.waits import Pace, paces

__all__ = ["OPEN", "Department", "Pace", "Priority", "QueueEntry", "Status", "paces", "wait_in_words"]
