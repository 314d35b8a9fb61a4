"""A new clinic beside django-tenants' own migrations, and `migrate` with nothing to do."""

import time
from io import StringIO
from itertools import count

from django.core.management import call_command
from django.db import connections
from django_tenants.management.commands.migrate_schemas import MigrateSchemasCommand

from clinic.bench.figures import Figure, at_least, at_most, in_turn, milliseconds, ratio
from clinic.bench.slots import timed
from clinic.bench.world import FACTS
from clinic.db import roles
from tenants import schemas, versions
from tenants.catalog import catalog_lines
from tenants.models import Organization, generated_schema_name
from tenants.services import fill_ready_schemas, finish_provisioning, provision_organization

ROUNDS = 3
NUMBERS = count(1)


def new_clinic() -> list[Figure]:
    """Signing up a clinic (schema ready, or made at once) beside migrating a schema; all must be the same."""
    migrated: list[str] = []
    taken = in_turn({"ready": _ready, "inline": _inline, "stock": lambda: _stock(migrated)}, ROUNDS)
    stock = taken["stock"]
    same = len(_catalogs(migrated)) == 1
    yardstick = f"django-tenants' migrations {milliseconds(min(stock))}"
    return [
        Figure(
            f"new clinic, {title}", milliseconds(min(taken[name])), yardstick, ratio(taken[name], stock), keep
        )
        for name, title, keep in (
            ("ready", "schema kept ready", at_most(0.02)),
            ("inline", "schema made at once", at_most(0.2)),
        )
    ] + [
        Figure(
            "new clinic: schemas that differ from a migrated one",
            "none" if same else "some",
            "catalog of a migrated schema",
            0 if same else 1,
            at_most(0, ""),
            "",
        )
    ]


def _sign_up() -> Organization:
    number = next(NUMBERS)
    return provision_organization(by=None, name=f"Bench {number}", label=f"bench{number}", **FACTS)


def _ready() -> float:
    fill_ready_schemas(1)
    return timed(_sign_up)


def _inline() -> float:
    started = time.perf_counter()
    if not finish_provisioning(_sign_up().pk):
        raise RuntimeError("A schema was ready, where it had to be made.")
    return time.perf_counter() - started


def _stock(migrated: list[str]) -> float:
    schema = generated_schema_name()
    migrated.append(schema)
    started = time.perf_counter()
    with connections[schemas.OWNER].cursor() as cursor:
        roles.run(cursor, "CREATE SCHEMA {}", schema)
    stock_migrate("--schema", schema)
    return time.perf_counter() - started


def stock_migrate(*arguments: str) -> None:
    """`migrate_schemas` as django-tenants has it."""
    options = {"database": schemas.OWNER, "interactive": False, "verbosity": 0, "stdout": StringIO()}
    call_command(MigrateSchemasCommand(), *arguments, **options)


def _catalogs(migrated: list[str]) -> set[tuple[str, ...]]:
    """The different catalogs there are, of clinics and of schemas that the stock command migrated."""
    names = [*Organization.objects.values_list("schema_name", flat=True), *migrated]
    found = set()
    for schema in names:
        with schemas.owner_in(schema) as connection:
            found.add(tuple(catalog_lines(connection, schema)))
    return found


def _migrate() -> None:
    """Our command, as a process that has just begun runs it."""
    versions.clinic_migrations.cache_clear()
    versions.fingerprint.cache_clear()
    call_command("migrate_schemas", verbosity=0, interactive=False)


def nothing_to_migrate(clinics: int) -> list[Figure]:
    """`migrate` over that many clinics that lack nothing, beside the stock command."""
    missing = clinics - Organization.objects.count()
    fill_ready_schemas(missing)
    for _missing in range(missing):
        _sign_up()
    taken = in_turn({"ours": lambda: timed(_migrate), "stock": lambda: timed(stock_migrate)}, 2)
    return [
        Figure(
            f"migrate, nothing to do, {clinics} clinics",
            milliseconds(min(taken["ours"])),
            f"django-tenants {milliseconds(min(taken['stock']))}",
            ratio(taken["stock"], taken["ours"]),
            at_least(20),
        )
    ]
