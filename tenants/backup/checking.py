"""Whether a file is a whole backup, and one that this system can restore; without touching any database."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tenants import versions
from tenants.backup.archive import FORMAT, MANIFEST, Part, parts_of
from tenants.backup.container import damaged, too_new

TABLE, FILE = "tables/", "files/"


def check_backup(path: Path, password: str = "") -> dict[str, Any]:
    """Read the whole file and compare each part with the manifest; answer the manifest. Raises Unfit."""
    found: dict[str, dict[str, Any]] = {}
    rows: dict[str, int] = {}
    manifest: dict[str, Any] = {}
    with parts_of(path, password) as parts:
        for part in parts:
            if manifest:
                raise damaged()
            if part.name == MANIFEST:
                manifest = _manifest(part)
            else:
                rows[part.name] = sum(block.count(b"\n") for block in part.blocks())
                found[part.name] = part.facts
    _compare(manifest, found, rows)
    return manifest


def _manifest(part: Part) -> dict[str, Any]:
    try:
        manifest = json.loads(part.content())
    except ValueError as error:
        raise damaged() from error
    if not isinstance(manifest, dict):
        raise damaged()
    if manifest.get("format") != FORMAT:
        raise too_new()
    return manifest


def _compare(manifest: dict[str, Any], found: dict[str, Any], rows: dict[str, int]) -> None:
    try:
        told = {f"{TABLE}{name}.copy": facts for name, facts in manifest["tables"].items()}
        tables = {name for name in found if name.startswith(TABLE)}
        files = [name for name in found if name.startswith(FILE)]
        fits = (
            manifest["parts"] == found
            and told.keys() == tables
            and len(files) == manifest["files"]
            and all(
                (facts["rows"], facts["sha256"]) == (rows[name], found[name]["sha256"])
                for name, facts in told.items()
            )
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise damaged() from error
    if not fits:
        raise damaged()


def lacking(manifest: dict[str, Any]) -> int:
    """How many migrations the backup is behind this system. Raises Unfit when it is ahead of it."""
    made = {(app, name) for app, name in manifest["migrations"]}
    known = set(versions.clinic_migrations())
    if made - known:
        raise too_new()
    return len(known - made)


def digest_of(path: Path) -> str:
    """The SHA-256 of the file, for whoever carries it elsewhere."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
