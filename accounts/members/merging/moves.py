"""Rows that change hands: each change is written down first, and only what is written down is let through.

The database itself looks there (`members_merge_passes`, migration 0031): what is frozen moves from the one
file to the other and back, and in no other way.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from psycopg import sql

from accounts.members.merging.references import Reference, bonds, references
from accounts.members.models import PatientMerge
from clinic.db.current import connection

# The key is of version 7 (RFC 9562), as everywhere.
_WRITE = """
INSERT INTO members_patientmergemove
    (id, created_at, merge_id, table_name, row_id, column_name, value_before, value_after)
SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING substring(
    int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid, clock_timestamp(), %s, %s, t.{key}, """
# What a merge wrote down, as the column's own type.
_AS_COLUMN = "(jsonb_populate_record(NULL::{table}, jsonb_build_object(%s::text, {value}))).{column}"
_MOVED = (
    "FROM members_patientmergemove v "
    "WHERE v.merge_id = %s AND v.table_name = %s AND v.column_name = %s AND v.row_id = t.{key}"
)
_AS_BEFORE = (
    "{column} = CASE WHEN EXISTS "
    "(SELECT {moved} AND to_jsonb(t.{column}) IS NOT DISTINCT FROM v.value_after) "
    "THEN (jsonb_populate_record(NULL::{table}, jsonb_build_object(%s::text, "
    "(SELECT v.value_before {moved})))).{column} ELSE t.{column} END"
)
_CHANGED = (
    "SELECT table_name, array_agg(DISTINCT column_name::text) FROM members_patientmergemove "
    "WHERE merge_id = %s AND column_name <> '' GROUP BY 1 "
    # The person first: other rows are measured by their date of birth.
    "ORDER BY table_name NOT IN ('members_member', 'members_patientprofile'), 1"
)
_HAND_OVER = "UPDATE {table} t SET {column} = %s"
# Of a table's columns, those that can be written.
_WRITABLE = (
    "SELECT attname::text FROM pg_attribute "
    "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
)


def composed(statement: str, **parts: Any) -> sql.Composed:
    """The statement with its parts: names of tables and columns, or SQL."""
    named = {name: sql.Identifier(part) if isinstance(part, str) else part for name, part in parts.items()}
    return sql.SQL(statement).format(**named)


def run(statement: str, values: Iterable[Any] = (), **parts: Any) -> int:
    """Run one statement; how many rows it was about."""
    with connection.cursor() as cursor:
        cursor.execute(composed(statement, **parts).as_string(None), list(values))
        return max(cursor.rowcount, 0)


def asked(statement: str, values: Iterable[Any] = (), **parts: Any) -> list[tuple[Any, ...]]:
    """The rows a statement answers with."""
    with connection.cursor() as cursor:
        cursor.execute(composed(statement, **parts).as_string(None), list(values))
        return cursor.fetchall()


def set_aside(merge: PatientMerge, table: str, key: str, row_id: Any) -> None:
    """Take a row out; the merge keeps it."""
    found, names = [merge.pk, table, row_id], {"table": table, "key": key}
    run(_WRITE + "'', to_jsonb(t), NULL FROM {table} t WHERE t.{key} = %s", found, **names)
    run("DELETE FROM {table} WHERE {key} = %s", [row_id], **names)


def change_values(merge: PatientMerge, table: str, key: str, row_id: Any, values: Mapping[str, Any]) -> None:
    """Give columns of a row other values, each as to_jsonb writes it, all at once."""
    if not values:
        return
    written = {column: json.dumps(value) for column, value in values.items()}
    for column, after in written.items():
        run(
            _WRITE + "%s, to_jsonb(t.{column}), nullif(%s::jsonb, 'null') FROM {table} t WHERE t.{key} = %s",
            [merge.pk, table, column, after, row_id],
            table=table,
            key=key,
            column=column,
        )
    typed = [_typed("{column} = " + _AS_COLUMN, table, key, column, "%s::jsonb") for column in written]
    found = [part for pair in written.items() for part in pair]
    run(
        "UPDATE {table} t SET {typed} WHERE t.{key} = %s",
        [*found, row_id],
        typed=sql.SQL(", ").join(typed),
        table=table,
        key=key,
    )


def _typed(text: str, table: str, key: str, column: str, value: str = "") -> sql.Composed:
    names = {"table": table, "key": key, "column": column}
    return composed(text, value=sql.SQL(value), moved=composed(_MOVED, key=key), **names)


def move_references(merge: PatientMerge) -> None:
    """Everything that names the one file names the other from now on."""
    for table, key, column in references():
        names = {"table": table, "key": key, "column": column}
        moved = run(
            _WRITE + "%s, to_jsonb(%s::uuid), to_jsonb(%s::uuid) FROM {table} t WHERE t.{column} = %s",
            [merge.pk, table, column, merge.merged_id, merge.into_id, merge.merged_id],
            **names,
        )
        if moved:
            found = [merge.into_id, merge.merged_id]
            run("UPDATE {table} SET {column} = %s WHERE {column} = %s", found, **names)


def move_back(merge: PatientMerge) -> None:
    """Every value is what it was before, where it is still what the merge made of it."""
    for table, columns in asked(_CHANGED, [merge.pk]):
        key = "member_id" if table == "members_patientprofile" else "id"
        named = [merge.pk, table]
        values = [part for name in columns for part in (*named, name, name, *named, name)]
        run(
            "UPDATE {table} t SET {words} WHERE t.{key} IN (SELECT v.row_id FROM members_patientmergemove v "
            "WHERE v.merge_id = %s AND v.table_name = %s AND v.column_name <> '')",
            [*values, *named],
            table=table,
            key=key,
            words=sql.SQL(", ").join(_typed(_AS_BEFORE, table, key, name) for name in columns),
        )


def give_back(merge: PatientMerge) -> None:
    """Every row that was set aside stands where it stood."""
    taken = "SELECT DISTINCT table_name FROM members_patientmergemove WHERE merge_id = %s"
    for (table,) in asked(f"{taken} AND column_name = '' ORDER BY 1", [merge.pk]):
        columns = sql.SQL(", ").join(sql.Identifier(name) for (name,) in asked(_WRITABLE, [table]))
        run(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM ("
            "SELECT (jsonb_populate_record(NULL::{table}, v.value_before)).* FROM members_patientmergemove v "
            "WHERE v.merge_id = %s AND v.table_name = %s AND v.column_name = '') kept",
            [merge.pk, table],
            table=table,
            columns=columns,
        )


def move_followers(merge: PatientMerge) -> int:
    """What was written since onto a row that went back goes with it; how many rows that are."""
    moved = 0
    while more := sum(_follow(merge, *pair) for pair in _bonds_both_ways()):
        moved += more
    return moved


def _bonds_both_ways() -> Iterable[tuple[Reference, Reference, sql.Composed]]:
    for bond in bonds():
        yield bond.child, bond.parent, _joined(bond.on)
        yield bond.parent, bond.child, _joined([(parent, child) for child, parent in bond.on])


def _joined(pairs: Iterable[tuple[str, str]]) -> sql.Composed:
    return sql.SQL(" AND ").join(composed("t.{own} = o.{other}", own=a, other=b) for a, b in pairs)


def _follow(merge: PatientMerge, own: Reference, other: Reference, on: sql.Composed) -> int:
    """Rows of `own` that stand with the survivor and hang on a row of `other` that went back."""
    where = (
        " WHERE t.{column} = %s AND t.created_at > %s "
        "AND EXISTS (SELECT FROM {other} o WHERE o.{at} = %s AND {on})"
    )
    found = [merge.into_id, merge.created_at, merge.merged_id]
    names: dict[str, Any] = {"table": own.table, "key": own.key, "column": own.column}
    names |= {"other": other.table, "at": other.column, "on": on}
    written = [merge.pk, own.table, own.column, merge.merged_id, merge.into_id, *found]
    what = "%s, to_jsonb(%s::uuid), to_jsonb(%s::uuid) FROM {table} t"
    moved = run(f"{_WRITE}{what}{where} ON CONFLICT DO NOTHING", written, **names)
    if moved:
        run(f"{_HAND_OVER}{where}", [merge.merged_id, *found], **names)
    return moved
