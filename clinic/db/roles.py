"""Who may do what in the database (DESIGN section 5, law 2).

Three kinds of roles stand beside the owner, who alone has DDL:

    <database>_site     the login of the site. On the platform's host it acts as itself; for a clinic it takes
                        on the clinic's role in every message. NOINHERIT: membership alone opens nothing.
    <database>_tenant   a group, NOLOGIN: what every clinic needs of the public schema.
    t_<16 hex>          a clinic, NOLOGIN: named as its schema, which only it may enter; member of the group.
"""

import hashlib
import re
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.utils import CursorWrapper
from psycopg import sql

# What a clinic says of itself; its address, state and schema are the platform's.
CLINIC_MAY_SAY = (
    *("name", "address", "latitude", "longitude", "email", "phone", "locale", "brand_colour"),
    *("second_factor_roles", "staff_idle_minutes", "patient_idle_minutes"),
    "support_forbidden_at",
    *("logo", "opening_words", "registration", "bank_details", "footer_words"),
    *("letter_languages", "own_texts"),
    # That it wants to be closed; what becomes of that is the platform's (tenants.0041_closing).
    "closing_since",
    # As long as nothing was booked or charged by them (tenants.0015_appearance).
    *("currency", "time_zone"),
)
# What a clinic may do in the public schema; of the first six tables its own rows only, by policy (but it
# may read the whole directory, as anybody may).
CLINIC_MAY = {
    "tenants_organization": f"SELECT, UPDATE ({', '.join(CLINIC_MAY_SAY)})",
    # Which of its hosts serves; a host is made by the platform, after the DNS has proven whose it is.
    "tenants_domain": "SELECT, UPDATE (is_primary), DELETE",
    "tenants_domainclaim": "SELECT, INSERT, UPDATE (asked_at, reached_at), DELETE",
    "tenants_listing": "SELECT, UPDATE (specialisations, next_free_at, refreshed_at)",
    "tenants_supportsession": "SELECT, UPDATE (token_hash, ended_at)",
    "tenants_logo": "SELECT, INSERT",
    # What may be chosen, what the own clinic has chosen, and the platform's rules for trials.
    "tenants_plan": "SELECT",
    "tenants_subscription": "SELECT, INSERT, UPDATE (status, ended_at)",
    "tenants_platformpolicy": "SELECT",
    # Keys of whom it has erased, for the day a backup is restored.
    "tenants_erasure": "SELECT, INSERT",
    "clinic_cache": "SELECT, INSERT, UPDATE, DELETE",
    "accounts_user": "SELECT, INSERT, UPDATE",
    # Written, never read: no clinic learns where else its people go.
    "accounts_affiliation": "INSERT",
    # Used here, made by the platform alone.
    "accounts_handover": "SELECT, UPDATE (used_at)",
    "accounts_signin": "SELECT, INSERT, UPDATE (epoch, last_used_at, ended_at)",
    # Counts of what was tried, one for all clinics; the keys are hashes that tell a clinic nothing.
    "accounts_tally": "SELECT, INSERT, UPDATE",
    "account_emailaddress": "SELECT, INSERT, UPDATE, DELETE",
    "account_emailconfirmation": "SELECT, INSERT, UPDATE, DELETE",
    "mfa_authenticator": "SELECT, INSERT, UPDATE, DELETE",
    "django_content_type": "SELECT",
    # The platform's lists, kept by the platform alone.
    "terminology_diagnosiscode": "SELECT",
    "terminology_interaction": "SELECT",
    "terminology_medicinename": "SELECT",
    "terminology_substance": "SELECT",
}
# What the site itself may not do, though it reaches all other tables of the public schema.
SITE_MAY_NOT = {
    "django_migrations": "INSERT, UPDATE, DELETE",
    "tenants_schemascript": "INSERT, UPDATE, DELETE",
    "tenants_organization": "DELETE",
    "tenants_organizationevent": "UPDATE, DELETE",
    "tenants_backup": "DELETE",
    "tenants_restore": "DELETE",
    "tenants_erasure": "UPDATE, DELETE",
    "tenants_plan": "DELETE",
    "tenants_subscription": "DELETE",
    "accounts_user": "DELETE",
    "terminology_diagnosiscode": "INSERT, UPDATE, DELETE",
}
# What a clinic may do with the tables of its audit trail, which functions that run as the owner write.
CLINIC_MAY_OF_AUDIT = {
    "audit_auditevent": "SELECT",
    "audit_pending": "INSERT",
    # What was taken out of the trail of people who were erased.
    "audit_redaction": "SELECT",
}
# SQL, true for the site and the owner, false for a clinic's role.
OUTSIDE_CLINICS = "current_user !~ '^t_[0-9a-f]{16}$'"

