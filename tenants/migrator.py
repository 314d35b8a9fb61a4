"""Migrating every clinic: what is to be done is asked once, worked out once, replayed for the rest.

The stock command asks, plans and works for each schema anew and stops at the first that fails. Here the
schemas are grouped by the migrations they have; a group's first schema is migrated by Django and its SQL
recorded, the others replay it, each in a transaction of its own. A clinic that fails is noted and left as it
was; running again takes up what is left.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django_tenants.utils import get_public_schema_name
from psycopg import errors, sql

from clinic.db import roles
from clinic.erasure import declared
from tenants import schemas, versions
from tenants.models import Organization, ReadySchema

# A clinic at work is not kept waiting: a lock that is not ours by then is asked for again later.
LOCK_TIMEOUT = "2s"
ATTEMPTS = 5
# How many schemas one question covers: each costs the server a few locks.
QUESTION_SIZE = 1000


@dataclass
class Outcome:
    """What became of the schemas."""

    migrated: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    unchanged: int = 0


@dataclass
class Group:
    """Schemas that have the same migrations, and the plan that brings them up to date."""

    schemas: list[str]
    executor: MigrationExecutor
    plan: list[tuple[Any, bool]]

    @property
    def runs_python(self) -> bool:
        """Whether a migration does what SQL recorded elsewhere cannot repeat."""
        return any(
            isinstance(operation, RunPython)
            for migration, _ in self.plan
            for operation in migration.operations
        )


def public_plan(connection: BaseDatabaseWrapper) -> tuple[MigrationExecutor, list[tuple[Any, bool]]]:
    """What the public schema lacks."""
    executor = schemas.executor_in(connection)
    executor.loader.check_consistent_history(connection)
    return executor, executor.migration_plan(versions.targets(executor.loader, settings.SHARED_APPS))


def migrate_public() -> int:
    """Bring the public schema up to date; answer how many migrations that took."""
    with schemas.owner_in(get_public_schema_name()) as connection:
        executor, plan = public_plan(connection)
        if plan:
            executor.migrate(versions.targets(executor.loader, settings.SHARED_APPS), plan)
        with transaction.atomic(using=schemas.OWNER), connection.cursor() as cursor:
            declared.install(cursor)
    return len(plan)


def migrate_clinics(*, say: Callable[[str], None], pause: Callable[[float], None] = time.sleep) -> Outcome:
    """Bring every clinic and every schema kept ready up to date; note each one's version and error."""
    outcome = Outcome()
    expected = _expected()
    states = _states()
    for schema in sorted(expected - states.keys()):
        outcome.failed[schema] = "The schema, or its list of migrations, is missing."
    groups: dict[str, list[str]] = defaultdict(list)
    for schema in sorted(expected & states.keys()):
        groups[states[schema]].append(schema)
    for names in groups.values():
        _migrate_group(_planned(names), outcome, say, pause)
    _note(expected, outcome)
    return outcome


def pending_clinics() -> list[str]:
    """The schemas that lack a migration."""
    expected, states = _expected(), _states()
    groups: dict[str, list[str]] = defaultdict(list)
    for schema in expected:
        groups[states.get(schema, "")].append(schema)
    lacking = (names for state, names in groups.items() if not state or _planned(names).plan)
    return sorted(schema for names in lacking for schema in names)


def _expected() -> set[str]:
    clinics = Organization.objects.using(schemas.OWNER).set_up()
    ready = ReadySchema.objects.using(schemas.OWNER)
    return {*clinics.values_list("schema_name", flat=True), *ready.values_list("schema_name", flat=True)}


