"""Calendar feeds: a secret address at which somebody's own calendar fetches the visits."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.http import urlsafe_base64_encode
from django.utils.translation import gettext_lazy as _

from accounts.members.models import Member
from clinic.db.current import connection
from clinic.models import Entity, EntityQuerySet
from scheduling.models.calendar import hashed


class CalendarFeedQuerySet(EntityQuerySet):
    """Words for feeds."""

    def open(self) -> Self:
        """Feeds that can be read."""
        return self.filter(revoked_at__isnull=True)

    def by_token(self, token: str) -> Self:
        """The open feed an address was made for, with whose it is."""
        return self.open().filter(token_hash=hashed(token)).select_related("member__user", "member__patient")


class CalendarFeed(Entity):
    """The visits of one doctor or one patient for a calendar program (RFC 5545), until it is revoked."""

    member = models.ForeignKey(
        Member, on_delete=models.PROTECT, related_name="calendar_feeds", verbose_name=_("whose visits")
    )
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["member"], condition=Q(revoked_at__isnull=True), name="calendar_feed_one_open"
            ),
        )

    def __str__(self) -> str:
        return str(self.member)

    @property
    def token(self) -> str:
        """The unguessable part of the address; of it, only the hash is stored.

        Made from the site's secret, so that its owner can see the address again.
        """
        salt = f"scheduling.feed.{connection.schema_name}"
        return urlsafe_base64_encode(salted_hmac(salt, str(self.pk), algorithm="sha256").digest())

    @property
    def is_readable(self) -> bool:
        """Whether it is shown: not if the member is let in no more, has another role, or lost the log-in."""
        user = self.member.user
        return self.member.may("scheduling.view_my_feed") and (user is None or user.is_active)

    def seal(self) -> None:
        """Note the hash of the token, by which the feed is found."""
        self.token_hash = hashed(self.token)
