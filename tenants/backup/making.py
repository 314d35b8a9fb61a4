"""A backup is made: everything of one clinic as it was at one moment."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections
from django.utils.translation import gettext as _

from clinic.audit.chain import heads_of
from clinic.db.roles import CLINIC_MAY_SAY
from tenants import schemas
from tenants.backup import tables
from tenants.backup.archive import Archive, archive_at
from tenants.backup.container import Unfit
from tenants.backup.people import people_of
from tenants.backup.table import LEFT_OUT, named_files, sums
from tenants.models import Organization

Say = Callable[[int, int], None]
# What of the clinic's shared row goes along: what it says of itself, and the ways of its place.
OWN_FACTS = ("country", *sorted(CLINIC_MAY_SAY))
PART = ".part"


def folder_of(schema: str) -> Path:
    """Where the files of a schema lie."""
    return Path(settings.MEDIA_ROOT) / schema


def make_backup(
    organization: Organization,
    path: Path,
    *,
    sealed: tuple[dict[str, Any], bytes] | None = None,
    with_passwords: bool = False,
    say: Say = lambda done, of: None,
) -> dict[str, Any]:
    """Write everything of the clinic to `path`, whole or not at all; answer the manifest.

    `sealed`: what `container.sealing` makes of a password. Raises Unfit when a file is not what its row says.
    """
    if with_passwords and not sealed:
        raise Unfit(_("Passwords go along only in an encrypted backup."), "password")
    with snapshot(organization.schema_name) as cursor, archive_at(path, sealed) as archive:
        manifest = _facts(cursor, organization)
        archive.add_json("shared/clinic.json", own_facts(organization))
        archive.add_json("shared/people.json", people_of(cursor, with_passwords=with_passwords))
        for digest, content in organization.logos.values_list("digest", "content"):
            archive.add_content(f"shared/logos/{digest}.png", bytes(content))
        manifest["tables"] = _add_tables(cursor, archive, say)
        manifest["files"] = _add_files(cursor, archive, organization.schema_name)
        if (heads := heads_of(organization.schema_name)).exists():
            archive.add_content("trail.heads", heads.read_bytes())
        archive.finish(manifest)
        return {**manifest, "parts": archive.parts}


@contextmanager
def snapshot(schema: str) -> Iterator[Any]:
    """A cursor of the owner's that sees the schema as it is at this moment, however long it is looked at.

    No clinic is migrated meanwhile; asked for before the moment, since waiting would make it an earlier one.
    """
    wrapper = connections.create_connection(schemas.OWNER)
    wrapper.connect()
    try:
        cursor = wrapper.connection.cursor()
        cursor.execute("SELECT pg_advisory_lock_shared(hashtextextended(%s, 0))", [schemas.LOCK])
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables.set_ways(cursor, schema)
        yield cursor
        cursor.execute("COMMIT")
    finally:
        wrapper.close()


def _facts(cursor: Any, organization: Organization) -> dict[str, Any]:
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
    migrations = [list(row) for row in cursor.fetchall()]
    cursor.execute("SHOW server_version")
    (server,) = cursor.fetchone()
    return {
        "made_at": datetime.now(UTC).isoformat(),
        "postgresql": server,
        "clinic": {"id": str(organization.pk), "name": organization.name, "label": organization.label},
        "schema": organization.schema_name,
        "migrations": migrations,
        "counters": tables.counters(cursor),
        "sums": tables.add_ups(cursor, sums()),
        "trail": tables.head_of_trail(cursor),
        "left_out": LEFT_OUT,
    }


def in_short(manifest: dict[str, Any]) -> dict[str, Any]:
    """What is remembered of a backup beside its file: of when it is, and how much is in it."""
    facts = {name: manifest[name] for name in ("made_at", "trail", "sums", "files")}
    return {**facts, "rows": sum(told["rows"] for told in manifest["tables"].values())}


def own_facts(organization: Organization) -> dict[str, Any]:
    """What of the clinic's shared row goes along, as JSON has it."""
    stored = Organization.objects.filter(pk=organization.pk).values(*OWN_FACTS).get()
    plain: dict[str, Any] = json.loads(json.dumps(stored, cls=DjangoJSONEncoder))
    return plain


def _add_tables(cursor: Any, archive: Archive, say: Say) -> dict[str, Any]:
    told, columns = {}, tables.columns_of(cursor)
    for number, (table, names) in enumerate(columns.items()):
        say(number, len(columns))
        with tables.spooled(cursor, table, names) as (file, size, count):
            facts = archive.add(f"tables/{table}.copy", file, size)
        told[table] = {"columns": names, "rows": count, "sha256": facts["sha256"]}
    return told


def _add_files(cursor: Any, archive: Archive, schema: str) -> int:
    """Everything in the clinic's folder; what a row names must be there and be what it says."""
    named = dict(_named(cursor))
    base, count = folder_of(schema), 0
    for file in sorted(base.rglob("*")):
        place = file.relative_to(base).as_posix()
        if file.is_file() and not place.endswith(PART):
            facts = _add_file(archive, file, place)
            if named.pop(place, facts["sha256"]) != facts["sha256"]:
                raise _not_as_stored(place)
            count += 1
    for place in named:
        raise _not_as_stored(place)
    return count


def _named(cursor: Any) -> Iterator[tuple[str, str]]:
    for question in named_files():
        cursor.execute(question)
        yield from cursor.fetchall()


def _add_file(archive: Archive, file: Path, place: str) -> dict[str, Any]:
    try:
        with file.open("rb") as content:
            return archive.add(f"files/{place}", content, file.stat().st_size)
    except FileNotFoundError as error:
        raise Unfit(_("A file was removed while the backup was made. Make it again.")) from error


def _not_as_stored(place: str) -> Unfit:
    return Unfit(
        _("File %(place)s is not what was stored. Run verify, then make the backup.") % {"place": place}
    )
