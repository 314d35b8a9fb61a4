"""What stands in a backup is put into a new schema and a new folder, and compared with the manifest.

Nothing here decides what the clinic will be: that is `restoring`.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from clinic.audit.chain import Head, broken_entries, heads_in
from clinic.audit.rows import altered_rows
from clinic.db import roles
from tenants import catalog, schemas, versions
from tenants.backup import tables
from tenants.backup.archive import Part, parts_of
from tenants.backup.checking import FILE, TABLE, lacking
from tenants.backup.container import Unfit, damaged
from tenants.backup.making import Say, folder_of
from tenants.backup.standing import owner_cursor
from tenants.backup.table import sums
from tenants.models import SchemaScript

# Of what does not hold, so many are named.
NAMED = 5


class Loaded:
    """What was read beside the rows and files."""

    def __init__(self) -> None:
        self.clinic: dict[str, Any] = {}
        self.people: list[dict[str, Any]] = []
        self.logos: dict[str, bytes] = {}
        self.heads: list[Head] = []


def script_of(manifest: dict[str, Any]) -> SchemaScript | None:
    """What makes a schema as it was when the backup was made, if this installation has ever known."""
    made = {(app, name) for app, name in manifest["migrations"]}
    if not lacking(manifest):
        return schemas.current_script()
    for script in SchemaScript.objects.using(schemas.OWNER).order_by("-created_at"):
        if {(app, name) for app, name in script.migrations} == made:
            return script
    return None


def early_schema(schema: str, manifest: dict[str, Any]) -> None:
    """Make a schema as it was when the backup was made, by the migrations it names.

    For a backup of a release that this installation never had. Until the restore ends nobody can change
    log-ins, since the new tables point to them.
    """
    made = {(app, name) for app, name in manifest["migrations"]}
    with schemas.owner_in(schema) as connection:
        with connection.cursor() as cursor:
            roles.run(cursor, "CREATE SCHEMA {}", schema)
            roles.create_clinic_role(cursor, schema)
        executor = schemas.executor_in(connection)
        plan = [
            (executor.loader.graph.nodes[key], False) for key in versions.clinic_migrations() if key in made
        ]
        executor.migrate([key for key in versions.clinic_migrations() if key in made], plan)


def load(schema: str, path: Path, password: str, manifest: dict[str, Any], say: Say) -> Loaded:
    """Put rows and files in, and compare them with the manifest. Raises Unfit for any difference.

    No rule acts yet: `finished` is called when whoever restores has set right what must be.
    """
    cursor, loaded = owner_cursor(), Loaded()
    tables.set_ways(cursor, schema)
    _refuse_other_columns(cursor, manifest)
    tables.empty(cursor)
    with parts_of(path, password) as parts:
        for number, part in enumerate(parts):
            say(number, len(manifest["parts"]))
            _take(cursor, schema, part, manifest, loaded)
            if part.facts != manifest["parts"].get(part.name, part.facts):
                raise damaged()
    tables.set_counters(cursor, manifest["counters"])
    _compare(cursor, manifest)
    return loaded


def _refuse_other_columns(cursor: Any, manifest: dict[str, Any]) -> None:
    told = {name: facts["columns"] for name, facts in manifest["tables"].items()}
    if told != tables.columns_of(cursor):
        raise Unfit(_("The tables of this backup are not those of its migrations. Nothing was restored."))


def _take(cursor: Any, schema: str, part: Part, manifest: dict[str, Any], loaded: Loaded) -> None:
    if part.name.startswith(TABLE):
        table = part.name.removeprefix(TABLE).removesuffix(".copy")
        tables.rows_in(cursor, table, manifest["tables"][table]["columns"], part.blocks())
    elif part.name.startswith(FILE):
        _keep(folder_of(schema) / part.name.removeprefix(FILE), part.blocks())
    else:
        _take_small(part, loaded)


def _take_small(part: Part, loaded: Loaded) -> None:
    content = part.content()
    if part.name == "shared/clinic.json":
        loaded.clinic = json.loads(content)
    elif part.name == "shared/people.json":
        loaded.people = json.loads(content)
    elif part.name.startswith("shared/logos/"):
        loaded.logos[part.name.removeprefix("shared/logos/").removesuffix(".png")] = content
    elif part.name == "trail.heads":
        loaded.heads = heads_in(content.decode("ascii"))


def _keep(path: Path, blocks: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        for block in blocks:
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _compare(cursor: Any, manifest: dict[str, Any]) -> None:
    for table, told in manifest["tables"].items():
        if tables.measured(cursor, table, told["columns"]) != {key: told[key] for key in ("rows", "sha256")}:
            raise Unfit(_("The rows of %(table)s are not what the manifest says.") % {"table": table})
    if tables.head_of_trail(cursor) != manifest["trail"]:
        raise Unfit(_("The audit trail does not end where the manifest says."))


def finished(schema: str, manifest: dict[str, Any]) -> None:
    """Let every rule act again, bring the schema up to date, and have the database check everything."""
    cursor = owner_cursor()
    tables.set_ways(cursor, schema)
    tables.guarded(cursor)
    if lacking(manifest):
        with schemas.owner_in(schema) as connection:
            schemas.migrate_here(connection)
            with connection.cursor() as django_cursor:
                roles.grant_schema(django_cursor, schema)


def check_schema(schema: str) -> None:
    """Compare the schema with one that was just migrated: every rule is there and acts."""
    script = schemas.current_script()
    owner_cursor()
    with schemas.owner_in(schema) as connection:
        if catalog.catalog_fingerprint(connection, schema) != script.catalog:
            raise Unfit(_("The restored tables are not those of this system. Nothing was restored."))


def check_content(schema: str, manifest: dict[str, Any], heads: list[Head]) -> None:
    """Fold the trail again, lay it over the rows, and add up what is added up. Raises Unfit."""
    cursor = owner_cursor()
    tables.set_ways(cursor, schema)
    noted = [head for head in heads if head.id <= manifest["trail"]["id"]]
    found = [f"{entry.id} {entry.problem}" for entry in broken_entries(noted, cursor)]
    found += [f"{row.table} {row.row_id} {row.problem}" for row in altered_rows(cursor=cursor)]
    if found:
        raise Unfit(_does_not_hold(found))
    answers = tables.add_ups(cursor, sums())
    for name, told in manifest["sums"].items():
        if answers.get(name) != told:
            raise Unfit(_("%(name)s do not come to what the manifest says.") % {"name": name})


def _does_not_hold(found: list[str]) -> str:
    """What the rooms' own proofs and the trail say, the first few of it."""
    return _("The restored records do not hold: %(problems)s. Nothing was restored.") % {
        "problems": "; ".join(problem.removesuffix(".") for problem in found[:NAMED])
    }


def refuse_problems(found: list[str]) -> None:
    """Refuse what does not hold. Raises Unfit."""
    if found:
        raise Unfit(_does_not_hold(found))
