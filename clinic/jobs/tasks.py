"""Work that is done outside a request, always inside exactly one schema.

Jobs are rows of PostgreSQL (procrastinate), deferred in the transaction that gives rise to them: what is
rolled back was never asked for.
"""

import functools
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.utils import timezone
from django.utils.translation import ngettext
from django_tenants.utils import get_public_schema_name, get_tenant_model, schema_context, tenant_context
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from clinic.audit.services import acting
from clinic.db.current import connection
from clinic.jobs.models import JobRun
from clinic.jobs.table import Clinics, PeriodicJob, Schedule, enter

log = structlog.get_logger(__name__)
# Of the clinics in which a job failed, so many are named.
NAMED = 20


class JobFailed(Exception):
    """A periodic job went wrong, perhaps only in some clinics; the others were served."""


@contextmanager
def entered(schema_name: str, actor: str) -> Iterator[None]:
    """Work in the schema as a clinic's request would: its path and role, its time zone, a named actor."""
    if schema_name == get_public_schema_name():
        with schema_context(schema_name), acting({"actor": actor}):
            yield
        return
    with schema_context(get_public_schema_name()):
        organization = get_tenant_model().objects.get(schema_name=schema_name)
    zone = timezone.override(ZoneInfo(organization.time_zone))
    with tenant_context(organization), zone, acting({"actor": actor}):
        yield


def tenant_task(function: Callable[..., None]) -> Task:
    """A job of one clinic. Defer it with `.defer(schema_name=…, …)`; the function gets the rest."""

    @functools.wraps(function)
    def run(schema_name: str, **arguments: Any) -> None:
        with entered(schema_name, f"job {function.__name__}"):
            function(**arguments)

    return app.task(name=f"{function.__module__}.{function.__name__}")(run)


def every_clinic(
    schedule: Schedule, purpose: Any, *, clinics: Clinics = Clinics.OPEN
) -> Callable[[Callable[[], None]], Task]:
    """A job done for every one of `clinics`; `purpose` says in a sentence what it does.

    A clinic in which it fails stops no other; at the end the job itself fails and names them. How it went
    is recorded in each clinic, and of all of them together on the platform.
    """

    def declare(function: Callable[[], None]) -> Task:
        def run(timestamp: int) -> None:
            started, found = timezone.now(), labels_of(clinics)
            failed = [label for schema, label in found.items() if _done_in(schema, function)]
            _tell_platform(function.__name__, started, _sentence(failed, len(found)))

        return _periodic(function, run, schedule, purpose, clinics=clinics)

    return declare


def on_the_platform(
    schedule: Schedule, purpose: Any, *, lock: str | None = None
) -> Callable[[Callable[[], None]], Task]:
    """A job done once for the whole installation, never two of the same `lock` at a time."""

    def declare(function: Callable[[], None]) -> Task:
        def run(timestamp: int) -> None:
            problem = _done_in(get_public_schema_name(), function)
            if problem:
                raise JobFailed(f"{function.__name__}: {problem}")

        return _periodic(function, run, schedule, purpose, clinics=None, lock=lock)

    return declare


def _periodic(
    function: Callable[[], None],
    run: Callable[[int], None],
    schedule: Schedule,
    purpose: Any,
    *,
    clinics: Clinics | None,
    lock: str | None = None,
) -> Task:
    name = function.__name__
    made = app.task(name=f"{function.__module__}.{name}", queueing_lock=name, lock=lock)
    task = app.periodic(cron=schedule.cron)(made(functools.wraps(function)(run)))
    enter(PeriodicJob(name, purpose, schedule, clinics, task))
    return task


def labels_of(clinics: Clinics) -> dict[str, str]:
    """The schemas of these clinics, each with the clinic's label."""
    with schema_context(get_public_schema_name()):
        found = getattr(get_tenant_model().objects, clinics)()
        return dict(found.values_list("schema_name", "label"))


def _done_in(schema: str, function: Callable[[], None]) -> str:
    """Do the job in one schema and record how it went there; what went wrong, in words without data."""
    name, started, problem = function.__name__, timezone.now(), ""
    try:
        with entered(schema, f"job {name}"):
            try:
                function()
            except Exception as error:
                log.exception("job_failed", job=name, schema=schema)
                problem = where(error)
                _drop_if_broken()
            JobRun.objects.note(name, started, problem)
    except Exception as error:
        # The clinic could not even be entered, or told.
        log.exception("job_failed", job=name, schema=schema)
        problem = problem or where(error)
        _drop_if_broken()
    finally:
        connection.set_schema_to_public()
    return problem


def _drop_if_broken() -> None:
    """A connection that broke in one clinic is not the next one's."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def where(error: Exception) -> str:
    """What kind of error it was, and where in our code. Its text may name a patient: it is in no record."""
    ours = [
        f"{Path(frame.filename).relative_to(settings.BASE_DIR)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(settings.BASE_DIR) and ".venv" not in frame.filename
    ]
    return " · ".join([type(error).__name__, *ours[-1:]])


def _sentence(failed: list[str], count: int) -> str:
    if not failed:
        return ""
    told = ngettext(
        "It failed in %(failed)s of %(count)s clinic: %(names)s.",
        "It failed in %(failed)s of %(count)s clinics: %(names)s.",
        count,
    )
    names = ", ".join(failed[:NAMED]) + (" …" if len(failed) > NAMED else "")
    return told % {"failed": len(failed), "count": count, "names": names}


def _tell_platform(name: str, started: Any, problem: str) -> None:
    with entered(get_public_schema_name(), f"job {name}"):
        JobRun.objects.note(name, started, problem)
    if problem:
        raise JobFailed(f"{name}: {problem}")
