"""The file itself: a ZIP written as it goes, each part with its fingerprint, the manifest last.

Nothing of it is held in memory but the piece being written: tables are read a thousand rows at a time.
"""

import csv
import hashlib
import io
import json
import os
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NotRequired, Self, TypedDict

from django.core.serializers.json import DjangoJSONEncoder

from clinic.tables import harmless

MANIFEST = "manifest.json"
PIECE = 1024 * 1024


class Entry(TypedDict):
    """A part of the file, as the manifest tells it. `rows`: of a table or a list of resources."""

    size: int
    sha256: str
    rows: NotRequired[int]


class Measured(io.RawIOBase):
    """What is written goes on to `target`, counted and fingerprinted on its way."""

    def __init__(self, target: IO[bytes]) -> None:
        super().__init__()
        self.target, self.digest, self.size = target, hashlib.sha256(), 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, piece: Any) -> int:
        """Pass a piece on."""
        self.digest.update(piece)
        self.size += len(piece)
        self.target.write(piece)
        return len(piece)


class Archive:
    """The ZIP being written at `path`; `entries` is what it holds so far."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = path
        self.entries: dict[str, Entry] = {}
        self._file = _private(path)
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED, allowZip64=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()
        self._file.close()

    @contextmanager
    def part(self, name: str) -> Iterator[Measured]:
        """Write the part `name` within the block."""
        with self._zip.open(name, "w", force_zip64=True) as target:
            measured = Measured(target)
            yield measured
        self.entries[name] = {"size": measured.size, "sha256": measured.digest.hexdigest()}

    def text(self, name: str, content: str) -> None:
        """A part that is a text."""
        self.content(name, content.encode())

    def content(self, name: str, content: bytes) -> None:
        """A part that is at hand."""
        with self.part(name) as target:
            target.write(content)

    def copied(self, name: str, source: IO[bytes]) -> None:
        """A part read piece by piece from another file."""
        with self.part(name) as target:
            while piece := source.read(PIECE):
                target.write(piece)

    def document(self, name: str, value: Any) -> None:
        """A part that is JSON."""
        self.text(name, json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1))

    def lines(self, name: str, lines: Iterable[str]) -> int:
        """A part of lines, each whole in itself; how many there are."""
        written = 0
        with self.part(name) as target:
            for line in lines:
                target.write(line.encode() + b"\n")
                written += 1
        self.entries[name]["rows"] = written
        return written

    def table(self, name: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """A part that is a table: CSV (RFC 4180) in UTF-8, with no formula in it; how many rows it has."""
        written = 0
        with self.part(name) as target:
            target.write(b"\xef\xbb\xbf")
            with io.TextIOWrapper(io.BufferedWriter(target), encoding="utf-8", newline="") as text:
                writer = csv.writer(text)
                writer.writerow(head)
                for row in rows:
                    writer.writerow([cell_of(value) for value in row])
                    written += 1
        self.entries[name]["rows"] = written
        return written

    def seal(self, facts: dict[str, Any]) -> None:
        """Write the manifest: `facts`, and every part with its size, fingerprint and number of rows."""
        self.document(MANIFEST, {**facts, "parts": dict(sorted(self.entries.items()))})


def _private(path: Path) -> IO[bytes]:
    """A new file that nobody else on the machine can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def cell_of(value: Any) -> str:
    """A value as a cell: whole (times with their zone, lists as JSON) and no formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list):
        return harmless(json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False))
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    return harmless(str(value))


def fingerprint(path: Path) -> str:
    """The SHA-256 of a whole file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
