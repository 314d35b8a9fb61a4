"""How long somebody will wait: from how long the others really took, or not known."""

import datetime
import math
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Aggregate, Count, DurationField, F, Q
from django.utils import timezone

from scheduling.queue.models.entries import HERE, QueueEntry, Status

# The days that tell what is usual, and how many must have been seen before anything can be told.
LOOK_BACK = datetime.timedelta(days=28)
FEWEST = 5
# A room that has called nobody for so long is not counted on.
LATELY = datetime.timedelta(hours=1)
# Estimates are rounded up to so many minutes, and end where they would be guesses.
STEP = 5
LONGEST = 12 * 60


class Median(Aggregate):
    """The middle one: a door left open over lunch does not move it."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


class Pace(NamedTuple):
    """How fast a department goes: the usual time with one person, the rooms at work and how many are busy."""

    each: datetime.timedelta | None = None
    rooms: int = 1
    busy: int = 0

    def wait(self, ahead: int) -> int | None:
        """The minutes somebody waits before whom `ahead` people are called; None when it is not known."""
        if self.each is None:
            return None
        rounds = max(0, ahead + 1 - max(0, self.rooms - self.busy))
        minutes = self.each / datetime.timedelta(minutes=1) * rounds / self.rooms
        return min(LONGEST, math.ceil(minutes / STEP) * STEP)


def paces(departments: Iterable[UUID]) -> dict[UUID, Pace]:
    """The pace of each department, in one statement: today's when enough were seen, else the usual one."""
    today, now = timezone.localdate(), timezone.now()
    of_today, done = Q(day=today), Q(status=Status.COMPLETED)
    took = F("completed_at") - F("started_at")
    rows = (
        QueueEntry.objects.filter(department__in=departments, day__gte=today - LOOK_BACK, day__lte=today)
        .order_by()
        .values("department")
        .annotate(
            seen_today=Count("pk", filter=of_today & done),
            today=Median(took, filter=of_today & done),
            seen=Count("pk", filter=done),
            usual=Median(took, filter=done),
            rooms=Count("room", filter=of_today & ~Q(room="") & Q(called_at__gt=now - LATELY), distinct=True),
            busy=Count("pk", filter=of_today & Q(status__in=HERE)),
        )
    )
    return {department: Pace() for department in departments} | {
        row["department"]: _pace(row) for row in rows
    }


def _pace(row: Mapping[str, Any]) -> Pace:
    each = row["today"] if row["seen_today"] >= FEWEST else row["usual"] if row["seen"] >= FEWEST else None
    return Pace(each, max(row["rooms"], row["busy"], 1), row["busy"])
