"""An import is brought in: all of it in one transaction, or nothing."""

from typing import Any

import structlog
from django.db import connection as database
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.audit.services import acting
from clinic.db.current import connection
from clinic.models import Refusal, relayed
from clinic.moving import files
from clinic.moving.journal import Journal
from clinic.moving.kinds import KINDS
from clinic.moving.models import ImportRun, Status

log = structlog.get_logger(__name__)
# More rows than these are brought in by the worker, while a page tells how far it is.
AT_ONCE = 200


@transaction.atomic
def start_import(run: ImportRun, *, by: Any, **facts: Any) -> ImportRun:
    """Bring it in: at once when it is short, otherwise as a job. `facts`: what was decided last."""
    begun: ImportRun = ImportRun.objects.locked(run.pk)
    begun.move("start_import", started_at=timezone.now(), **facts)
    if begun.rows > AT_ONCE:
        from clinic.moving.jobs import bring_in_rows

        bring_in_rows.defer(schema_name=connection.schema_name, run_id=str(begun.pk))
        return begun
    return bring_in(begun)


def bring_in(run: ImportRun) -> ImportRun:
    """Do what was started. What goes wrong leaves nothing but the reason."""
    with acting(connection.audit_context or {"actor_id": str(run.by_id), "actor": str(run.by)}):
        try:
            return _bring_in(run)
        except Refusal as refusal:
            return _fail(run, str(refusal.message))
        except Exception:
            log.exception("import_failed", run=str(run.pk), kind=run.kind)
            return _fail(run, _("Something went wrong that we did not foresee. Nothing was brought in."))


@transaction.atomic
def _bring_in(run: ImportRun) -> ImportRun:
    running: ImportRun = ImportRun.objects.locked(run.pk)
    if running.status != Status.RUNNING:
        return running
    journal = Journal(running)
    counts = KINDS[running.kind].work(running, journal)
    journal.close()
    with relayed(ImportRun):
        # What the database refuses only at the end is refused here, where it can be told.
        database.check_constraints()
    now = timezone.now()
    running.move("finish_import", counts=counts, finished_at=now, file_deleted_at=now)
    transaction.on_commit(lambda: files.drop(running))
    return running


@transaction.atomic
def _fail(run: ImportRun, problem: str) -> ImportRun:
    failed: ImportRun = ImportRun.objects.locked(run.pk)
    now = timezone.now()
    failed.move("fail_import", problem=problem, finished_at=now, file_deleted_at=now)
    transaction.on_commit(lambda: files.drop(failed))
    return failed
