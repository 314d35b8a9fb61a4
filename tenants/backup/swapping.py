"""A clinic's schema and files are exchanged for others, while nobody is in them.

The door is shut by taking the clinic's role from the site: each message sets the role before its statement
(clinic.db.base), so from that moment no statement of any process runs in the clinic, whatever it remembers
of its state. Whoever was at work is waited for. Names stay: the clinic's schema is called as before, so that
signed links, sign-ins and what processes remember lead to the restored one.
"""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from clinic.audit.chain import heads_of
from clinic.db import roles
from tenants import schemas
from tenants.backup.container import Unfit
from tenants.backup.making import folder_of
from tenants.backup.standing import owner_cursor
from tenants.models import Organization

# How long those who are at work in the clinic are waited for.
LOCK_TIMEOUT = "20s"
PINNED = """
SELECT p.oid::regprocedure::text, substr(setting, length('search_path=') + 1)
FROM pg_proc p, unnest(p.proconfig) AS setting
WHERE p.pronamespace = %s::regnamespace AND starts_with(setting, 'search_path=')
"""


def _lock_name(schema: str) -> str:
    return f"clinic.restore:{schema}"


@contextmanager
def shut(organization: Organization) -> Iterator[None]:
    """Serve nobody in the clinic during the block. It ends with `open_again` in the block's own transaction.

    When the block fails, the clinic is open again as it was. Raises Unfit where somebody else restores it.
    """
    schema, owner = organization.schema_name, connections[schemas.OWNER]
    with owner.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [_lock_name(schema)])
        if not cursor.fetchone()[0]:
            raise Unfit(_("This clinic is being restored already."))
    try:
        _close(organization)
        yield
    except BaseException:
        reopen(organization)
        raise
    finally:
        with owner.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [_lock_name(schema)])


def _close(organization: Organization) -> None:
    with transaction.atomic(using=schemas.OWNER), connections[schemas.OWNER].cursor() as cursor:
        roles.run(cursor, "REVOKE {} FROM {}", organization.schema_name, roles.site_role())
        _note(organization, timezone.now())


def _note(organization: Organization, since: Any) -> None:
    clinic = Organization.objects.using(schemas.OWNER).get(pk=organization.pk)
    clinic.restoring_since = since
    clinic.save(using=schemas.OWNER, update_fields=["restoring_since"])


def reopen(organization: Organization) -> None:
    """Let the clinic be served as it stands."""
    with transaction.atomic(using=schemas.OWNER), connections[schemas.OWNER].cursor() as cursor:
        roles.let_site_enter(cursor, organization.schema_name)
        _note(organization, None)


def open_again(organization: Organization) -> None:
    """Let the clinic be served from the commit of the present transaction on."""
    cursor = owner_cursor()
    roles.let_site_enter(cursor, organization.schema_name)
    Organization.objects.filter(pk=organization.pk).update(restoring_since=None)


def reopen_stranded() -> int:
    """Open what a killed restore left shut: its transaction is gone with it; how many there were."""
    stranded = list(Organization.objects.using(schemas.OWNER).filter(restoring_since__isnull=False))
    return sum(_reopen_if_alone(organization) for organization in stranded)


def _reopen_if_alone(organization: Organization) -> bool:
    with transaction.atomic(using=schemas.OWNER), connections[schemas.OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
            [_lock_name(organization.schema_name)],
        )
        if not cursor.fetchone()[0]:
            return False
        _put_files_back(organization.schema_name, cursor)
        reopen(organization)
        return True


def _put_files_back(schema: str, cursor: Any) -> None:
    """Files that were moved a moment before a commit that never came."""
    cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'kept%'")
    known = {name for (name,) in cursor.fetchall()}
    for kept in folder_of(schema).parent.glob("kept_*"):
        mark = kept / f".{schema}"
        if mark.exists() and kept.name not in known:
            shutil.rmtree(folder_of(schema), ignore_errors=True)
            mark.unlink()
            kept.rename(folder_of(schema))


