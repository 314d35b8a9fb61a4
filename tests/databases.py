"""The suite's databases: one template with two real clinics built once a run, one copy of it per worker."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connections, transaction
from django.utils import timezone
from psycopg import sql

from clinic.db.current import connection

# Any number: the workers of a run take turns with it.
BUILDING = 7_203_114
# The database of the installation's own; the settings name another one as soon as `use` was called.
INSTALLED = settings.DATABASES["owner"]["NAME"]

CLINICS = (
    {
        "name": "Acme Family Clinic",
        "label": "acme",
        "country": "NG",
        "currency": "NGN",
        "time_zone": "Africa/Lagos",
        "locale": "en_NG",
    },
    {
        "name": "Beta Health",
        "label": "beta",
        "country": "IE",
        "currency": "EUR",
        "time_zone": "Europe/Dublin",
        "locale": "en_IE",
    },
)


@contextmanager
def maintenance() -> Iterator[psycopg.Connection]:
    """A connection beside the tests' databases, for making and dropping them."""
    owner = settings.DATABASES["owner"]
    parameters = {
        "host": owner["HOST"],
        "port": owner["PORT"],
        "user": owner["USER"],
        "password": owner["PASSWORD"],
    }
    options = {key: value for key, value in owner["OPTIONS"].items() if key in ("host", "port")}
    given = {key: value for key, value in {**parameters, **options}.items() if value}
    with psycopg.connect(dbname="postgres", autocommit=True, **given) as server:
        yield server


def template_name(run: str) -> str:
    """The database that the workers of one run copy."""
    return f"{INSTALLED}_template_{run}"


def build_template(run: str) -> None:
    """Make the template of this run unless another worker has made it already."""
    name = template_name(run)
    with maintenance() as server:
        server.execute("SELECT pg_advisory_lock(%s)", [BUILDING])
        if server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return
        collect_static()
        scratch = f"{name}_building"
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", scratch)
        _run(server, "CREATE DATABASE {}", scratch)
        use(scratch)
        _fill()
        connections.close_all()
        server.execute(
            sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(scratch), sql.Identifier(name))
        )


def collect_static() -> None:
    """Gather the static files, which pages name by their digests, when one is newer than the last list."""
    files = [Path(storage.path(path)) for finder in get_finders() for path, storage in finder.list([])]
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if not manifest.exists() or manifest.stat().st_mtime < max(file.stat().st_mtime for file in files):
        call_command("collectstatic", interactive=False, verbosity=0)
        manifest.touch()


def _fill() -> None:
    call_command("prepare_database", verbosity=0)
    call_command("migrate_schemas", verbosity=0, interactive=False)
    from tenants.models import Organization
    from tenants.services import fill_ready_schemas, provision_organization

    fill_ready_schemas(len(CLINICS))
    for clinic in CLINICS:
        provision_organization(by=None, email=f"desk@{clinic['label']}.example", **clinic)
    # In the directory, and with nothing in the clinics' trails yet.
    Organization.objects.update(verified_at=timezone.now(), verified_papers="Licence 1")


def copy_template(run: str, worker: str) -> None:
    """Give this worker a fresh copy of the template, and connect to it."""
    name = f"{template_name(run)}_{worker}"
    connections.close_all()
    with maintenance() as server:
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        # File by file: the other way writes every page into the log as well.
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template_name(run))
            )
        )
    use(name)


def drop(run: str, worker: str | None = None) -> None:
    """Drop a worker's copy, or the template itself."""
    connections.close_all()
    name = f"{template_name(run)}_{worker}" if worker else template_name(run)
    with maintenance() as server:
        _run(server, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def use(name: str) -> None:
    """Let every connection of this process lead to the database `name`."""
    connections.close_all()
    for alias in connections:
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


def _run(server: psycopg.Connection, statement: str, name: str) -> None:
    server.execute(sql.SQL(statement).format(sql.Identifier(name)))


@contextmanager
def where_we_are() -> Iterator[SimpleNamespace]:
    """Come back to the present schema, actor and time zone after the block: a request leaves for `public`."""
    tenant, context, zone = connection.tenant, connection.audit_context, timezone.get_current_timezone()
    try:
        yield SimpleNamespace(tenant=tenant)
    finally:
        connection.set_tenant(tenant)
        connection.audit_context = context
        timezone.activate(zone)


@contextmanager
def undone() -> Iterator[None]:
    """What is done in the block is taken back: what is tried next finds everything as it was."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def rows(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """The rows of a statement, as the site sees them from the present schema."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


@contextmanager
def as_the_owner() -> Iterator[psycopg.Connection]:
    """Beside the test's own transaction, at this worker's database, as the owner of its tables."""
    owner = connections["owner"]
    with psycopg.connect(**owner.get_connection_params(), autocommit=True) as session:
        yield session


@contextmanager
def erasures_on(day: str) -> Iterator[None]:
    """Let the database think that it is this day when it asks whether records have to be kept."""
    today = (
        "CREATE OR REPLACE FUNCTION public.erasure_today(zone text) RETURNS date LANGUAGE sql STABLE AS {}"
    )
    with as_the_owner() as session:
        session.execute(sql.SQL(today).format(sql.Literal(f"SELECT date '{day}'")))
        try:
            yield
        finally:
            session.execute(sql.SQL(today).format(sql.Literal("SELECT (now() AT TIME ZONE zone)::date")))
