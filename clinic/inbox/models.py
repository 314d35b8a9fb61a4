"""What a member is told within the site, until it is read."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet

# Unread ones are counted up to here; what is more is "99+".
MOST_COUNTED = 100


class UnreadCount(models.Func):
    """How many notifications the member of this key has not read, MOST_COUNTED at most.

    Asked along with who the member is, in each request: written out, and answered from the partial index.
    """

    output_field = models.IntegerField()
    template = (
        "cardinality(ARRAY(SELECT 1 FROM inbox_notification unread "
        "WHERE unread.member_id = %(expressions)s AND unread.read_at IS NULL LIMIT %(most)s))"
    )

    def __init__(self, member: Any) -> None:
        super().__init__(member, most=MOST_COUNTED)


class NotificationQuerySet(EntityQuerySet):
    """Words for notifications."""

    def unread(self) -> Self:
        """What nobody has looked at yet."""
        return self.filter(read_at__isnull=True)

    def of(self, member: Any) -> Self:
        """What this member was told, latest first."""
        return self.filter(member_id=member.pk).order_by("-created_at", "-id")


class Notification(Entity):
    """One thing one member is told: what happened, in the reader's words, and the page that shows it."""

    # By name: the house's lowest room knows no other, and only points at who reads.
    member = models.ForeignKey(
        "members.Member",
        on_delete=models.PROTECT,
        related_name="notifications",
        db_index=False,
        verbose_name=_("for"),
    )
    kind = models.CharField(_("kind"), max_length=60)
    # Names and times as they were; the sentence itself is made when it is read, in the reader's language.
    facts = models.JSONField(_("facts"), default=dict)
    link = models.CharField(_("page"), max_length=300, blank=True)
    about_id = models.UUIDField(_("record"), null=True, blank=True)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                # An address within the site, never another one's.
                condition=Q(link="") | Q(link__startswith="/") & ~Q(link__startswith="//"),
                name="notification_link_is_ours",
            ),
        )
        indexes = (
            models.Index(fields=["member", "-created_at"], name="notification_of_member"),
            models.Index(fields=["member"], condition=Q(read_at__isnull=True), name="notification_unread"),
            models.Index(fields=["about_id"], name="notification_about"),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.member_id}"