# Ways to run SQL as text from within a query; nothing of ours uses them.
XML_FUNCTIONS = "^(query|table|cursor|schema|database)_to_xml"
# One preparation at a time in a database.
LOCK = "clinic.prepare_database"


def site_role() -> str:
    """The login the site connects as."""
    return settings.DATABASES["default"]["USER"]


def prepare_roles(cursor: CursorWrapper) -> None:
    """Create the site's login and the clinics' group unless they are there; see that they are harmless."""
    cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [LOCK])
    if site_role() == settings.DATABASES["owner"]["USER"]:
        raise ImproperlyConfigured("The site must not connect as the owner of the tables.")
    known = _roles(cursor)
    if not {site_role(), settings.TENANT_GROUP_ROLE} <= known.keys():
        _may_create_roles(cursor)
    if settings.TENANT_GROUP_ROLE not in known:
        run(cursor, "CREATE ROLE {} NOLOGIN", settings.TENANT_GROUP_ROLE)
    if site_role() not in known:
        run(cursor, "CREATE ROLE {} LOGIN NOINHERIT", site_role())
    elif known[site_role()]["inherits"]:
        run(cursor, "ALTER ROLE {} NOINHERIT", site_role())
    if known.get(site_role(), {}).get("mighty"):
        raise ImproperlyConfigured(
            f"The site's login {site_role()} may do more than read and write: take that from it."
        )
    _set_password(cursor, known.get(site_role(), {}).get("comment"))


