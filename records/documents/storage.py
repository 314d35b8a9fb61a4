"""Where the content of files lies: in a folder per clinic, under names nobody chose, read by their hash.

A file is written whole before its row is stored, and taken away again when the row is rolled back: a row
never points at half a file. What a killed process leaves behind belongs to no row; `manage.py verify`
names it, and nothing here removes it by itself (after a restored backup it may be all there is).
"""

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import structlog
from django.apps import apps
from django.utils.translation import gettext as _

from clinic.db.current import connection
from clinic.models import Refusal
from records.documents.folder import folder
from records.documents.models import StoredFile

log = structlog.get_logger(__name__)
# While it is being written.
PART = ".part"
# A file as young as this may belong to a form that is still being stored.
YOUNG = 3600


class Altered(Exception):
    """What lies there is not what was stored: changed, cut short or gone."""


def digest(content: bytes) -> str:
    """The fingerprint of `content`: SHA-256 in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def keep(place: str, content: bytes) -> None:
    """Write a file, whole or not at all; a rollback of the present transaction takes it away again."""
    path = folder() / place
    part = path.with_name(path.name + PART)
    connection.on_rollback(lambda: path.unlink(missing_ok=True))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(part, content)
        part.rename(path)
        _settle(path.parent)
    except OSError as error:
        part.unlink(missing_ok=True)
        log.exception("file_not_stored", place=place)
        raise Refusal(_("The file could not be stored. Tell whoever runs the system.")) from error


def _write(part: Path, content: bytes) -> None:
    """Onto the disk, not only into its cache."""
    with part.open("xb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _settle(directory: Path) -> None:
    """The name as well."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def content_of(file: StoredFile) -> bytes:
    """What was stored. Raises Altered, and logs it, when what lies there is something else."""
    return _read(file.place, file.sha256)


def thumbnail_of(file: StoredFile) -> bytes:
    """The small picture of a file that has one. Raises Altered."""
    return _read(file.thumbnail_place, file.thumbnail_sha256)


def _read(place: str, sha256: str) -> bytes:
    try:
        content = (folder() / place).read_bytes()
    except OSError as error:
        log.error("file_missing", place=place, schema=connection.schema_name)
        raise Altered(place) from error
    if digest(content) != sha256:
        log.error("file_altered", place=place, schema=connection.schema_name)
        raise Altered(place)
    return content


def problems() -> Iterator[str]:
    """Every file of this clinic that is missing or not what was stored, and every one that no row knows."""
    known: set[str] = set()
    for model in kinds():
        for file in model.objects.iterator():
            for place, sha256 in _places(file):
                known.add(place)
                if problem := _problem(place, sha256):
                    yield f"file {place} of {file.belongs_to} {problem}."
    yield from (f"file {place} belongs to no record." for place in _strays(known))


def count() -> int:
    """How many files the clinic has stored."""
    return sum(model.objects.count() for model in kinds())


def kinds() -> list[type[StoredFile]]:
    """Everything that has files of its own, in whichever room."""
    return [model for model in apps.get_models() if issubclass(model, StoredFile)]


def _places(file: StoredFile) -> list[tuple[str, str]]:
    own = [(file.place, file.sha256)]
    return [*own, (file.thumbnail_place, file.thumbnail_sha256)] if file.thumbnail_sha256 else own


def _problem(place: str, sha256: str) -> str:
    path = folder() / place
    if not path.is_file():
        return "is missing"
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    return "" if found == sha256 else "is not what was stored"


def _strays(known: set[str]) -> Iterator[str]:
    base, young = folder(), time.time() - YOUNG
    for path in sorted(base.rglob("*")):
        place = path.relative_to(base).as_posix()
        if path.is_file() and place not in known and path.stat().st_mtime < young:
            yield place
