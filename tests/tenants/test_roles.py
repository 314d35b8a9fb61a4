"""Law 2: a clinic's role reaches its own schema and what it needs of public, nothing else."""

import base64
import json
import pickle
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, connections, transaction
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from accounts.models import User
from clinic.db import roles
from tenants.models import Listing, Organization
from tenants.schemas import OWNER
from tests.databases import rows
from tests.tenants.factories import superuser

JOB = (
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', 'x', 0, NULL, NULL, '{}', NULL)]"
    "::procrastinate_job_to_defer_v1[])"
)


database = pytest.mark.django_db


def refused(statement: str, *names: str) -> bool:
    """Whether the statement, its placeholders filled with names, lacks the privilege."""
    filled = sql.SQL(statement).format(*map(sql.Identifier, names)) if names else statement
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(filled)
    except ProgrammingError as error:
        return "permission denied" in str(error) or "must be owner" in str(error)
    return False


@database
def test_no_table_of_another_clinic_can_be_read_or_written(acme: Any, beta: Any) -> None:
    with tenant_context(beta):
        tables = [
            name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
        ]
    assert len(tables) > 20
    for table in tables:
        assert refused("SELECT 1 FROM {}.{}", beta.schema_name, table)
        assert refused("DELETE FROM {}.{}", beta.schema_name, table)


@database
def test_of_public_only_what_a_clinic_needs_can_be_read() -> None:
    tables = [name for (name,) in rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
    readable = {name for name in tables if not refused("SELECT 1 FROM public.{}", name)}
    assert readable == {
        *("tenants_organization", "tenants_domain", "tenants_domainclaim", "tenants_supportsession"),
        *("tenants_logo", "tenants_erasure", "clinic_cache"),
        *("accounts_user", "account_emailaddress", "account_emailconfirmation", "mfa_authenticator"),
        *("accounts_signin", "accounts_handover", "accounts_tally"),
        "django_content_type",
        # The public directory: anybody may read it.
        "tenants_listing",
        # What may be chosen, what the own clinic chose, and how long trials last.
        *("tenants_plan", "tenants_subscription", "tenants_platformpolicy"),
        # The lists of the platform.
        *("terminology_diagnosiscode", "terminology_interaction"),
        *("terminology_medicinename", "terminology_substance"),
    }


@database
def test_of_the_clinics_only_its_own_row_is_seen(acme: Any) -> None:
    assert rows("SELECT schema_name FROM tenants_organization") == [(acme.schema_name,)]
    assert rows("SELECT domain FROM tenants_domain") == [("acme.localhost",)]
    with schema_context("public"):
        assert rows("SELECT count(*) FROM tenants_organization")[0][0] > 1


@database
def test_a_clinic_corrects_what_is_said_of_it_and_the_directory_follows(acme: Any, beta: Any) -> None:
    with schema_context("public"):
        before = Organization.objects.get(pk=beta.pk).name
    assert Organization.objects.update(name="Acme by the Sea") == 1
    with schema_context("public"):
        assert Organization.objects.get(pk=beta.pk).name == before
        assert Listing.objects.get(organization=acme).name == "Acme by the Sea"


@database
def test_cache_entries_of_others_are_not_seen(acme: Any, beta: Any) -> None:
    with tenant_context(beta):
        cache.set("counter", 7)
        assert cache.get("counter") == 7
    assert cache.get("counter") is None
    assert rows("SELECT count(*) FROM clinic_cache") == [(0,)]


class Trap:
    """What runs as soon as it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return pytest.fail, ("it ran",)


@database
def test_what_a_clinic_writes_into_the_cache_is_a_value_or_nothing() -> None:
    for value in (7, 1.5, "text", None, [1.5, 2.5], {"a": (1, True)}):
        cache.set("value", value)
        assert cache.get("value") == value
    cache.set("trap", 1)
    trap = base64.b64encode(pickle.dumps(Trap())).decode()
    for forged in (trap, "no base64 at all", base64.b64encode(b"no pickle").decode(), ""):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE clinic_cache SET value = %s WHERE cache_key LIKE %s", [forged, "%:trap"])
        assert cache.get("trap", "nothing") == "nothing"
    cache.set("old", 1, timeout=-1)
    assert cache.get("old") is None


@database
@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER TABLE members_member ADD COLUMN mine int",
        "DROP TABLE members_member",
        "TRUNCATE members_member",
        "DELETE FROM procrastinate_jobs",
        "DELETE FROM accounts_user",
        "UPDATE tenants_organization SET status = 'active'",
        "UPDATE tenants_organization SET trial_ends_at = now()",
        "UPDATE tenants_organization SET verified_at = now()",
        "SELECT query_to_xml('SELECT 1', true, true, '')",
        "SELECT schema_to_xml('public', true, true, '')",
        "SELECT pg_read_file('/etc/passwd')",
    ],
)
def test_what_a_clinic_may_not_do(statement: str) -> None:
    assert refused(statement)


@database
@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_auditevent (id) VALUES (1)",
        "UPDATE audit_auditevent SET reason = ''",
        "DELETE FROM audit_auditevent",
        "TRUNCATE audit_auditevent",
        "DELETE FROM audit_pending",
        "SELECT * FROM audit_pending",
        "SELECT audit_append('read', 'x', '1', NULL, NULL, NULL, '')",
        "UPDATE django_migrations SET app = ''",
    ],
)
def test_the_trail_cannot_be_written_by_hand(statement: str) -> None:
    assert refused(statement)


@database
def test_a_clinic_neither_makes_nor_touches_a_superuser() -> None:
    with schema_context("public"):
        root = superuser()
    user = User.objects.create_user("somebody@acme.example", "a long password for tests")
    with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_superuser=True)
    for change in ({"name": "Mine"}, {"is_superuser": False}, {"is_superuser": False, "password": "mine"}):
        with pytest.raises(DatabaseError, match="on its own site"), transaction.atomic():
            User.objects.filter(pk=root.pk).update(**change)
    assert User.objects.filter(pk=user.pk).update(name="Somebody") == 1


@database
def test_a_clinic_gives_no_superuser_an_address_to_which_the_platform_would_write() -> None:
    with schema_context("public"):
        root = superuser()
        EmailAddress.objects.create(user=root, email=root.email, verified=True, primary=True)
    mine = EmailAddress.objects.filter(user=root)
    user = User.objects.create_user("thief@acme.example", "a long password for tests")
    stolen = EmailAddress.objects.create(user=user, email=user.email, verified=True)
    for change in (
        lambda: EmailAddress.objects.create(user=root, email="thief@example.com", verified=True),
        lambda: EmailAddress.objects.filter(pk=stolen.pk).update(user=root),
        lambda: mine.update(email="thief@example.com"),
        lambda: mine.update(user=user),
        mine.delete,
    ):
        with pytest.raises(DatabaseError, match="on its own site"), transaction.atomic():
            change()
    assert EmailAddress.objects.filter(pk=stolen.pk).update(primary=True) == 1


@database
def test_a_clinic_hands_in_its_own_jobs_and_reads_none(acme: Any, beta: Any) -> None:
    for schema, is_refused in ((acme.schema_name, False), (beta.schema_name, True), ("", True)):
        assert refused(JOB.replace("'{}'", f"'{json.dumps({'schema_name': schema})}'")) == is_refused
    assert refused(JOB)
    assert refused("SELECT * FROM procrastinate_jobs")


@database
def test_membership_alone_opens_nothing(acme: Any) -> None:
    """The site without a clinic's role (the platform's pages) reads no clinic's tables."""
    with schema_context("public"):
        assert refused("SELECT 1 FROM {}.members_member", acme.schema_name)
        assert refused("CREATE TABLE mine (id int)")


