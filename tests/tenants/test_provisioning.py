"""Law 5 and section 7: a schema is made by replay, whole or not at all, and never taken over."""

import json
from typing import Any

import pytest
from django.db import DatabaseError, connections, transaction
from django_tenants.utils import tenant_context

from clinic.db import roles
from clinic.db.current import connection
from tenants import catalog, jobs, schemas, services, versions
from tenants.models import Organization, ReadySchema, SchemaScript
from tests.databases import rows
from tests.tenants.factories import signed_up

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(autouse=True)
def on_platform(committed: None) -> None:
    connection.set_schema_to_public()


def looks(schema: str) -> list[str]:
    with schemas.owner_in(schema) as owner:
        return catalog.catalog_lines(owner, schema)


def exists(name: str) -> tuple[bool, bool]:
    """Whether there is a schema, and whether there is a role, of that name."""
    return bool(rows("SELECT 1 FROM pg_namespace WHERE nspname = %s", name)), bool(
        rows("SELECT 1 FROM pg_roles WHERE rolname = %s", name)
    )


def test_a_ready_schema_is_claimed_at_once() -> None:
    services.fill_ready_schemas(1)
    ready = ReadySchema.objects.get()
    clinic = signed_up(label="quick")
    assert (clinic.status, clinic.schema_name) == ("trial", ready.schema_name)
    assert clinic.host() == "quick.localhost"
    assert not ReadySchema.objects.exists()
    with tenant_context(clinic):
        assert rows("SELECT count(*), current_user FROM members_member") == [(0, clinic.schema_name)]


def test_without_a_ready_schema_the_worker_is_asked() -> None:
    clinic = signed_up()
    assert clinic.status == "provisioning"
    assert exists(clinic.schema_name) == (False, False)
    asked = rows("SELECT args FROM procrastinate_jobs WHERE task_name = 'tenants.finish_provisioning'")
    assert [json.loads(job) for (job,) in asked] == [{"organization_id": str(clinic.pk)}]
    assert services.finish_provisioning(clinic.pk)
    clinic.refresh_from_db()
    assert (clinic.status, clinic.schema_version) == ("trial", versions.needed())
    assert clinic.trial_ends_at is not None
    assert exists(clinic.schema_name) == (True, True)


def test_finishing_twice_does_nothing_the_second_time() -> None:
    clinic = signed_up()
    assert services.finish_provisioning(clinic.pk)
    assert not services.finish_provisioning(clinic.pk)


def test_killed_half_way_there_is_nothing_and_the_next_run_completes(monkeypatch: pytest.MonkeyPatch) -> None:
    clinic = signed_up()
    with monkeypatch.context() as patch:
        patch.setattr(roles, "grant_schema", cut_the_line)
        with pytest.raises(DatabaseError):
            services.finish_provisioning(clinic.pk)
        connections["owner"].close()
    assert exists(clinic.schema_name) == (False, False)
    assert Organization.objects.get(pk=clinic.pk).status == "provisioning"
    jobs.keep_schemas_ready(0)
    assert Organization.objects.get(pk=clinic.pk).status == "trial"
    assert ReadySchema.objects.count() == jobs.READY


def cut_the_line(cursor: Any, schema: str) -> None:
    """As when the worker, or its server, is killed: the server ends the session."""
    assert rows_of(cursor, "SELECT count(*) FROM pg_tables WHERE schemaname = %s", schema)[0][0] > 20
    cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")


def rows_of(cursor: Any, question: str, *values: Any) -> list[tuple[Any, ...]]:
    cursor.execute(question, values)
    return cursor.fetchall()


