"""The site's own code within the owner's transaction: a restore is one transaction, services and all."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connections

from clinic.db.base import DatabaseWrapper
from tenants import schemas


@contextmanager
def as_the_site() -> Iterator[None]:
    """Let `default` lead to the owner's session, in whose transaction we are, and back afterwards.

    Its messages carry path and role as always, so a clinic's services run as the clinic. Files that they
    keep are taken away again when the block fails; what they would do at the commit is done at the owner's.
    """
    owner: Any = connections[schemas.OWNER]
    before = connections["default"]
    stand_in = DatabaseWrapper({**owner.settings_dict, "ENGINE": "clinic.db"}, alias="default")
    stand_in.connection, stand_in.autocommit, stand_in.in_atomic_block = owner.connection, False, True
    stand_in.audit_context = dict(getattr(before, "audit_context", {}))
    stand_in.set_schema_to_public()
    connections["default"] = stand_in
    try:
        yield
        owner.run_on_commit += [
            (set(owner.savepoint_ids), act, robust) for _ids, act, robust in stand_in.run_on_commit
        ]
    except BaseException:
        stand_in.undo()
        raise
    finally:
        connections["default"] = before
        stand_in.connection = None
        # Its next statement tells the server anew where it is.
        owner.search_path_set_schemas = None


def owner_cursor() -> Any:
    """The owner's bare cursor, as nobody but the owner."""
    owner: Any = connections[schemas.OWNER]
    owner.search_path_set_schemas = None
    cursor = owner.connection.cursor()
    cursor.execute("SET ROLE NONE")
    return cursor


def end_as_owner() -> None:
    """Leave nothing of the clinic's in the session: the last thing before the commit."""
    cursor = owner_cursor()
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("RESET ROLE")
    cursor.execute("RESET search_path")
    cursor.execute("SET clinic.context TO ''")
