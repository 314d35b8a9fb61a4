"""Whether rows are what the trail says: each field as its last entry left it, none missing or put in."""

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from clinic.db.current import connection

# Those whose every change the database records (clinic.db.operations.audited).
_AUDITED = """
SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = current_schema()::regnamespace AND t.tgname = c.relname || '_audit' ORDER BY 1
"""
# The trail's entries of a row laid over each other, then over the row itself, in the row's own types: a
# column that came later and was never changed is as the row has it.
_ALTERED = """
WITH entries AS (
    SELECT id, row_id, action, new FROM audit_auditevent
    WHERE table_name = %s AND action IN ('insert', 'update', 'delete')
), ends AS (
    SELECT DISTINCT ON (row_id) row_id, action FROM entries ORDER BY row_id, id DESC
), said AS (
    SELECT row_id, jsonb_object_agg(key, value) AS fields FROM (
        SELECT DISTINCT ON (e.row_id, f.key) e.row_id, f.key, f.value
        FROM entries e JOIN ends USING (row_id) CROSS JOIN LATERAL jsonb_each(e.new) f
        WHERE ends.action <> 'delete' ORDER BY e.row_id, f.key, e.id DESC
    ) latest GROUP BY row_id
), stored AS (
    SELECT coalesce(to_jsonb(t) ->> 'id', to_jsonb(t) ->> 'member_id') AS row_id, t AS whole FROM … t
)
SELECT row_id, stored.whole IS NULL, said.fields IS NULL
FROM stored FULL JOIN said USING (row_id)
WHERE to_jsonb(stored.whole) IS DISTINCT FROM to_jsonb(jsonb_populate_record(stored.whole, said.fields))
    OR said.fields IS NULL OR stored.whole IS NULL
ORDER BY row_id
"""


class Altered(NamedTuple):
    """A row that is not what the trail says, and why."""

    table: str
    row_id: str
    problem: str


def audited_tables(cursor: Any) -> list[str]:
    """The tables of this schema of which the trail tells every change."""
    cursor.execute(_AUDITED)
    return [name for (name,) in cursor.fetchall()]


def altered_rows(*tables: str, cursor: Any = None) -> list[Altered]:
    """Every row of these tables, or of all that are audited, that was changed, taken out or put in unseen.

    `cursor`: of another connection, which has the schema as its path.
    """
    if cursor is not None:
        return _altered(cursor, tables)
    with connection.cursor() as own:
        return _altered(own, tables)


def _altered(cursor: Any, tables: tuple[str, ...]) -> list[Altered]:
    found = []
    for table in tables or audited_tables(cursor):
        cursor.execute(_ALTERED.replace("…", connection.ops.quote_name(table)), [table])
        for row_id, is_missing, is_new in cursor.fetchall():
            found.append(Altered(table, row_id, _problem(is_missing=is_missing, is_new=is_new)))
    return found


def _problem(*, is_missing: bool, is_new: bool) -> str:
    if is_missing:
        return _("is missing")
    return _("was put in") if is_new else _("was changed")
