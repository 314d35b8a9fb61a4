"""The demo's calendar addresses: one doctor and the demo's own patient have theirs."""

from datetime import datetime

from clinic.demo.scene import Scene, at
from scheduling.models import CalendarFeed
from scheduling.services import make_feed


def make_feeds(scene: Scene, now: datetime) -> None:
    """Each makes an address once, and keeps it from day to day."""
    for member in (scene.doctors[0].member, scene.guest.member):
        if not CalendarFeed.objects.open().filter(member=member).exists():
            with at(now, member):
                make_feed(member, by=member)
