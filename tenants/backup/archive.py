"""What is in a backup: a gzipped tar, whose last part is the manifest that counts all the others.

shared/clinic.json          what the clinic says of itself in the public schema
shared/people.json          the log-ins of its members
shared/logos/<sha-256>.png  the pictures it has shown
tables/<table>.copy         the rows, as PostgreSQL's COPY writes them (text), in the order of the key
files/<place>               what the clinic filed
trail.heads                 how far the trail had come, as it was written down outside the database
manifest.json
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from tenants.backup.container import Reader, damaged, opened, written

MANIFEST = "manifest.json"
FORMAT = 1
# What the names of parts are made of; a place never leads out of its folder.
NAME = re.compile(r"(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]{0,300}")
LARGEST_JSON = 256 << 20
BLOCK = 1 << 16
# A stream that somebody has put together wrongly.
BROKEN = (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile)


class Part:
    """One part as it is read, counted while it is."""

    def __init__(self, name: str, size: int, file: IO[bytes]) -> None:
        self.name = name
        self.size = size
        self.file = file
        self.digest = hashlib.sha256()

    def blocks(self) -> Iterator[bytes]:
        """The content, piece by piece."""
        while block := self._read():
            self.digest.update(block)
            yield block

    def _read(self) -> bytes:
        try:
            return self.file.read(BLOCK)
        except BROKEN as error:
            raise damaged() from error

    def content(self) -> bytes:
        """All of it, where that is little."""
        if self.size > LARGEST_JSON:
            raise damaged()
        return b"".join(self.blocks())

    @property
    def facts(self) -> dict[str, Any]:
        """What the manifest says of it, once it was read."""
        return {"bytes": self.size, "sha256": self.digest.hexdigest()}


class Archive:
    """A backup as it is written."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.parts: dict[str, dict[str, Any]] = {}

    def add(self, name: str, file: IO[bytes], size: int) -> dict[str, Any]:
        """Write one part; answer its size and digest."""
        facts = tarfile.TarInfo(name)
        facts.size, facts.mode = size, 0o600
        counted = _Counted(file)
        self.tar.addfile(facts, counted)
        self.parts[name] = {"bytes": size, "sha256": counted.digest.hexdigest()}
        return self.parts[name]

    def add_content(self, name: str, content: bytes) -> dict[str, Any]:
        """Write one small part."""
        return self.add(name, io.BytesIO(content), len(content))

    def add_json(self, name: str, value: Any) -> dict[str, Any]:
        """Write a part for programs to read."""
        return self.add_content(name, json.dumps(value, sort_keys=True, indent=1).encode())

    def finish(self, manifest: dict[str, Any]) -> None:
        """Write the manifest, which says of every other part what it was."""
        self.add_json(MANIFEST, {**manifest, "format": FORMAT, "parts": dict(self.parts)})


class _Counted:
    """A file whose content is counted while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As a file does."""
        content = self.file.read(size)
        self.digest.update(content)
        return content


@contextmanager
def archive_at(path: Path, sealed: tuple[dict[str, Any], bytes] | None) -> Iterator[Archive]:
    """Write a backup to `path`; when the block fails there is no file."""
    with (
        written(path, sealed) as writer,
        gzip.GzipFile(fileobj=writer, mode="wb", compresslevel=6, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as tar,
    ):
        yield Archive(tar)


@contextmanager
def parts_of(path: Path, password: str = "") -> Iterator[Iterator[Part]]:
    """Read a backup, part by part in the order they were written. Raises Unfit for a damaged file."""
    with opened(path, password) as reader:
        yield _parts(reader)


def _parts(reader: Reader) -> Iterator[Part]:
    packed = gzip.GzipFile(fileobj=io.BufferedReader(reader, BLOCK))
    try:
        with tarfile.open(fileobj=packed, mode="r|", format=tarfile.PAX_FORMAT) as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isfile() else None
                if content is None or not NAME.fullmatch(member.name):
                    raise damaged()
                yield Part(member.name, member.size, content)
        while packed.read(BLOCK):
            pass
    except BROKEN as error:
        raise damaged() from error
