"""Rows out of a schema and into another, by COPY: the same bytes before and after, or it is no restore.

Everything here works on the owner's bare connection, inside a transaction whose path is the schema.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from psycopg import sql

from tenants.backup.table import LEFT_OUT

# One text for one value, whoever asks: what is hashed must not depend on the server's own ways.
WAYS = (
    "SET LOCAL DateStyle TO 'ISO, YMD'",
    "SET LOCAL IntervalStyle TO 'postgres'",
    "SET LOCAL TimeZone TO 'UTC'",
    "SET LOCAL extra_float_digits TO 1",
    "SET LOCAL bytea_output TO 'hex'",
)
# What a backup holds in memory of one table; more waits in a file nobody else can open.
IN_MEMORY = 8 << 20

TABLES = """
SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.relname ORDER BY c.relname
"""
# The columns of a primary key, and whether their order depends on the language.
KEY = """
SELECT a.attname, a.attcollation <> 0
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = (current_schema() || '.' || quote_ident(%s))::regclass AND i.indisprimary
ORDER BY array_position(i.indkey::int2[], a.attnum)
"""
COUNTERS = """
SELECT t.relname, a.attname, pg_get_serial_sequence(quote_ident(t.relname), a.attname)
FROM pg_attribute a JOIN pg_class t ON t.oid = a.attrelid
WHERE t.relnamespace = current_schema()::regnamespace AND a.attidentity <> '' AND NOT a.attisdropped
ORDER BY 1, 2
"""

COUNTED = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}"


def set_ways(cursor: Any, schema: str) -> None:
    """Let the transaction see `schema` first, and write values as every backup does."""
    cursor.execute(sql.SQL("SET LOCAL search_path TO {}, public").format(sql.Identifier(schema)))
    for statement in WAYS:
        cursor.execute(statement)


def columns_of(cursor: Any) -> dict[str, list[str]]:
    """Each table of the schema that goes into a backup, with its columns."""
    cursor.execute(TABLES)
    return {name: columns for name, columns in cursor.fetchall() if name not in LEFT_OUT}


def rows_out(cursor: Any, table: str, columns: list[str], write: Callable[[bytes], Any]) -> int:
    """Hand the table's rows to `write` in the order of the key; how many they were."""
    cursor.execute(KEY, [table])
    order = [
        sql.SQL('{} COLLATE pg_catalog."C"' if is_text else "{}").format(sql.Identifier(name))
        for name, is_text in cursor.fetchall()
    ]
    statement = sql.SQL("COPY (SELECT {} FROM {} ORDER BY {}) TO STDOUT").format(
        _names(columns), sql.Identifier(table), sql.SQL(", ").join(order)
    )
    count = 0
    with cursor.copy(statement) as copy:
        for block in copy:
            # The text form writes a line break within a value as two letters.
            content = bytes(block)
            count += content.count(b"\n")
            write(content)
    return count


@contextmanager
def spooled(cursor: Any, table: str, columns: list[str]) -> Iterator[tuple[IO[bytes], int, int]]:
    """The table's rows in a file that is gone with the block, its size, and how many they are."""
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as file:
        count = rows_out(cursor, table, columns, file.write)
        size = file.tell()
        file.seek(0)
        yield file, size, count


def measured(cursor: Any, table: str, columns: list[str]) -> dict[str, Any]:
    """How many rows the table has, and the digest of all of them."""
    digest = hashlib.sha256()
    count = rows_out(cursor, table, columns, digest.update)
    return {"rows": count, "sha256": digest.hexdigest()}


def rows_in(cursor: Any, table: str, columns: list[str], blocks: Iterable[bytes]) -> None:
    """Put rows into the table as they came out of another."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), _names(columns))
    with cursor.copy(statement) as copy:
        for block in blocks:
            copy.write(block)


def counters(cursor: Any) -> dict[str, int]:
    """How far the schema's own counters have come, by table and column."""
    cursor.execute(COUNTERS)
    found = {}
    for table, column, sequence in cursor.fetchall():
        if table not in LEFT_OUT:
            cursor.execute(sql.SQL(COUNTED).format(sql.SQL(sequence)))
            found[f"{table}.{column}"] = cursor.fetchone()[0]
    return found


def set_counters(cursor: Any, values: dict[str, int]) -> None:
    """Let the counters go on where they were."""
    for name, value in values.items():
        table, column = name.split(".")
        if value:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), %s)", [table, column, value]
            )


def empty(cursor: Any) -> None:
    """Take out what migrations put into a new schema, and let no rule act while rows come in."""
    tables = list(columns_of(cursor))
    for table in tables:
        cursor.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(sql.Identifier(table)))
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    cursor.execute(sql.SQL("TRUNCATE {}").format(names))


def guarded(cursor: Any) -> None:
    """Check all that points somewhere, and let every rule act again."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for table in columns_of(cursor):
        cursor.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(sql.Identifier(table)))
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def add_ups(cursor: Any, questions: dict[str, str]) -> dict[str, list[list[str]]]:
    """What each question answers, as text."""
    answers = {}
    for name, question in questions.items():
        cursor.execute(question)
        answers[name] = [[str(value) for value in row] for row in cursor.fetchall()]
    return answers


def head_of_trail(cursor: Any) -> dict[str, Any]:
    """The last entry of the audit trail, which fixes all before it."""
    cursor.execute("SELECT id, hash FROM audit_auditevent ORDER BY id DESC LIMIT 1")
    number, digest = cursor.fetchone() or (0, "")
    return {"id": number, "hash": digest}


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
