"""Telling members what happened, within the site: one statement, in the transaction in which it happened."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from clinic.db.current import connection
from clinic.inbox.kinds import KINDS
from clinic.inbox.models import Notification

# How long what was read is kept, and what nobody ever looked at.
KEPT, KEPT_UNREAD = timedelta(days=90), timedelta(days=365)

# The key is of version 7 (RFC 9562), milliseconds and then chance: PostgreSQL has uuidv7() only from 18 on.
_ROW = (
    "SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid()) PLACING "
    "substring(int8send(%s) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid, "
    "%s, reader.id, %s, %s::jsonb, %s, %s::uuid FROM ("
)
_OTHERS = ") AS reader (id) WHERE reader.id IS DISTINCT FROM %s::uuid"
_INSERT = "INSERT INTO inbox_notification (id, created_at, member_id, kind, facts, link, about_id)"


class News(NamedTuple):
    """What some members are to be told: a kind of `clinic.inbox.kinds`, its facts, the page that shows it.

    `to` are members, as a queryset or by their keys. Only those are told for whom somebody can sign in.
    """

    kind: str
    to: QuerySet[Any] | Iterable[UUID]
    facts: Mapping[str, Any] = MappingProxyType({})
    link: str = ""
    about_id: UUID | None = None


def notify(
    *,
    kind: str,
    to: QuerySet[Any] | Iterable[UUID],
    by: Any = None,
    facts: Mapping[str, Any] = MappingProxyType({}),
    link: str = "",
    about_id: UUID | None = None,
) -> int:
    """Tell these members one thing, but never `by`, who did it; how many were told. One statement."""
    return publish(News(kind, to, facts, link, about_id), by=by)


def publish(*news: News, by: Any = None) -> int:
    """Tell all of this in one statement, never to `by`, who did it; how many notifications were written.

    Part of the caller's transaction. On the platform's own site nobody has an inbox: nothing is written.
    """
    if connection.schema_name == get_public_schema_name():
        return 0
    now = timezone.now()
    rows: list[str] = []
    values: list[Any] = []
    for told in news:
        try:
            readers, arguments = _readers(told.to).query.sql_with_params()
        except EmptyResultSet:
            continue
        rows.append(readers.join([_ROW, _OTHERS]))
        facts = {name: _plain(fact) for name, fact in told.facts.items()}
        milliseconds = int(now.timestamp() * 1000)
        values += [milliseconds, now, _known(told.kind), json.dumps(facts), told.link, told.about_id]
        values += [*arguments, getattr(by, "pk", None)]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(" ".join([_INSERT, " UNION ALL ".join(rows)]), values)
        return int(cursor.rowcount)


def _readers(to: Any) -> Any:
    """The keys of these members whose pages somebody reads."""
    found: Any = to if isinstance(to, QuerySet) else members().filter(pk__in=list(to))
    return found.read_by_somebody().order_by().values("pk")


def members() -> Any:
    """All members of the clinic, with the words of their own room: `members().desk()` keeps the front desk.

    By the reference: this room imports no other.
    """
    model: Any = Notification._meta.get_field("member").related_model
    return model.objects


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ValueError(f"{kind} is no kind of clinic.inbox.kinds")
    return kind


def _plain(fact: Any) -> Any:
    if isinstance(fact, datetime):
        return fact.isoformat()
    return fact if isinstance(fact, int) else str(fact)


def mark_read(notification: Notification, *, by: Any) -> None:
    """Note that `by` has seen the own notification; once is enough."""
    _read(Notification.objects.of(by).filter(pk=notification.pk))


def mark_all_read(*, by: Any) -> int:
    """Note that `by` has seen everything there is; how much that was."""
    return _read(Notification.objects.of(by))


def settle(about_ids: Iterable[UUID], *kinds: str) -> int:
    """Mark as read for everybody what was to be done about these records: somebody has done it."""
    return _read(Notification.objects.filter(about_id__in=list(about_ids), kind__in=kinds))


def _read(rows: QuerySet[Notification]) -> int:
    """What somebody else is marking at this moment needs nothing from us: nobody waits, nor in a ring."""
    unread = rows.filter(read_at__isnull=True).order_by().select_for_update(skip_locked=True)
    return Notification.objects.filter(pk__in=unread.values("pk")).update(read_at=timezone.now())


def forget_read_notifications() -> int:
    """Drop what was read 90 days ago, and what nobody looked at for a year; how much that was."""
    now = timezone.now()
    over = Q(read_at__lt=now - KEPT) | Q(created_at__lt=now - KEPT_UNREAD)
    return Notification.objects.filter(over).delete()[0]
