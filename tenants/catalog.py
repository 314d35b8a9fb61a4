"""What a schema looks like to PostgreSQL, as one digest: proof that a replayed schema is a migrated one."""

import hashlib

from django.db.backends.base.base import BaseDatabaseWrapper

# Each answers lines of text about the schema %(schema)s; the schema's own name is taken out of them.
QUESTIONS = {
    "columns": """
        SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
            a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), l.collname)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        LEFT JOIN pg_collation l ON l.oid = a.attcollation
        WHERE c.relnamespace = %(schema)s::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
            AND a.attnum > 0 AND NOT a.attisdropped
        ORDER BY c.relname, a.attnum
    """,
    "tables": """
        SELECT concat_ws(' ', relname, relkind, relpersistence, relrowsecurity, relforcerowsecurity,
            reloptions::text)
        FROM pg_class
        WHERE relnamespace = %(schema)s::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
        ORDER BY relname
    """,
    "constraints": """
        SELECT concat_ws(' ', coalesce(r.relname, t.typname), n.conname, n.contype, n.convalidated,
            pg_get_constraintdef(n.oid))
        FROM pg_constraint n LEFT JOIN pg_class r ON r.oid = n.conrelid
        LEFT JOIN pg_type t ON t.oid = n.contypid
        WHERE n.connamespace = %(schema)s::regnamespace ORDER BY 1
    """,
    "indexes": """
        SELECT concat_ws(' ', pg_get_indexdef(i.indexrelid), i.indisvalid)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = %(schema)s::regnamespace ORDER BY 1
    """,
    "triggers": """
        SELECT concat_ws(' ', pg_get_triggerdef(t.oid), t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = %(schema)s::regnamespace AND NOT t.tgisinternal ORDER BY 1
    """,
    "functions": """
        SELECT pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = %(schema)s::regnamespace AND prokind IN ('f', 'p') ORDER BY 1
    """,
    "types": """
        SELECT concat_ws(' ', t.typname, t.typtype, format_type(t.typbasetype, t.typtypmod),
            (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid))
        FROM pg_type t
        WHERE t.typnamespace = %(schema)s::regnamespace AND t.typtype IN ('e', 'd', 'r') ORDER BY 1
    """,
    "policies": """
        SELECT concat_ws(' ', tablename, policyname, permissive, roles::text, cmd, qual, with_check)
        FROM pg_policies WHERE schemaname = %(schema)s ORDER BY 1
    """,
}


def catalog_lines(connection: BaseDatabaseWrapper, schema: str) -> list[str]:
    """Everything that makes up the schema, one line each, without the schema's name."""
    lines: list[str] = []
    with connection.cursor() as cursor:
        for kind, question in QUESTIONS.items():
            cursor.execute(question, {"schema": schema})
            lines += [f"{kind}: {line}".replace(schema, "<schema>") for (line,) in cursor.fetchall()]
    return lines


def catalog_fingerprint(connection: BaseDatabaseWrapper, schema: str) -> str:
    """The digest of the schema's catalog. The connection must be set to the schema."""
    return hashlib.sha256("\n".join(catalog_lines(connection, schema)).encode()).hexdigest()