def _may_create_roles(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise ImproperlyConfigured(
            f"The login {settings.DATABASES['owner']['USER']} may not create roles: give it CREATEROLE."
        )


def _roles(cursor: CursorWrapper) -> dict[str, dict[str, Any]]:
    cursor.execute(
        "SELECT rolname, rolinherit, rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls, "
        "shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname IN (%s, %s)",
        [site_role(), settings.TENANT_GROUP_ROLE],
    )
    return {
        name: {"inherits": inherits, "mighty": mighty, "comment": comment}
        for name, inherits, mighty, comment in cursor.fetchall()
    }


def _set_password(cursor: CursorWrapper, comment: str | None) -> None:
    """Set the site's password where it is ours to set and was not set before.

    The role remembers a digest of it: altering a role on every start would collide between databases.
    """
    password = settings.DATABASES["default"]["PASSWORD"]
    mark = f"site of a clinic system; password {hashlib.sha256(password.encode()).hexdigest()[:24]}"
    ours = comment is None or comment.startswith(mark[:30])
    if password and ours and comment != mark:
        run(cursor, "ALTER ROLE {} PASSWORD {}", site_role(), sql.Literal(password))
        run(cursor, "COMMENT ON ROLE {} IS {}", site_role(), sql.Literal(mark))


def grant_public(cursor: CursorWrapper) -> None:
    """Give the site and the clinics what they need of the public schema, and take the rest from everybody."""
    site, group = site_role(), settings.TENANT_GROUP_ROLE
    cursor.execute("SELECT current_database()")
    database = cursor.fetchone()[0]
    run(cursor, "REVOKE ALL ON DATABASE {} FROM PUBLIC", database)
    run(cursor, "GRANT CONNECT ON DATABASE {} TO {}", database, site)
    for thing in ("SCHEMA public", "ALL TABLES IN SCHEMA public", "ALL SEQUENCES IN SCHEMA public"):
        run(cursor, f"REVOKE ALL ON {thing} FROM PUBLIC, {{}}", group)
    run(cursor, "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA public FROM PUBLIC, {}", group)
    run(cursor, "GRANT USAGE ON SCHEMA public TO {}, {}", site, group)
    run(cursor, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}", site)
    run(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", site)
    run(cursor, "GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {}", site)
    tables = _tables(cursor, "public")
    for table, privileges in SITE_MAY_NOT.items():
        if table in tables:
            run(cursor, f"REVOKE {privileges} ON public.{{}} FROM {{}}", table, site)
    for table, privileges in CLINIC_MAY.items():
        if table in tables:
            run(cursor, f"GRANT {_present(cursor, table, privileges)} ON public.{{}} TO {{}}", table, group)
    _grant_range_types(cursor, group)
    _grant_deferring(cursor, group)
    _revoke_xml(cursor)


def _tables(cursor: CursorWrapper, schema: str) -> set[str]:
    cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [schema])
    return {name for (name,) in cursor.fetchall()}


def _present(cursor: CursorWrapper, table: str, privileges: str) -> str:
    """The privileges without columns that a migration has yet to bring: it prepares the database again."""
    cursor.execute("SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s)", [f"public.{table}"])
    there = {name for (name,) in cursor.fetchall()}
    kept = []
    for privilege, columns in re.findall(r"(\w+)(?: \(([^)]*)\))?", privileges):
        present = ", ".join(name for name in columns.split(", ") if name in there)
        if present or not columns:
            kept.append(f"{privilege} ({present})" if present else privilege)
    return ", ".join(kept)


def _grant_range_types(cursor: CursorWrapper, group: str) -> None:
    """The constructors of our own range types, which exclusion constraints call as the clinic."""
    cursor.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p "
        "JOIN pg_range r ON p.prorettype IN (r.rngtypid, r.rngmultitypid) "
        "WHERE p.pronamespace = 'public'::regnamespace"
    )
    for (function,) in cursor.fetchall():
        run(cursor, f"GRANT EXECUTE ON FUNCTION {function} TO {{}}", group)


def _grant_deferring(cursor: CursorWrapper, group: str) -> None:
    """A clinic hands in jobs through procrastinate's function alone, run as the owner: it cannot read any."""
    cursor.execute(
        "SELECT oid::regprocedure::text, prosecdef FROM pg_proc "
        "WHERE pronamespace = 'public'::regnamespace AND proname ~ '^procrastinate_defer_jobs_v'"
    )
    for function, runs_as_owner in cursor.fetchall():
        if not runs_as_owner:
            run(
                cursor,
                f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp",
            )
        run(cursor, f"GRANT EXECUTE ON FUNCTION {function} TO {{}}", group)


def _revoke_xml(cursor: CursorWrapper) -> None:
    """Take the functions that run text as SQL from everybody, where the owner may."""
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        return
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace "
        "AND proname ~ %s AND has_function_privilege('public', oid, 'EXECUTE')",
        [XML_FUNCTIONS],
    )
    for (function,) in cursor.fetchall():
        run(cursor, f"REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC")


# Which rows of the public schema a clinic may see, and which it may write: as SQL, true where it may.
ROWS = {
    # Its own, and the counters of failed log-ins, which are one for all clinics (clinic.db.cache).
    "clinic_cache": ("starts_with(cache_key, current_user || ':') OR cache_key LIKE 'public:%:allauth:%'",)
    * 2,
    # No clinic makes a superuser, or touches one: whoever broke into a clinic would own the platform.
    "accounts_user": ("true", "NOT is_superuser"),
    # Where a person is signed in elsewhere is not a clinic's to know.
    "accounts_signin": ("organization_id = (SELECT id FROM tenants_organization)",) * 2,
    "accounts_handover": ("organization_id = (SELECT id FROM tenants_organization)",) * 2,
    "tenants_erasure": ("organization_id = (SELECT id FROM tenants_organization)",) * 2,
}