def test_a_signing_up_that_fails_gives_its_schema_back() -> None:
    services.fill_ready_schemas(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        raise ZeroDivisionError(signed_up())
    assert ReadySchema.objects.count() == 1


@pytest.mark.parametrize("what", ["schema", "role"])
def test_what_exists_is_never_taken_over(what: str) -> None:
    clinic = signed_up()
    with connections["owner"].cursor() as cursor:
        roles.run(cursor, "CREATE SCHEMA {}" if what == "schema" else "CREATE ROLE {}", clinic.schema_name)
    try:
        with pytest.raises(services.SchemaExists):
            services.finish_provisioning(clinic.pk)
        assert Organization.objects.get(pk=clinic.pk).status == "provisioning"
        assert not rows("SELECT 1 FROM pg_tables WHERE schemaname = %s", clinic.schema_name)
    finally:
        with connections["owner"].cursor() as cursor:
            if what == "role":
                roles.run(cursor, "DROP ROLE {}", clinic.schema_name)


def test_two_who_sign_up_at_once_get_two_schemas(race: Any) -> None:
    services.fill_ready_schemas(2)
    connection.set_schema_to_public()
    clinics = race(2, lambda number: signed_up(label=f"race-{number}"))
    assert {clinic.status for clinic in clinics} == {"trial"}
    assert len({clinic.schema_name for clinic in clinics}) == 2


def test_a_claim_in_progress_keeps_nobody_waiting() -> None:
    """SKIP LOCKED: the second claimer takes the next, or none, at once."""
    services.fill_ready_schemas(1)
    with transaction.atomic(using="owner"):
        list(ReadySchema.objects.using("owner").select_for_update())
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout TO '500ms'")
        assert signed_up().status == "provisioning"


def test_a_schema_that_lacks_a_migration_is_not_claimed() -> None:
    services.fill_ready_schemas(1)
    ReadySchema.objects.update(schema_version=versions.needed() - 1)
    assert signed_up().status == "provisioning"


def test_a_replayed_schema_is_a_migrated_one() -> None:
    replayed = signed_up()
    services.finish_provisioning(replayed.pk)
    migrated = "t_00000000000000aa"
    with transaction.atomic(using="owner"), schemas.owner_in(migrated) as owner:
        with owner.cursor() as cursor:
            roles.run(cursor, "CREATE SCHEMA {}", migrated)
        schemas.migrate_here(owner)
    assert looks(replayed.schema_name) == looks(migrated)
    with schemas.owner_in(migrated) as owner:
        assert catalog.catalog_fingerprint(owner, migrated) == SchemaScript.objects.get().catalog
    done = "SELECT app, name FROM {}.django_migrations ORDER BY 1, 2"
    with connections["owner"].cursor() as cursor:
        lists = [rows_of(cursor, done.format(schema)) for schema in (replayed.schema_name, migrated)]
    assert lists[0] == lists[1]


CHANGES = (
    "ALTER TABLE idempotency_sentform ADD COLUMN other int",
    "ALTER TABLE idempotency_sentform ALTER COLUMN location DROP NOT NULL",
    "ALTER TABLE idempotency_sentform ADD CHECK (key <> '')",
    "CREATE INDEX other ON idempotency_sentform (location)",
    "DROP TRIGGER audit_kept ON audit_auditevent",
    "ALTER TABLE audit_auditevent DISABLE TRIGGER audit_kept",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
)


def test_the_fingerprint_sees_every_difference() -> None:
    schema = Organization.objects.get(label="acme").schema_name
    before = looks(schema)
    for change in CHANGES:
        with transaction.atomic(using="owner"), schemas.owner_in(schema) as owner, owner.cursor() as cursor:
            cursor.execute(change)
            assert catalog.catalog_lines(owner, schema) != before, change
            transaction.set_rollback(True, using="owner")
    assert looks(schema) == before


def test_making_the_script_leaves_nothing_behind() -> None:
    SchemaScript.objects.using("owner").all().delete()
    before = rows("SELECT count(*) FROM pg_namespace")
    script = schemas.current_script()
    assert len(script.statements) > 100
    assert rows("SELECT count(*) FROM pg_namespace") == before
    assert schemas.current_script().pk == script.pk


def test_nothing_is_made_in_public_when_the_schema_is_missing() -> None:
    with schemas.owner_in("t_00000000000000bb") as owner, owner.cursor() as cursor:
        with pytest.raises(Exception, match="does not exist"):
            schemas.replay(cursor, "t_00000000000000bb", ["CREATE TABLE lost (id int)"])
        with pytest.raises(Exception, match="does not exist"):
            schemas.executor_in(owner)
    assert not rows("SELECT 1 FROM pg_tables WHERE tablename = 'lost'")


def test_the_site_makes_no_schema() -> None:
    with pytest.raises(DatabaseError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA t_00000000000000cc")
