"""Asking for a copy of everything, preparing it, and deleting it when its time is over."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from clinic.db.current import connection
from clinic.exports.letters import tell_asker
from clinic.exports.models import Export, Status, Way
from clinic.exports.packing import pack
from clinic.jobs.tasks import where
from clinic.models import Refusal, relayed

log = structlog.get_logger(__name__)
# How long a copy can be fetched.
KEPT = timedelta(days=7)
# What took longer was left by a worker that is gone.
LONGEST = timedelta(hours=12)


@transaction.atomic
def ask_for_patient(
    patient: Any,
    *,
    by: Any,
    wanted_by: str = "",
    identity_seen: str = "",
    with_sensitive: bool = False,
) -> Export:
    """Ask for everything about `patient`; a job prepares it and tells who asked.

    In the clinic it is noted who wants it and how they showed who they are. `with_sensitive`: also the
    records that the patient is not shown, which only a doctor gives out.
    """
    _may(by, "exports.ask_for_patient")
    if with_sensitive:
        _may(by, "exports.give_out_sensitive")
    if not (wanted_by.strip() and identity_seen.strip()):
        raise Refusal(_("Say who wants it, and how they showed who they are."), "identity_seen")
    facts = {"wanted_by": wanted_by.strip(), "identity_seen": identity_seen.strip()}
    return _asked(
        Export(patient_id=patient.pk, way=Way.DESK, asked_by=by, with_sensitive=with_sensitive, **facts)
    )


@transaction.atomic
def ask_for_mine(*, by: Any, guardian: Any = None) -> Export:
    """Ask for everything about oneself, as a patient; `guardian`: who acts for `by` meanwhile and is told."""
    _may(by, "exports.ask_for_mine")
    return _asked(Export(patient_id=by.pk, way=Way.PORTAL, asked_by=guardian or by))


@transaction.atomic
def ask_for_clinic(*, by: Any) -> Export:
    """Ask for everything the clinic has; a job prepares it and tells who asked.

    `by` is None when the platform asks for a clinic that is being closed.
    """
    if by is not None:
        _may(by, "exports.ask_for_clinic")
    return _asked(Export(way=Way.CLINIC, asked_by=by))


def _may(by: Any, permission: str) -> None:
    if by is None or not by.may(permission):
        raise Refusal(_("You may not give out this copy."))


def _asked(export: Export) -> Export:
    with relayed(Export):
        export.save(force_insert=True)
    # By name: the job's module calls the services.
    job = app.configure_task("clinic.exports.jobs.make_export")
    job.defer(schema_name=connection.schema_name, export_id=str(export.pk))
    return export


def make_export(export_id: Any) -> None:
    """Prepare a copy that was asked for. What a killed worker left half done is begun anew."""
    with transaction.atomic():
        export = Export.objects.locked(export_id)
        if not export.is_under_way:
            return
        if export.status == Status.ASKED:
            export.move("begin_export", started_at=timezone.now())
    try:
        packed = pack(export)
    except Exception as error:
        log.exception("export_failed", export=str(export_id))
        export.part.unlink(missing_ok=True)
        _fail(export, where(error))
        return
    _finish(export, packed)


@transaction.atomic
def _finish(export: Export, packed: Any) -> None:
    now = timezone.now()
    export = Export.objects.locked(export.pk)
    export.part.rename(export.path)
    connection.on_rollback(lambda: export.path.unlink(missing_ok=True))
    facts = {"finished_at": now, "expires_at": now + KEPT}
    export.move("finish_export", size=packed.size, sha256=packed.sha256, counts=packed.counts, **facts)
    tell_asker(export)


@transaction.atomic
def _fail(export: Export, problem: str) -> None:
    export = Export.objects.locked(export.pk)
    export.move("fail_export", problem=problem[:300])
    tell_asker(export)


@transaction.atomic
def delete_export(export: Export, *, by: Any) -> Export:
    """Delete the file before its time; that it was made stays on record. `by` is None for the nightly job."""
    if by is not None and not Export.objects.visible_to(by).filter(pk=export.pk).exists():
        raise Refusal(_("You may not delete this copy."))
    export = Export.objects.locked(export.pk)
    export.move("delete_export")
    path = export.path
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return export


def delete_what_is_over() -> int:
    """Delete the copies whose week is over, give up those nobody works on any more; how many were deleted."""
    over = list(Export.objects.over())
    for export in over:
        delete_export(export, by=None)
    for left in Export.objects.filter(status=Status.RUNNING, started_at__lt=timezone.now() - LONGEST):
        left.part.unlink(missing_ok=True)
        _fail(left, _("The worker stopped before it was ready."))
    return len(over)


def delete_all_exports() -> None:
    """Delete every copy there is, because nobody will come for it."""
    for export in Export.objects.filter(status=Status.READY):
        delete_export(export, by=None)