def wait_for_people(schema: str) -> None:
    """Wait until whoever was at work in the schema is done; nobody new can begin."""
    cursor = owner_cursor()
    cursor.execute(sql.SQL("SET LOCAL lock_timeout TO {}").format(sql.Literal(LOCK_TIMEOUT)))
    cursor.execute(
        "SELECT string_agg(format('%%I.%%I', schemaname, tablename), ', ') FROM pg_tables "
        "WHERE schemaname = %s",
        [schema],
    )
    (names,) = cursor.fetchone()
    cursor.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(sql.SQL(names)))


def exchange(schema: str, other: str) -> str:
    """Let the schema `other` be called `schema`; answer what the former one is called from now on."""
    cursor, kept = owner_cursor(), f"kept_{secrets.token_hex(8)}"
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    roles.run(cursor, "REVOKE ALL ON SCHEMA {} FROM {}", schema, schema)
    roles.run(cursor, "ALTER SCHEMA {} RENAME TO {}", schema, kept)
    roles.run(cursor, "ALTER SCHEMA {} RENAME TO {}", other, schema)
    _pin(cursor, schema, other)
    roles.grant_schema(cursor, schema)
    if not other.startswith("kept_"):
        _drop_role(cursor, other, schema)
    return kept


def _pin(cursor: Any, schema: str, former: str) -> None:
    """Let the functions of the schema look into it under its new name."""
    cursor.execute(PINNED, [schema])
    for function, path in cursor.fetchall():
        now = path.replace(former, schema)
        if now != path:
            cursor.execute(f"ALTER FUNCTION {function} SET search_path TO {now}")


def _drop_role(cursor: Any, role: str, schema: str) -> None:
    for thing in ("TABLES", "SEQUENCES", "FUNCTIONS"):
        roles.run(cursor, f"REVOKE ALL ON ALL {thing} IN SCHEMA {{}} FROM {{}}", schema, role)
    roles.run(cursor, "REVOKE ALL ON SCHEMA {} FROM {}", schema, role)
    roles.run(cursor, "DROP ROLE {}", role)


@contextmanager
def moving_files() -> Iterator["Moves"]:
    """Move files and folders; back again when the block fails."""
    moves = Moves()
    try:
        yield moves
    except BaseException:
        moves.take_back()
        raise


class Moves:
    """What was moved, for the case that it has to go back."""

    def __init__(self) -> None:
        self.done: list[tuple[Path, Path]] = []

    def exchange(self, schema: str, other: str, kept: str) -> None:
        """Let the files of `other` be the schema's; its former ones stay under the name `kept`."""
        for place in (folder_of, heads_of):
            self._move(place(schema), place(kept))
            self._move(place(other), place(schema))
        (folder_of(schema) / f".{schema}").unlink(missing_ok=True)
        if folder_of(kept).exists():
            # For whoever finds it after a crash: whose it was.
            (folder_of(kept) / f".{schema}").touch()

    def _move(self, source: Path, to: Path) -> None:
        if source.exists():
            source.rename(to)
            self.done.append((source, to))

    def take_back(self) -> None:
        """In the reverse order."""
        for source, to in reversed(self.done):
            for mark in to.glob(".t_*") if to.is_dir() else ():
                mark.unlink()
            to.rename(source)


def drop_schema(kept: str) -> None:
    """Drop what a restore has kept, for good."""
    if not kept.startswith("kept_"):
        raise ValueError(f"{kept} is no kept schema.")
    roles.run(owner_cursor(), "DROP SCHEMA IF EXISTS {} CASCADE", kept)


def drop_files(kept: str) -> None:
    """Its files as well, once the schema is gone."""
    # Copies of everything and tables that were being brought in lie beside the clinic's own files.
    beside = (Path(settings.EXPORT_ROOT) / kept, Path(settings.DATA_DIR) / "moving" / kept)
    for folder in (folder_of(kept), *beside):
        shutil.rmtree(folder, ignore_errors=True)
    heads_of(kept).unlink(missing_ok=True)
