"""Law 1: a statement runs on its own clinic's path, or not at all."""

from typing import Any

import pytest
from django.db import Error, transaction
from django_tenants.utils import tenant_context

from clinic.db.current import connection
from clinic.idempotency.models import SentForm
from tests.databases import rows

pytestmark = pytest.mark.django_db


def test_each_message_carries_its_own_path_and_role(acme: Any, beta: Any) -> None:
    for clinic in (acme, beta, acme):
        with tenant_context(clinic):
            assert rows("SELECT current_schema(), current_user") == [(clinic.schema_name, clinic.schema_name)]


def test_when_the_role_cannot_be_taken_the_statement_does_not_run(acme: Any) -> None:
    connection.set_schema("t_00000000000000ff")
    with pytest.raises(Error), transaction.atomic():
        SentForm.objects.create(key="lost", fingerprint="x")
    for schema in (acme.schema_name, "public"):
        connection.set_schema(schema)
        assert not SentForm.objects.filter(key="lost").exists()


def test_what_a_rollback_or_a_statement_of_ones_own_sets_is_not_remembered(acme: Any, beta: Any) -> None:
    with tenant_context(beta):
        with transaction.atomic():
            rows("SELECT 1")
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute(f'SET search_path TO "{acme.schema_name}"')
        assert rows("SELECT current_schema()") == [(beta.schema_name,)]


def test_no_schema_no_statement() -> None:
    connection.schema_name = ""
    with pytest.raises(Exception, match="No schema chosen"):
        rows("SELECT 1")


def test_a_cursor_that_cannot_carry_the_path_is_refused() -> None:
    with pytest.raises(Exception, match="cannot carry"):
        connection.create_cursor(name="server_side")
