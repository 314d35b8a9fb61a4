"""A PostgreSQL backend in which no statement can run on another clinic's tables.

The stock django-tenants backend sends ``SET search_path`` as a statement of its own, swallows its
failure and remembers that it was sent. Here the path, the role and the audit context travel in the same
simple-protocol message as every statement: PostgreSQL runs the message as one unit, so when a SET fails
the statement does not run, and nothing is remembered on our side that could be wrong (DESIGN section 5,
laws 1 and 2).
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import psycopg
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql.psycopg_any import register_tzloader
from django_tenants.postgresql_backend.base import DatabaseWrapper as TenantDatabaseWrapper
from psycopg import sql
from psycopg.pq import Format

if TYPE_CHECKING:
    # What Django's cursor is made of, which its stubs do not say.
    DjangoCursor = psycopg.ClientCursor[Any]
else:
    from django.db.backends.postgresql.base import Cursor as DjangoCursor

PUBLIC = "public"

Params: TypeAlias = Sequence[Any] | Mapping[str, Any]
TIMESTAMPTZ = psycopg.adapters.types["timestamptz"].oid


class SchemaCursor(DjangoCursor):
    """A cursor whose every message begins with the schema and role it must run under."""

    prefix_source: "DatabaseWrapper"

    def execute(self, query: Any, params: Params | None = None, **kwargs: Any) -> "SchemaCursor":
        """Run one statement behind its own prefix; the statement's result is the cursor's result."""
        statement = query.as_bytes(self) if isinstance(query, sql.Composable) else query
        body = statement if params is None else self.mogrify(statement, params)
        text = body if isinstance(body, str) else body.decode()
        super().execute(self.prefix_source.prefix() + text, None, **kwargs)
        # Past the results of the prefix.
        self.set_result(self.prefix_source.prefix_length)
        return self

    def executemany(self, query: Any, params_seq: Iterable[Params], **kwargs: Any) -> None:
        """Run the statement once per row, each row behind its own prefix."""
        for params in params_seq:
            self.execute(query, params)

    def copy(self, statement: Any, params: Params | None = None, **kwargs: Any) -> Any:
        """COPY in or out; only inside a transaction, where the prefix cannot be parted from it."""
        if self.connection.info.transaction_status != psycopg.pq.TransactionStatus.INTRANS:
            raise ImproperlyConfigured("COPY runs only inside a transaction.")
        super().execute(self.prefix_source.prefix() + "SELECT 1", None)
        return super().copy(statement, params, **kwargs)

    def stream(self, query: Any, params: Params | None = None, **kwargs: Any) -> Any:
        """Refused: single-row mode would hand out the results of the prefix."""
        raise ImproperlyConfigured("Streaming cursors cannot carry the clinic's path.")


class DatabaseWrapper(TenantDatabaseWrapper):
    """The site's connection. `set_tenant` changes only what the next message will say."""

    # SET search_path, SET ROLE, SET clinic.context
    prefix_length = 3

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Who acts, from where: read by the audit trigger. Set by MemberMiddleware and by jobs.
        self.audit_context: dict[str, str] = {}
        self._prefix_of: tuple[str, dict[str, str], str] | None = None
        self._undoings: list[tuple[set[str], Callable[[], Any]]] = []
        super().__init__(*args, **kwargs)

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Name the clinic whose schema and role the next statements run under."""
        super().set_tenant(tenant, include_public)
        self._prefix_of = None

    def prefix(self) -> str:
        """The SETs that go before each statement."""
        if not self.schema_name:
            raise ImproperlyConfigured("No schema chosen for this connection.")
        known = self._prefix_of
        if known is None or known[0] != self.schema_name or known[1] != self.audit_context:
            facts = dict(self.audit_context)
            context = json.dumps(facts, sort_keys=True) if facts else ""
            known = (self.schema_name, facts, self._compose(self.schema_name, context))
            self._prefix_of = known
        return known[2]

    def _compose(self, schema: str, context: str) -> str:
        own = sql.Identifier(schema)
        public = sql.Identifier(PUBLIC)
        path = public if schema == PUBLIC else sql.SQL(", ").join([own, public])
        role = sql.SQL("NONE") if schema == PUBLIC else own
        return (
            sql.SQL("SET search_path TO {}; SET ROLE {}; SET clinic.context TO {}; ")
            .format(path, role, sql.Literal(context))
            .as_string(None)
        )

    def _cursor(self, name: str | None = None) -> Any:
        # Past django-tenants' own _cursor, which would send a SET of its own.
        return super(TenantDatabaseWrapper, self)._cursor(name)

    def create_cursor(self, name: str | None = None) -> SchemaCursor:
        """A cursor that carries the prefix. Named (server-side) cursors cannot, so they are refused."""
        if name:
            raise ImproperlyConfigured("Server-side cursors cannot carry the clinic's path.")
        cursor = SchemaCursor(self.connection)
        cursor.prefix_source = self
        # As Django does it: only where the connection disagrees, since it copies the map of adapters.
        loader: Any = self.connection.adapters.get_loader(TIMESTAMPTZ, Format.TEXT)
        if self.timezone != loader.timezone:
            register_tzloader(self.timezone, cursor)
        return cursor

    def chunked_cursor(self) -> Any:
        """An ordinary cursor: the rows of one statement fit in memory by design (lists are paged)."""
        return self._cursor()

    def on_rollback(self, undo: Callable[[], Any]) -> None:
        """Call `undo` if what is done now in this transaction is rolled back, wholly or to a savepoint.

        For what the database cannot take back itself: a file. When the connection breaks it is not called,
        since nobody knows then whether the transaction was committed; nor is it after SIGKILL.
        """
        if self.in_atomic_block:
            self._undoings.append((set(self.savepoint_ids), undo))

    def commit(self) -> None:
        """Commit; from now on nothing is undone."""
        super().commit()
        self._undoings.clear()

    def rollback(self) -> None:
        """Roll back, and undo."""
        super().rollback()
        self.undo()

    def undo(self) -> None:
        """Undo all that was done in the transaction, which is being rolled back."""
        self._undo(lambda _savepoints: True)

    def savepoint_rollback(self, sid: str) -> None:
        """Roll back to the savepoint, and undo what was done since."""
        super().savepoint_rollback(sid)
        self._undo(lambda savepoints: sid in savepoints)

    def close(self) -> None:
        """Part from the server; what was not decided by then stays as it is."""
        super().close()
        if not self.in_atomic_block:
            self._undoings.clear()

    def _undo(self, is_gone: Callable[[set[str]], bool]) -> None:
        gone = [undo for savepoints, undo in self._undoings if is_gone(savepoints)]
        self._undoings = [entry for entry in self._undoings if not is_gone(entry[0])]
        for undo in reversed(gone):
            undo()

    # In an aborted transaction only ROLLBACK TO is let through, so savepoints travel bare.
    def _savepoint(self, sid: str) -> None:
        self._bare(self.ops.savepoint_create_sql(sid))

    def _savepoint_rollback(self, sid: str) -> None:
        self._bare(self.ops.savepoint_rollback_sql(sid))

    def _savepoint_commit(self, sid: str) -> None:
        self._bare(self.ops.savepoint_commit_sql(sid))

    def _bare(self, statement: str) -> None:
        self.ensure_connection()
        with self.wrap_database_errors, psycopg.ClientCursor(self.connection) as cursor:
            cursor.execute(statement)


def probe(connection: DatabaseWrapper) -> None:
    """Prove that this server answers on the path and role of the message itself.

    Raises ImproperlyConfigured otherwise (a pooler or driver that splits messages): the site must not
    start to serve (law 13).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), current_user = session_user")
        path, unchanged = cursor.fetchone()
    if path.strip('"') != PUBLIC or not unchanged:
        raise ImproperlyConfigured(f"The database does not keep each message on its own path ({path!r}).")
    if settings.DATABASES["owner"]["USER"] == settings.DATABASES["default"]["USER"]:
        raise ImproperlyConfigured("The site must not connect as the owner of the tables.")
