"""Telling the front desk, within the site, that a message needs somebody."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from django_tenants.utils import get_public_schema_name

from clinic.db.current import connection
from clinic.inbox.models import Notification
from clinic.inbox.services import members, notify
from clinic.notifications.models import OutboxMessage, Status

NEWS = {Status.FAILED: "message_failed", Status.UNCERTAIN: "message_uncertain"}
# A mail server that refuses a thousand letters is told of once; the day sheet counts them.
ONCE_IN = timedelta(minutes=10)


def report(message: OutboxMessage) -> None:
    """Tell the desk of a message that only a person can settle, unless it was told of another just now."""
    kind = NEWS.get(Status(message.status))
    if kind is None or message.retry_at or connection.schema_name == get_public_schema_name():
        return
    lately = timezone.now() - ONCE_IN
    if Notification.objects.filter(kind=kind, read_at__isnull=True, created_at__gt=lately).exists():
        return
    person = members().filter(pk=message.member_id).first() if message.member_id else None
    notify(
        kind=kind,
        to=members().desk(),
        facts={"patient": person.name if person else message.recipient},
        link=reverse("scheduling:message", args=[message.pk], urlconf="clinic.urls"),
        about_id=message.pk,
    )
