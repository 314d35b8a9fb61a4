"""Law 12: a bad clinic stops no other; what is left is taken up again; the rest is replayed."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections
from django_tenants.utils import schema_context

from clinic.db import roles
from clinic.db.current import connection
from tenants import catalog, migrator, schemas, services, versions
from tenants.models import Organization, ReadySchema, SchemaScript
from tests.databases import rows

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def on_platform(committed: None) -> Iterator[None]:
    connection.set_schema_to_public()
    yield
    forget_versions()


def forget_versions() -> None:
    versions.clinic_migrations.cache_clear()
    versions.fingerprint.cache_clear()


def release(settings: Any, name: str) -> None:
    """Bring out a later release: one more migration of an app that clinics and platform have."""
    settings.MIGRATION_MODULES = {"idempotency": f"tests.tenants.later.{name}.migrations"}
    forget_versions()


# What the first test that migrates to a release records of it, a whole migration, the next ones know already.
SCRIPTS: dict[str, SchemaScript] = {}


def migrate(**options: Any) -> None:
    scripts = SchemaScript.objects.using("owner")
    if known := SCRIPTS.get(versions.fingerprint()):
        scripts.bulk_create([known], ignore_conflicts=True)
    try:
        call_command("migrate_schemas", verbosity=0, **options)
    finally:
        SCRIPTS.update(scripts.in_bulk())


def clinic(label: str) -> Organization:
    return Organization.objects.get(label=label)


def columns(schema: str) -> set[str]:
    found = rows(
        "SELECT column_name FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "JOIN LATERAL (SELECT a.attname AS column_name) x ON true "
        "WHERE c.relname = 'idempotency_sentform' AND c.relnamespace = %s::regnamespace AND a.attnum > 0",
        schema,
    )
    return {name for (name,) in found}


def spoil(label: str) -> None:
    """Let the next migration fail in this clinic: the column is there already."""
    with schemas.owner_in(clinic(label).schema_name) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE idempotency_sentform ADD COLUMN note text")


def mend(label: str) -> None:
    with schemas.owner_in(clinic(label).schema_name) as owner, owner.cursor() as cursor:
        cursor.execute("ALTER TABLE idempotency_sentform DROP COLUMN note")


def test_every_clinic_and_every_ready_schema_is_migrated(settings: Any) -> None:
    services.fill_ready_schemas(1)
    before = versions.needed()
    release(settings, "column")
    migrate()
    assert versions.needed() == before + 1
    for schema in (
        clinic("acme").schema_name,
        clinic("beta").schema_name,
        ReadySchema.objects.get().schema_name,
    ):
        assert "note" in columns(schema)
    assert "note" in columns("public")
    assert clinic("acme").schema_version == ReadySchema.objects.get().schema_version == versions.needed()


def test_what_was_replayed_looks_like_what_was_migrated(settings: Any) -> None:
    services.fill_ready_schemas(2)
    release(settings, "column")
    migrate()
    fresh = services.fill_ready_schemas(3)
    looks = set()
    for schema in [*Organization.objects.all(), *ReadySchema.objects.all()]:
        with schemas.owner_in(schema.schema_name) as owner:
            looks.add(catalog.catalog_fingerprint(owner, schema.schema_name))
    assert fresh == 1
    assert len(looks) == 1


@pytest.mark.parametrize("bad", ["acme", "beta"])
def test_a_bad_clinic_stops_no_other_and_is_named(bad: str, settings: Any) -> None:
    spoil(bad)
    good = "beta" if bad == "acme" else "acme"
    release(settings, "column")
    with pytest.raises(CommandError, match=clinic(bad).schema_name):
        migrate()
    assert clinic(good).schema_version == versions.needed()
    assert clinic(good).migration_error == ""
    assert "already exists" in clinic(bad).migration_error
    assert not versions.is_supported(clinic(bad).schema_version)


def test_running_again_takes_up_what_is_left(settings: Any) -> None:
    spoil("acme")
    release(settings, "column")
    with pytest.raises(CommandError):
        migrate()
    mend("acme")
    migrate()
    assert clinic("acme").migration_error == ""
    assert versions.is_supported(clinic("acme").schema_version)
    migrate()


def test_a_missing_schema_is_named(settings: Any) -> None:
    with connections["owner"].cursor() as cursor:
        roles.run(cursor, "ALTER SCHEMA {} RENAME TO somewhere", clinic("beta").schema_name)
    with pytest.raises(CommandError, match="missing"):
        migrate()


def test_python_runs_in_each_schema_itself(settings: Any) -> None:
    release(settings, "python")
    migrate()
    for label in ("acme", "beta"):
        with schema_context(clinic(label).schema_name):
            made = rows("SELECT key FROM idempotency_sentform")
            assert made == [(f"made in {connection.schema_name}",)]


def test_a_locked_clinic_is_asked_again(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another session holds a lock; it lets go while we pause."""
    monkeypatch.setattr(migrator, "LOCK_TIMEOUT", "50ms")
    release(settings, "column")
    migrator.migrate_public()
    call_command("prepare_database", verbosity=0)
    busy = connections.create_connection("owner")
    busy.set_schema(clinic("acme").schema_name)
    busy.set_autocommit(False)
    pauses: list[float] = []
    try:
        with busy.cursor() as cursor:
            cursor.execute("LOCK TABLE idempotency_sentform IN ACCESS SHARE MODE")
        outcome = migrator.migrate_clinics(
            say=lambda line: None, pause=lambda seconds: (pauses.append(seconds), busy.rollback())
        )
    finally:
        busy.close()
    assert pauses
    assert not outcome.failed
    assert len(outcome.migrated) == 2


def test_a_clinic_locked_for_good_is_left_for_the_next_run(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrator, "LOCK_TIMEOUT", "50ms")
    release(settings, "column")
    migrator.migrate_public()
    busy = connections.create_connection("owner")
    busy.set_schema(clinic("acme").schema_name)
    busy.set_autocommit(False)
    try:
        with busy.cursor() as cursor:
            cursor.execute("LOCK TABLE idempotency_sentform IN ACCESS SHARE MODE")
        outcome = migrator.migrate_clinics(say=lambda line: None, pause=lambda seconds: None)
    finally:
        busy.rollback()
        busy.close()
    assert set(outcome.failed) == {clinic("acme").schema_name}
    assert outcome.migrated == [clinic("beta").schema_name]


def test_what_is_to_be_done_is_asked_once_for_all(django_assert_max_num_queries: Any) -> None:
    services.fill_ready_schemas(6)
    with django_assert_max_num_queries(40, connection=connections["owner"]):
        outcome = migrator.migrate_clinics(say=lambda line: None)
    assert outcome.unchanged == 8
    assert not outcome.migrated


def test_check_says_whether_there_is_anything_to_do(settings: Any) -> None:
    migrate(check=True)
    release(settings, "column")
    with pytest.raises(CommandError, match="To be migrated"):
        migrate(check=True)
