"""The files of an import: bundles, single resources, NDJSON, alone or many in a ZIP.

Whatever came is packed anew, into one ZIP with what others refer to first.
"""

import gzip
import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from clinic.fhir.reading import Entry
from clinic.fhir.versions import foreign_version
from clinic.models import Refusal

MOST_FILES = 2000
MEGABYTE = 1024 * 1024
# Unpacked: of one file, and of all of them. A ZIP may hold a thousand times its own size.
LARGEST, LARGEST_TOGETHER = 48 * MEGABYTE, 256 * MEGABYTE
NAMES = (".json", ".ndjson", ".jsonl", ".txt", ".xml", ".gz")
# How packed files begin; a ZIP of nothing has only its end.
ZIPS, GZIP = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b"
# Stands for the content of a file that nobody reads.
OTHER = b"\x00"
# What an entry is called that holds no record: a request to delete one, or nothing at all.
EMPTY = "Bundle.entry"
TYPE = re.compile(r"[A-Z][A-Za-z]{1,60}")
# FHIR R4, bundle-type: what carries records. The others are answers of a server, or its past.
CARRYING = ("transaction", "collection", "batch", "searchset", "document", "message")


class Unreadable(Refusal):
    """A file that cannot be read; the sentence says why, and names nobody."""


class Document(NamedTuple):
    """One file as it came."""

    name: str
    content: bytes


class Packed(NamedTuple):
    """All files as one ZIP; how many resources they hold; which of them cannot be read, and why."""

    content: bytes
    resources: int
    files: int
    problems: dict[str, str]


def pack(documents: Iterable[Document]) -> Packed:
    """Read everything once, and pack what can be read: files without patients first, as others refer to them.

    Raises Unreadable when nothing can.
    """
    problems: dict[str, str] = {}
    readable: list[tuple[bool, Document]] = []
    resources = others = 0
    for document in unpacked(documents):
        if document.content == OTHER:
            others += 1
            continue
        try:
            entries = entries_of(document)
        except Unreadable as refusal:
            problems[document.name] = str(refusal.message)
            continue
        resources += len(entries)
        readable.append((any(each.resource["resourceType"] == "Patient" for each in entries), document))
    if others:
        problems[_("%(count)s other files") % {"count": others}] = _("Files of this kind are not read here.")
    if not readable:
        name, problem = next(iter(problems.items()), ("", str(_("There is no file in it."))))
        raise Unreadable(f"{name}: {problem}" if name and len(problems) > 1 else problem, "uploads")
    readable.sort(key=lambda each: each[0])
    return Packed(_zip([document for _is_late, document in readable]), resources, len(readable), problems)


