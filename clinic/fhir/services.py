"""An import of FHIR: taken in, looked at by doing it and undoing it at once, brought in."""

import json
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.fhir.files import Document, documents_of, entries_of, pack
from clinic.fhir.reading import Bringing
from clinic.models import Refusal
from clinic.moving import files
from clinic.moving.journal import Journal
from clinic.moving.models import ImportRun, Status
from clinic.moving.services import preview_import, start_import, upload_import
from clinic.moving.services.running import AT_ONCE

PREVIEW = "preview"


def upload_bundles(*, by: Any, uploads: Sequence[UploadedFile], system: str = "") -> ImportRun:
    """Take files in, and look at them: at once when they are few, otherwise as a job. Raises Refusal.

    `system`: what the other system is called, for those whose records have only numbers of their own.
    """
    _may(by, "fhir.upload_bundles")
    if not uploads:
        raise Refusal(_("Choose at least one file."), "uploads")
    return take_in([Document(each.name or "", each.read()) for each in uploads], by=by, system=system)


@transaction.atomic
def take_in(
    documents: Sequence[Document], *, by: Any, system: str = "", is_waited_for: bool = False
) -> ImportRun:
    """The same, of files that are read already; `is_waited_for`: at once, however many they are."""
    packed = pack(documents)
    name = documents[0].name if len(documents) == 1 else _("%(count)s files") % {"count": len(documents)}
    run = upload_import(
        kind="fhir",
        name=name,
        content=packed.content,
        by=by,
        rows=packed.resources,
        format={"system": system.strip(), "files": packed.files, "problems": packed.problems},
    )
    if packed.resources > AT_ONCE and not is_waited_for:
        from clinic.fhir.jobs import look_at_bundles

        look_at_bundles.defer(schema_name=connection.schema_name, run_id=str(run.pk))
        return run
    return foresee(run)


def foresee(run: ImportRun) -> ImportRun:
    """Bring everything in, note what that does, and undo it: what is shown before is what will be."""
    seen: dict[str, Any] = {}
    with transaction.atomic():
        trial: ImportRun = ImportRun.objects.locked(run.pk)
        if trial.status == Status.UPLOADED:
            trial.move("preview_import")
        trial.move("start_import", started_at=timezone.now())
        bringing = _brought(trial, Journal(trial))
        seen = {**bringing.summary(), "doubts": bringing.doubts}
        transaction.set_rollback(True)
    files.keep(run, json.dumps(seen).encode(), PREVIEW)
    return preview_import(run, by=run.by)


def foresee_nothing(run: ImportRun) -> ImportRun:
    """Say that looking at the files went wrong: they can only be put away."""
    files.keep(run, json.dumps({"failed": True}).encode(), PREVIEW)
    return preview_import(run, by=run.by)


def foreseen(run: ImportRun) -> dict[str, Any]:
    """What was found out. Raises Gone."""
    seen: dict[str, Any] = json.loads(files.content_of(run, PREVIEW))
    return seen


def bring_in_bundles(run: ImportRun, *, by: Any, same: dict[str, str] | None = None) -> ImportRun:
    """Bring in what was looked at. `same`: of which patient of ours a new one is the same person."""
    _may(by, "fhir.bring_in_bundles")
    if foreseen(run).get("failed"):
        raise Refusal(_("These files cannot be brought in."))
    return start_import(run, by=by, decisions=same or {})


def bring_bundles(run: ImportRun, journal: Journal) -> dict[str, Any]:
    """The work of an import: everything its files hold, in one transaction."""
    return _brought(run, journal).summary()


def _brought(run: ImportRun, journal: Journal) -> Bringing:
    system = run.format.get("system", "")
    bringing = Bringing(journal, by=run.by, system=system, choices=run.decisions)
    done = 0
    for document in documents_of(files.content_of(run)):
        entries = entries_of(document)
        bringing.bring(entries)
        done += len(entries)
        journal.tell(done)
    return bringing


def _may(by: Any, permission: str) -> None:
    if by is None or not by.may(permission):
        raise Refusal(_("Only the clinic’s administrators bring in records."))
