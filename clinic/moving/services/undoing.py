"""An import is taken back as a whole, while nothing depends on what it made."""

from itertools import groupby
from typing import Any

import structlog
from django.apps import apps
from django.db import connection as database
from django.db import models, transaction
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from clinic.audit.models import AuditEvent
from clinic.audit.services import acting
from clinic.db.current import connection
from clinic.models import Refusal, pointing_at, relayed
from clinic.moving.models import ImportedRecord, ImportRun, Status, called
from clinic.moving.services.running import AT_ONCE

log = structlog.get_logger(__name__)


@transaction.atomic
def undo_import(run: ImportRun, *, by: Any) -> ImportRun:
    """Delete everything the import made: at once when that is little, otherwise as a job.

    Raises Refusal naming what depends on it.
    """
    going: ImportRun = ImportRun.objects.locked(run.pk)
    going.move("undo_import", problem="")
    if going.rows <= AT_ONCE:
        return take_back(going, by=by)
    refuse_while_needed(going)
    from clinic.moving.jobs import take_rows_back

    take_rows_back.defer(schema_name=connection.schema_name, run_id=str(going.pk), by_id=str(by.pk))
    return going


def take_back_or_keep(run: ImportRun, *, by: Any) -> ImportRun:
    """Do what was asked for as a job. What stands in the way is told by the import, which then stays."""
    with acting({"actor_id": str(by.pk), "actor": str(by)}):
        try:
            return take_back(run, by=by)
        except Refusal as refusal:
            return _keep(run, str(refusal.message))
        except Exception:
            log.exception("undo_failed", run=str(run.pk))
            return _keep(run, _("Something went wrong that we did not foresee. Nothing was taken back."))


@transaction.atomic
def _keep(run: ImportRun, problem: str) -> ImportRun:
    kept: ImportRun = ImportRun.objects.locked(run.pk)
    return kept.move("keep_import", problem=problem)


def refuse_while_needed(run: ImportRun) -> None:
    """Refuse while something refers to what the import made."""
    if found := dependents(run):
        raise Refusal(
            _("This cannot be taken back while something depends on it: %(what)s.")
            % {"what": get_text_list([f"{count} {name}" for name, count in found.items()], _("and"))}
        )


@transaction.atomic
def take_back(run: ImportRun, *, by: Any) -> ImportRun:
    """Delete what the import made, latest first. Raises Refusal."""
    gone: ImportRun = ImportRun.objects.locked(run.pk)
    if gone.status != Status.UNDOING:
        return gone
    refuse_while_needed(gone)
    gone.move("finish_undo", undone_at=timezone.now(), undone_by=by)
    with relayed(ImportedRecord):
        for label, keys in _latest_first(gone):
            for model in _whole(apps.get_model(label)):
                _delete(model, keys)
        ImportedRecord.objects.filter(run=gone).erase()
        database.check_constraints()
    return gone


def made_by(run: ImportRun) -> dict[str, int]:
    """How many records of which kind the import has made: by the model's label."""
    made = ImportedRecord.objects.made_by(run).values_list("model")
    return dict(made.annotate(count=models.Count("pk")).order_by("model"))


def dependents(run: ImportRun) -> dict[str, int]:
    """What refers to records of the import without being one: how many of each kind, by its name."""
    made = ImportedRecord.objects.made_by(run).order_by()
    found: dict[str, int] = {}
    for label in sorted(set(made.values_list("model", flat=True))):
        keys = made.filter(model=label).values("record_id")
        for model in _whole(apps.get_model(label)):
            for field in pointing_at(model):
                _count(field, keys, made, found)
    later = ImportedRecord.objects.filter(record_id__in=made.values("record_id")).exclude(run=run)
    if count := later.values("run").distinct().count():
        found[str(_("later imports"))] = count
    return found


def changed_since(run: ImportRun) -> int:
    """How many of the records it made were changed by somebody since: that is lost when it is taken back."""
    made = ImportedRecord.objects.made_by(run).order_by()
    tables = {
        model._meta.db_table
        for label in set(made.values_list("model", flat=True))
        for model in _whole(apps.get_model(label))
    }
    keys = made.annotate(row=Cast("record_id", models.CharField(max_length=64))).values("row")
    later = AuditEvent.objects.order_by().filter(at__gt=run.finished_at, action=AuditEvent.Action.UPDATE)
    return later.filter(table_name__in=tables, row_id__in=keys).values("row_id").distinct().count()


def _count(field: Any, keys: Any, made: Any, found: dict[str, int]) -> None:
    """Add the rows in which `field` names one of `keys`, but for those the import made itself."""
    rows = field.model.objects.order_by().filter(**{f"{field.name}__in": keys})
    own = made.filter(model__in=_labels(field.model)).values("record_id")
    count = rows.exclude(pk__in=own).values("pk").count()
    if count:
        name = called(field.model, count)
        found[name] = max(count, found.get(name, 0))


def _whole(model: type[models.Model]) -> list[type[models.Model]]:
    """The model, and what a row of it is a part of: a patient's profile goes with the person."""
    key = model._meta.pk
    return [model, key.related_model] if isinstance(key, models.OneToOneField) else [model]


def _labels(model: type[models.Model]) -> list[str]:
    """Under which names a row of `model` may stand among what was made."""
    parts = [field.model for field in pointing_at(model) if field.primary_key]
    return [part._meta.label for part in (model, *parts)]


def _latest_first(run: ImportRun) -> list[tuple[str, list[Any]]]:
    rows = ImportedRecord.objects.made_by(run).values_list("model", "record_id")
    return [(label, [key for _label, key in some]) for label, some in groupby(rows, lambda row: row[0])]


def _delete(model: type[models.Model], keys: list[Any]) -> None:
    """Delete rows as they are; what still names them is for the database to find."""
    model.objects.filter(pk__in=keys).erase()  # type: ignore[attr-defined]