def _zip(documents: list[Document]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for number, document in enumerate(documents):
            # Two folders may have a file of the same name.
            packed.writestr(f"{number:04}/{document.name}", document.content)
    return target.getvalue()


def documents_of(content: bytes) -> Iterator[Document]:
    """What was packed, one at a time."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for each in packed.infolist():
            yield Document(each.filename.partition("/")[2], packed.read(each))


def unpacked(documents: Iterable[Document]) -> Iterator[Document]:
    """Each file; of a ZIP those in it. Raises Unreadable for what is too much."""
    total = count = 0
    for document in documents:
        for each in _within(document):
            total, count = total + len(each.content), count + 1
            if len(each.content) > LARGEST or total > LARGEST_TOGETHER:
                raise Unreadable(_too_large(), "uploads")
            if count > MOST_FILES:
                raise Unreadable(_("At most %(count)s files at once.") % {"count": MOST_FILES}, "uploads")
            yield each


def _within(document: Document) -> Iterable[Document]:
    """What a packed file holds; any other file is itself."""
    if document.content.startswith(ZIPS):
        return _members(document)
    return (_unzipped(document) if document.content.startswith(GZIP) else document,)


def _unzipped(document: Document) -> Document:
    try:
        with gzip.open(io.BytesIO(document.content)) as packed:
            return Document(document.name.removesuffix(".gz"), packed.read(LARGEST + 1))
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable(_("The packed file is damaged, or not whole."), "uploads") from error


def _too_large() -> str:
    sizes = {"one": LARGEST // MEGABYTE, "all": LARGEST_TOGETHER // MEGABYTE}
    return (
        _("This is too large: one file may have %(one)s MB, all together %(all)s MB. Bring them in in parts.")
        % sizes
    )


def _members(document: Document) -> Iterator[Document]:
    try:
        with zipfile.ZipFile(io.BytesIO(document.content)) as archive:
            for each in archive.infolist():
                name = each.filename.rpartition("/")[2]
                if not name or name.startswith(".") or "__MACOSX" in each.filename:
                    continue
                if not name.lower().endswith(NAMES):
                    # Counted among what was not read: nothing is passed over in silence.
                    yield Document(name, OTHER)
                    continue
                # Whatever size it claims, no more is unpacked.
                with archive.open(each) as member:
                    found = Document(name, member.read(LARGEST + 1))
                yield _unzipped(found) if found.content.startswith(GZIP) else found
    except (zipfile.BadZipFile, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Unreadable(_("The ZIP file is damaged, or locked with a password."), "uploads") from error


def entries_of(document: Document) -> list[Entry]:
    """The resources of one file. Raises Unreadable."""
    text = _text_of(document.content)
    if not text.strip():
        raise Unreadable(_("The file is empty."))
    if text.lstrip().startswith("<"):
        raise Unreadable(_("This is XML or a web page. Ask for the FHIR data as JSON."))
    try:
        entries = _entries_of(json.loads(text, parse_constant=_no_number))
    except RecursionError as error:
        raise Unreadable(_("This is no FHIR data: it is nested too deeply.")) from error
    except ValueError as error:
        entries = _lines_of(text, error)
    if not entries:
        raise Unreadable(_("There is no resource in this file."))
    if version := foreign_version(each.resource for each in entries):
        raise Unreadable(
            _("This is FHIR %(version)s, another version. Ask for FHIR R4 (4.0.1).") % {"version": version}
        )
    return entries


def _text_of(content: bytes) -> str:
    try:
        return content.decode(json.detect_encoding(content))
    except UnicodeDecodeError as error:
        raise Unreadable(_("This is not a text file. FHIR data is JSON in UTF-8.")) from error


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def _entries_of(data: Any) -> list[Entry]:
    if not isinstance(data, dict) or not isinstance(data.get("resourceType"), str):
        raise Unreadable(_("This is JSON, but not FHIR: it has no “resourceType”."))
    if data["resourceType"] != "Bundle":
        return _sound([{"resource": data}])
    if data.get("type") not in CARRYING:
        raise Unreadable(_("This bundle carries no records: it is an answer of a server, or has no type."))
    entries = data.get("entry")
    return _sound(entries if isinstance(entries, list) else [])


def _lines_of(text: str, error: ValueError) -> list[Entry]:
    """NDJSON: each line a resource of its own (hl7.org/fhir/uv/bulkdata)."""
    lines = [(number, line) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
    found: list[Any] = []
    for number, line in lines:
        try:
            found.append({"resource": json.loads(line, parse_constant=_no_number)})
        except (ValueError, RecursionError) as problem:
            if found:
                raise Unreadable(
                    _("Line %(line)s is broken: it is not JSON.") % {"line": number}
                ) from problem
            raise Unreadable(_broken(error)) from error
    return _sound(found)


def _broken(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        where = {"line": error.lineno, "column": error.colno}
        return _("The file is broken: it stops being JSON at line %(line)s, character %(column)s.") % where
    return _("The file is broken: it is not JSON.")


def _sound(entries: list[Any]) -> list[Entry]:
    """The resources, also of a bundle within the bundle; an entry that holds none is counted as such."""
    found = list(_flat(entries))
    return found if any(each.resource["resourceType"] != EMPTY for each in found) else []


def _flat(entries: list[Any]) -> Iterator[Entry]:
    for each in entries:
        resource = each.get("resource") if isinstance(each, dict) else None
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or not isinstance(kind, str) or not TYPE.fullmatch(kind):
            yield Entry("", {"resourceType": EMPTY})
        elif kind == "Bundle":
            inner = resource.get("entry")
            yield from _flat(inner if isinstance(inner, list) else [])
        else:
            full_url = each.get("fullUrl")
            yield Entry(full_url if isinstance(full_url, str) else "", resource)
