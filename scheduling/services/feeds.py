"""The secret address of somebody's visits: made by its owner, revoked by its owner or the clinic."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.models import Refusal
from scheduling.models import CalendarFeed


@transaction.atomic
def make_feed(member: Member, *, by: Member | None) -> CalendarFeed:
    """Give the member a new address for calendar programs; an earlier one leads nowhere any more.

    Only for oneself: whoever has the address reads the visits. Raises Refusal.
    """
    owner = Member.objects.locked(member.pk)
    if by is None or by.pk != owner.pk:
        raise Refusal(_("Everybody makes the own calendar address."))
    if not owner.may("scheduling.make_feed"):
        raise Refusal(_("Only doctors and patients have visits for a calendar."))
    for earlier in CalendarFeed.objects.open().filter(member=owner):
        revoke_feed(earlier, by=by)
    feed = CalendarFeed(member=owner)
    feed.seal()
    feed.save()
    return feed


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, by: Member | None) -> CalendarFeed:
    """Let the address lead nowhere from now on. Revoking twice is revoking once. Raises Refusal."""
    if by is not None and by.pk != feed.member_id and not by.may("members.administer"):
        raise Refusal(_("Only its owner and the clinic's administrators revoke an address."))
    found: CalendarFeed = CalendarFeed.objects.locked(feed.pk)
    if found.revoked_at is None:
        found.revoked_at = timezone.now()
        found.save(update_fields=["revoked_at"])
    return found
