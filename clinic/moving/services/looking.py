"""A table is looked at: at once when it is short, else by the worker while a page tells how far it is."""

import structlog
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.models import Refusal
from clinic.moving import files
from clinic.moving.models import ImportRun
from clinic.moving.tables import TAKERS
from clinic.moving.tables.plan import taker_of
from clinic.moving.tables.shown import is_looked_at, look

log = structlog.get_logger(__name__)
# Why it could not be looked at.
STUMBLED = "stumbled"


def look_soon(run: ImportRun) -> None:
    """Find out what the table would do, now or by a job. Raises Refusal."""
    if run.rows <= taker_of(run).looked_at_once:
        look(run)
        return
    from clinic.moving.jobs import look_at_rows

    for name in (STUMBLED, files.PROGRESS):
        files.forget(run, name)
    look_at_rows.defer(schema_name=connection.schema_name, run_id=str(run.pk))


def look_or_say_why_not(run: ImportRun) -> None:
    """Look at a long table, telling how far that is."""
    step = max(1, run.rows // 100)

    def tell(done: int) -> None:
        if done % step == 0:
            files.tell(run, done)

    try:
        look(run, tell)
    except Refusal as refusal:
        files.keep(run, str(refusal.message).encode(), STUMBLED)
    except Exception:
        log.exception("look_failed", run=str(run.pk), kind=run.kind)
        told = _("Something went wrong that we did not foresee. Put the file away and upload it again.")
        files.keep(run, told.encode(), STUMBLED)


def is_being_looked_at(run: ImportRun) -> bool:
    """Whether nobody knows yet what the table would do."""
    return run.is_waiting and is_long(run) and not is_looked_at(run)


def is_long(run: ImportRun) -> bool:
    """Whether it is a table that a request does not look at."""
    return run.kind in TAKERS and run.rows > taker_of(run).looked_at_once


def stumbled(run: ImportRun) -> str:
    """Why it could not be looked at; "" while nothing stands in the way."""
    return files.content_of(run, STUMBLED).decode() if files.is_kept(run, STUMBLED) else ""


def refuse_while_looking(run: ImportRun) -> None:
    """Refuse to go on before it is known what the table would do."""
    if is_being_looked_at(run):
        raise Refusal(_("The file is still being looked at."))
