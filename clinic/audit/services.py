"""Entries that no change of a row makes by itself: reading a chart, entering a clinic."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import models, transaction

from clinic.audit.models import AuditEvent
from clinic.db.current import connection


def record_read(obj: models.Model, *, patient_id: Any = None, reason: str = "") -> None:
    """Enter in the trail that the acting person opened `obj`."""
    record(AuditEvent.Action.READ, obj._meta.db_table, obj.pk, patient_id=patient_id, reason=reason)


def record(action: str, table_name: str, row_id: Any, *, patient_id: Any = None, reason: str = "") -> None:
    """Enter `action` on the row in the trail; the actor is the connection's audit context."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_pending (action, table_name, row_id, patient_id, reason) "
            "VALUES (%s, %s, %s, %s, %s)",
            [action, table_name, str(row_id), patient_id, reason],
        )


@contextmanager
def acting(context: Mapping[str, str]) -> Iterator[None]:
    """Run the block as the actor of `context` (keys: actor_id, actor, ip, agent, reason)."""
    before = connection.audit_context
    connection.audit_context = dict(context)
    try:
        yield
    finally:
        connection.audit_context = before
