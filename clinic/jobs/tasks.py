"""Work that is done outside a request, always inside exactly one schema.

Jobs are rows of PostgreSQL (procrastinate), deferred in the transaction that gives rise to them: what is
rolled back was never asked for.
"""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, get_tenant_model, schema_context, tenant_context
from procrastinate.contrib.django import app
from procrastinate.tasks import Task

from clinic.audit.services import acting
from clinic.db.current import connection

log = structlog.get_logger(__name__)


class JobFailed(Exception):
    """A periodic job went wrong in some clinics; the others were served."""


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


def every_clinic(cron: str) -> Callable[[Callable[[], None]], Task]:
    """A job done for every served clinic, at the times `cron` says (UTC).

    A clinic in which it fails stops no other; at the end the job itself fails and names them.
    """

    def declare(function: Callable[[], None]) -> Task:
        @functools.wraps(function)
        def run(timestamp: int) -> None:
            failed = [schema for schema in served_schemas() if not _succeeds(function, schema)]
            if failed:
                raise JobFailed(f"{function.__name__} failed in {', '.join(failed)}")

        task = app.task(name=f"{function.__module__}.{function.__name__}", queueing_lock=function.__name__)(
            run
        )
        return app.periodic(cron=cron)(task)

    return declare


def served_schemas() -> list[str]:
    """The schemas of all clinics that are served."""
    with schema_context(get_public_schema_name()):
        return list(get_tenant_model().objects.served().values_list("schema_name", flat=True))


def _succeeds(function: Callable[[], None], schema: str) -> bool:
    try:
        with entered(schema, f"job {function.__name__}"):
            function()
    except Exception:
        log.exception("job_failed", job=function.__name__, schema=schema)
        return False
    finally:
        connection.set_schema_to_public()
    return True