@database
def test_the_site_is_no_owner() -> None:
    mighty = rows(
        "SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolbypassrls OR rolinherit "
        "FROM pg_roles WHERE rolname = %s",
        settings.DATABASES["default"]["USER"],
    )
    assert mighty == [(False,)]


def test_nobody_but_the_owner_makes_even_a_temporary_table(committed: None) -> None:
    """Privileges of a database are not copied with it, as this one was."""
    call_command("prepare_database", verbosity=0)
    assert refused("CREATE TEMPORARY TABLE mine (id int)")


def test_a_rule_about_rows_that_changed_takes_the_place_of_the_old_one(
    committed: None, acme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def policies() -> list[tuple[Any, ...]]:
        return rows("SELECT polrelid::regclass::text, oid FROM pg_policy WHERE polname = 'clinic' ORDER BY 1")

    call_command("prepare_database", verbosity=0)
    before = policies()
    monkeypatch.setitem(roles.ROWS, "accounts_user", ("true", "NOT is_superuser AND name <> 'Nobody'"))
    call_command("prepare_database", verbosity=0)
    after = policies()
    assert [table for table, oid in after if (table, oid) not in before] == ["accounts_user"]
    with tenant_context(acme), pytest.raises(ProgrammingError, match="row-level security"):
        User.objects.create_user("somebody@acme.example", "a long password for tests", name="Nobody")
    call_command("prepare_database", verbosity=0)
    assert policies() == after


def test_a_database_of_an_earlier_release_can_be_prepared_and_then_migrated(committed: None) -> None:
    """The newest release asks for columns that only its migrations bring (README, "In production")."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("ALTER TABLE tenants_organization RENAME closing_since TO not_yet_there")
        roles.grant_public(cursor)
