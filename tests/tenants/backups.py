"""Clinics that are backed up and restored."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django_tenants.utils import schema_context, tenant_context
from psycopg import sql

from accounts.members.models import Member
from clinic.audit.chain import broken_entries
from clinic.audit.rows import altered_rows
from clinic.db.current import connection
from tenants.backup import tables
from tenants.backup.making import snapshot
from tenants.models import Organization, Restore
from tenants.services.backups import prepare_restore, restore_now
from tests.databases import rows
from tests.people import PatientFactory, StaffFactory, with_login
from tests.records.documents.factories import PDF, filed, sent
from tests.records.factories import signed


def lived_in() -> Member:
    """A little of everything; answers a receptionist with a log-in."""
    for _number in range(3):
        PatientFactory()
    signed()
    filed(data=[], uploads=[sent(PDF)])
    return with_login(StaffFactory())


# All columns but these are those of one patient.
CROWD = """
INSERT INTO {table} ({columns}) SELECT {columns} FROM (
    SELECT (jsonb_populate_record(t, jsonb_build_object({others}))).*
    FROM {table} t, generate_series(1, {count}) n WHERE t.{key} = {one}
) crowd
"""
OTHERS = {
    ("members_member", "id"): "'id', md5('crowd' || n)::uuid, 'family_name', 'Crowd' || n",
    ("members_patientprofile", "member_id"): "'member_id', md5('crowd' || n)::uuid, 'number', 'C-' || n",
}


def crowd(count: int) -> None:
    """Many patients at once; the trail tells of each of them twice."""
    one = PatientFactory()
    with transaction.atomic(), connection.cursor() as cursor:
        columns = tables.columns_of(cursor)
        for (table, key), others in OTHERS.items():
            statement = sql.SQL(CROWD).format(
                table=sql.Identifier(table),
                columns=sql.SQL(", ").join(map(sql.Identifier, columns[table])),
                others=sql.SQL(others),
                count=sql.Literal(count),
                key=sql.Identifier(key),
                one=sql.Literal(str(one.pk)),
            )
            cursor.execute(statement.as_string(None))


def clinic(label: str) -> Organization:
    """The clinic as it is stored now."""
    connection.set_schema_to_public()
    return Organization.objects.get(label=label)


def as_new(path: Path, label: str = "copy", **ways: Any) -> Organization:
    """Restore as a new clinic."""
    connection.set_schema_to_public()
    return restore_now(prepare_restore(by=None, file_name=path.name, label=label), path, **ways)


def in_place(path: Path, label: str, **ways: Any) -> Restore:
    """Restore in place of what the clinic holds."""
    restore = prepare_restore(by=None, file_name=path.name, organization=clinic(label))
    restore_now(restore, path, **ways)
    restore.refresh_from_db()
    return restore


def content(schema: str) -> dict[str, Any]:
    """Every table of the schema, counted and digested."""
    with snapshot(schema) as cursor:
        return {name: tables.measured(cursor, name, own) for name, own in tables.columns_of(cursor).items()}


EACH = "SELECT t::text FROM {} t"


def everything_else(*schemas: str) -> dict[str, Any]:
    """Every clinic but those of these schemas, and what the public schema says of clinics and log-ins."""
    with schema_context("public"):
        others = Organization.objects.exclude(schema_name__in=schemas).order_by("label")
        found: dict[str, Any] = {each.label: content(each.schema_name) for each in others}
        for table in ("tenants_organization", "tenants_domain", "accounts_user", "account_emailaddress"):
            found[table] = {row for (row,) in rows(EACH.format(table))}
    return found


def said_in(organization: Organization) -> str:
    """Every text in every table of the clinic."""
    parts: list[bytes] = []
    with snapshot(organization.schema_name) as cursor:
        for name, own in tables.columns_of(cursor).items():
            tables.rows_out(cursor, name, own, parts.append)
    return b"".join(parts).decode()


def holds(organization: Organization) -> bool:
    """Whether trail and rows of the clinic agree."""
    with tenant_context(organization):
        return broken_entries() == [] and altered_rows() == []
