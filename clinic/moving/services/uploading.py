"""A file is taken in, looked at, and put away when nobody brings it in."""

import hashlib
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.models import Refusal, relayed
from clinic.moving import files
from clinic.moving.kinds import KINDS
from clinic.moving.models import ImportRun, Status

# After so long an upload that nobody brings in is deleted.
KEPT = timedelta(days=1)
LONGEST_NAME = 160


@transaction.atomic
def upload_import(*, kind: str, name: str, content: bytes, by: Any, **facts: Any) -> ImportRun:
    """Take a file in. Nothing is stored of what it says. `facts`: fields of the import."""
    if not content:
        raise Refusal(_("The file is empty."), "file")
    if kind not in KINDS:
        raise Refusal(_("Choose one of the values offered."), "kind")
    sha256 = hashlib.sha256(content).hexdigest()
    known = {"file_name": name[-LONGEST_NAME:] or kind, "size": len(content), "sha256": sha256}
    run = ImportRun(kind=kind, by=by, **known, **facts)
    with relayed(ImportRun):
        run.save(force_insert=True)
    files.keep(run, content)
    return run


@transaction.atomic
def preview_import(run: ImportRun, *, by: Any, **facts: Any) -> ImportRun:
    """Keep what was chosen about the file (its format, its columns, single rows) and what it would do."""
    waiting: ImportRun = ImportRun.objects.locked(run.pk)
    if waiting.status == Status.PREVIEWED:
        for name, value in facts.items():
            setattr(waiting, name, value)
        with relayed(ImportRun):
            waiting.save(update_fields=list(facts))
        return waiting
    return waiting.move("preview_import", **facts)


@transaction.atomic
def discard_import(run: ImportRun, *, by: Any) -> ImportRun:
    """Put away a file of which nothing was brought in."""
    waiting: ImportRun = ImportRun.objects.locked(run.pk)
    waiting.move("discard_import", file_deleted_at=timezone.now())
    transaction.on_commit(lambda: files.drop(waiting))
    return waiting


def clear_uploads() -> None:
    """Put away the files that have waited for a day, and what killed processes left behind."""
    for run in ImportRun.objects.waiting().filter(created_at__lt=timezone.now() - KEPT):
        discard_import(run, by=None)
    lasting = ImportRun.objects.filter(file_deleted_at__isnull=True).values_list("pk", flat=True)
    files.drop_strays({str(pk) for pk in lasting})
