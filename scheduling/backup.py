"""A copy of a clinic tells no calendar program anything."""

from django.utils import timezone

from scheduling.models import CalendarFeed
from tenants.backup.table import in_a_copy


@in_a_copy
def close_calendar_feeds() -> None:
    """Their addresses were given out by the clinic it is a copy of; they are made again if wanted."""
    CalendarFeed.objects.open().update(revoked_at=timezone.now())