def keep_rows_apart(cursor: CursorWrapper) -> None:
    """Let a clinic see and write only what `ROWS` says; the site does as it needs.

    The policy remembers its own text: PostgreSQL tells it in other words, and replacing it waits for whoever
    reads the table.
    """
    for table in sorted(ROWS.keys() & _tables(cursor, "public")):
        seen, written = (f"({OUTSIDE_CLINICS}) OR ({rule})" for rule in ROWS[table])
        policy = f"USING ({seen}) WITH CHECK ({written})"
        cursor.execute(
            "SELECT obj_description(oid, 'pg_policy') FROM pg_policy "
            "WHERE polrelid = to_regclass(%s) AND polname = 'clinic'",
            [f"public.{table}"],
        )
        if cursor.fetchone() == (policy,):
            continue
        run(cursor, "DROP POLICY IF EXISTS clinic ON public.{}", table)
        run(cursor, "CREATE POLICY clinic ON public.{} {}", table, sql.SQL(policy))
        run(cursor, "COMMENT ON POLICY clinic ON public.{} IS {}", table, sql.Literal(policy))
        run(cursor, "ALTER TABLE public.{} ENABLE ROW LEVEL SECURITY", table)


def create_clinic_role(cursor: CursorWrapper, schema: str) -> None:
    """The clinic's role, which the site may take on. Raises ProgrammingError when it exists: never adopt."""
    run(cursor, "CREATE ROLE {} NOLOGIN", schema)
    run(cursor, "GRANT {} TO {}", settings.TENANT_GROUP_ROLE, schema)
    let_site_enter(cursor, schema)


def let_site_enter(cursor: CursorWrapper, schema: str) -> None:
    """Let the site take on the clinic's role. Taken from it, no statement of the site runs in the clinic."""
    # Before PostgreSQL 16 it is the login's NOINHERIT that keeps the membership shut.
    how = " WITH INHERIT FALSE, SET TRUE" if cursor.connection.info.server_version >= 160000 else ""
    run(cursor, f"GRANT {{}} TO {{}}{how}", schema, site_role())


def grant_schema(cursor: CursorWrapper, schema: str) -> None:
    """Give the clinic's role what it may do in its own schema."""
    run(cursor, "GRANT USAGE ON SCHEMA {} TO {}", schema, schema)
    run(cursor, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}", schema, schema)
    run(cursor, "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}", schema, schema)
    run(cursor, "REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {} FROM PUBLIC", schema)
    # Functions that run as the owner are for triggers, which need no privilege to call them.
    cursor.execute(
        "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = %s::regnamespace AND NOT prosecdef",
        [schema],
    )
    for (function,) in cursor.fetchall():
        run(cursor, f"GRANT EXECUTE ON FUNCTION {function} TO {{}}", schema)
    for table in sorted(_tables(cursor, schema)):
        if table.startswith("audit_"):
            run(cursor, "REVOKE ALL ON {}.{} FROM {}", schema, table, schema)
            if table in CLINIC_MAY_OF_AUDIT:
                run(cursor, f"GRANT {CLINIC_MAY_OF_AUDIT[table]} ON {{}}.{{}} TO {{}}", schema, table, schema)
    run(cursor, "REVOKE INSERT, UPDATE, DELETE ON {}.django_migrations FROM {}", schema, schema)


def run(cursor: CursorWrapper, statement: str, *parts: str | sql.Composable) -> None:
    """Run `statement` with its placeholders filled: strings are identifiers."""
    filled = [part if isinstance(part, sql.Composable) else sql.Identifier(part) for part in parts]
    cursor.execute(sql.SQL(statement).format(*filled).as_string(None))
