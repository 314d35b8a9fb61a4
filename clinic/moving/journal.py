"""What an import notes of each record while it runs: where it came from and what it became."""

import hashlib

from django.db import models

from clinic.models import relayed
from clinic.moving import files
from clinic.moving.models import ImportedRecord, ImportRun

AT_ONCE = 500


def fingerprint(content: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(content.encode()).hexdigest()


class Journal:
    """The notes of one import, written many at once; `close` writes the rest."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self._notes: list[ImportedRecord] = []
        self._position = 0
        self._told = 0

    def made(self, obj: models.Model, kind: str, key: str = "", *, source: str = "", of: str = "") -> None:
        """`obj` is new, made by this import. `of`: the fingerprint of what was read."""
        self._note(obj, kind, key, source, of, created=True)

    def found(self, obj: models.Model, kind: str, key: str, *, source: str = "", of: str = "") -> None:
        """`obj` was here before, and is the same as what was read."""
        self._note(obj, kind, key, source, of, created=False)

    def _note(self, obj: models.Model, kind: str, key: str, source: str, of: str, *, created: bool) -> None:
        self._position += 1
        note = ImportedRecord(
            run=self.run,
            position=self._position,
            source=source,
            kind=kind,
            # What has no identifier there has none but our own.
            key=key or str(obj.pk),
            model=obj._meta.label,
            record_id=obj.pk,
            fingerprint=of or fingerprint(key or str(obj.pk)),
            created=created,
        )
        self._notes.append(note)
        if len(self._notes) >= AT_ONCE:
            self.close()

    def close(self) -> None:
        """Write what is not written yet."""
        with relayed(ImportedRecord):
            ImportedRecord.objects.bulk_create(self._notes)
        self._notes = []

    def tell(self, done: int) -> None:
        """Say how many rows are done; the page of the import shows it."""
        if done - self._told >= max(1, self.run.rows // 100):
            self._told = done
            files.tell(self.run, done)