def _states() -> dict[str, str]:
    """Every clinic's schema and a digest of the migrations it has: one question for all of them."""
    with connections[schemas.OWNER].cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid "
            "WHERE c.relname = 'django_migrations' AND n.nspname ~ '^t_[0-9a-f]{16}$' ORDER BY 1"
        )
        names = [name for (name,) in cursor.fetchall()]
        states: dict[str, str] = {}
        for part in _parts(names, QUESTION_SIZE):
            questions = (
                sql.SQL(
                    "SELECT {}, md5(coalesce(string_agg(app || '.' || name, ',' ORDER BY app, name), '')) "
                    "FROM {}.django_migrations"
                ).format(sql.Literal(name), sql.Identifier(name))
                for name in part
            )
            cursor.execute(sql.SQL(" UNION ALL ").join(questions).as_string(None))
            states.update(cursor.fetchall())
    return states


def _parts(names: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(names), size):
        yield names[start : start + size]


def _planned(names: list[str]) -> Group:
    with schemas.owner_in(names[0]) as connection:
        executor = schemas.executor_in(connection)
        plan = executor.migration_plan(versions.targets(executor.loader, settings.TENANT_APPS))
    schemas.check_atomic(plan)
    return Group(names, executor, plan)


def _migrate_group(
    group: Group, outcome: Outcome, say: Callable[[str], None], pause: Callable[[float], None]
) -> None:
    if not group.plan:
        outcome.unchanged += len(group.schemas)
        return
    say(f"{len(group.schemas)} to migrate: " + ", ".join(str(migration) for migration, _ in group.plan))
    script: list[str] | None = None
    for number, schema in enumerate(group.schemas, start=1):
        try:
            script = _patiently(partial(_migrate_one, group, schema, script), pause)
        except Exception as error:  # whatever a migration raises is this clinic's trouble alone
            outcome.failed[schema] = " ".join(str(error).split())
            say(f"{number}/{len(group.schemas)} {schema} FAILED: {outcome.failed[schema]}")
        else:
            outcome.migrated.append(schema)
            say(f"{number}/{len(group.schemas)} {schema}")


def _migrate_one(group: Group, schema: str, script: list[str] | None) -> list[str] | None:
    """Migrate one schema in one transaction; answer the script for the next one, where there can be one."""
    with transaction.atomic(using=schemas.OWNER), schemas.owner_in(schema) as connection:
        with connection.cursor() as cursor:
            roles.run(cursor, "SET LOCAL lock_timeout TO {}", sql.Literal(LOCK_TIMEOUT))
        if script is None:
            with schemas.recorded(connection) as statements:
                group.executor.migrate([migration_key(migration) for migration, _ in group.plan], group.plan)
            script = None if group.runs_python else statements
        else:
            with connection.cursor() as cursor:
                schemas.replay(cursor, schema, script)
                schemas.record_migrations(cursor, [migration_key(migration) for migration, _ in group.plan])
        with connection.cursor() as cursor:
            # Deferred checks fail here, where they are this clinic's, and not at the commit.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            roles.grant_schema(cursor, schema)
    return script


def migration_key(migration: Any) -> versions.Key:
    """How a migration is named in the list of migrations."""
    return migration.app_label, migration.name


def _patiently(work: Callable[[], Any], pause: Callable[[float], None]) -> Any:
    """Do `work`, again after a pause when a lock could not be had in time."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return work()
        except DatabaseError as error:
            locked = isinstance(error.__cause__, (errors.LockNotAvailable, errors.DeadlockDetected))
            if not locked or attempt == ATTEMPTS:
                raise
            pause(0.5 * attempt)
    return None


def _note(expected: Iterable[str], outcome: Outcome) -> None:
    """Write each schema's version and error where it differs from what is written."""
    version = versions.needed()
    fine = set(expected) - outcome.failed.keys()
    clinics = Organization.objects.using(schemas.OWNER)
    clinics.filter(schema_name__in=fine).exclude(schema_version__gte=version, migration_error="").update(
        schema_version=version, migration_error=""
    )
    ready = ReadySchema.objects.using(schemas.OWNER)
    ready.filter(schema_name__in=fine, schema_version__lt=version).update(schema_version=version)
    for schema, error in outcome.failed.items():
        clinics.filter(schema_name=schema).update(migration_error=error)
