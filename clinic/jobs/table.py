"""The one table of what the installation does by itself: what, how often, and by which task.

Each row is declared where the work is written (`@every_clinic`, `@on_the_platform`, clinic.jobs.tasks). The
worker's schedule, both admins, the clinic's page and the tests read the same rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_tenants.utils import get_public_schema_name
from procrastinate.tasks import Task

from clinic.db.current import connection
from clinic.jobs.models import JobRun


@dataclass(frozen=True)
class Schedule:
    """When a job is done: for the worker (cron, UTC), in words, and as the time from one run to the next."""

    cron: str
    words: Any
    period: timedelta


EVERY_MINUTE = Schedule("* * * * *", _("every minute"), timedelta(minutes=1))
EVERY_QUARTER = Schedule("*/15 * * * *", _("every 15 minutes"), timedelta(minutes=15))


def hourly(minute: int) -> Schedule:
    """Once an hour, at this minute of it."""
    return Schedule(f"{minute} * * * *", _("every hour"), timedelta(hours=1))


def daily(hour: int, minute: int) -> Schedule:
    """Once a day, at this time in UTC: the clinics' nights are different hours."""
    return Schedule(f"{minute} {hour} * * *", _("once a day"), timedelta(days=1))


class Clinics(StrEnum):
    """In which clinics a job is done, by the word of their queryset."""

    # Where things can be changed: what acts for the clinic as its people would.
    OPEN = "open"
    # Also where the trial is over and everything can only be read: what patients wait for.
    READABLE = "readable"
    # Also where the clinic is suspended: sending what goes to its staff, money, tidying up.
    SERVED = "served"

    def has(self, organization: Any) -> bool:
        """Whether the clinic is one of them now."""
        if self is Clinics.OPEN:
            return organization.is_open
        return self is Clinics.SERVED or not organization.is_suspended


@dataclass(frozen=True)
class PeriodicJob:
    """A row of the table. `clinics`: done in each of them; None: once for the platform."""

    name: str
    purpose: Any
    schedule: Schedule
    clinics: Clinics | None
    task: Task

    @property
    def in_clinics(self) -> bool:
        """Whether it is done in clinics, rather than once for the platform."""
        return self.clinics is not None


_rows: dict[str, PeriodicJob] = {}
JOBS: Mapping[str, PeriodicJob] = MappingProxyType(_rows)


def enter(job: PeriodicJob) -> None:
    """Put a job into the table. Its name is what its runs are recorded by: two of one name are a mistake."""
    if job.name in _rows:
        raise ValueError(f"Two periodic jobs are called {job.name}.")
    _rows[job.name] = job


@dataclass(frozen=True)
class Line:
    """A job with its last run in the schema we are in."""

    job: PeriodicJob
    run: JobRun | None
    now: datetime

    @property
    def rests(self) -> bool:
        """Whether it is not done while the clinic we are in is as it is."""
        clinics = self.job.clinics
        if clinics is None or connection.schema_name == get_public_schema_name():
            return False
        return not clinics.has(connection.tenant)

    @property
    def state(self) -> str:
        """`waiting` for its first run, `overdue` after two periods without one, `failed` or `done`.

        Or `resting`, while the clinic can only be read.
        """
        if self.rests:
            return "resting"
        if self.run is None:
            return "waiting"
        if self.run.is_overdue(self.job.schedule.period, self.now):
            return "overdue"
        return "failed" if self.run.error else "done"

    @property
    def word(self) -> Any:
        """The state in words."""
        return STATES[self.state][0]

    @property
    def tone(self) -> str:
        """The state's colour."""
        return STATES[self.state][1]


STATES = {
    "resting": (_("Rests while nothing can be changed"), ""),
    "waiting": (_("Not run yet"), "wait"),
    "overdue": (_("Overdue"), "bad"),
    "failed": (_("Failed"), "bad"),
    "done": (_("Done"), "good"),
}


def lines(*, in_clinic: bool) -> list[Line]:
    """The whole table, or a clinic's part of it, each job with its last run here: one statement.

    What is done most often comes first: it is what people wait for.
    """
    jobs = sorted(JOBS.values(), key=lambda job: job.schedule.period)
    runs, now = JobRun.objects.in_bulk(), timezone.now()
    return [Line(job, runs.get(job.name), now) for job in jobs if job.in_clinics or not in_clinic]


def standstill(table: list[Line]) -> datetime | None:
    """Since when nothing has run at all, when even what is done every minute is overdue."""
    each_minute = [line for line in table if line.job.schedule is EVERY_MINUTE and not line.rests]
    if any(line.state != "overdue" for line in each_minute):
        return None
    return max((line.run.started_at for line in each_minute if line.run), default=None)
