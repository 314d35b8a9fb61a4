"""The letter that lets a member in for the first time."""

import datetime
import hashlib
import secrets
from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models.member import Member
from clinic.db.current import connection
from clinic.models import Entity, EntityQuerySet

LIFETIME = datetime.timedelta(days=7)


def hash_of(token: str) -> str:
    """What is stored of a token: worth nothing in another clinic and for another purpose."""
    return hashlib.sha256(f"{connection.schema_name}\x1finvitation\x1f{token}".encode()).hexdigest()


class InvitationQuerySet(EntityQuerySet):
    """Words for invitations."""

    def open(self) -> Self:
        """Those that may still be accepted."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True, expires_at__gt=Now())

    def unanswered(self) -> Self:
        """Those neither accepted nor withdrawn, expired or not."""
        return self.filter(accepted_at__isnull=True, revoked_at__isnull=True)

    def visible_to(self, member: Member) -> Self:
        """Those to members whom `member` may look up."""
        return self.filter(member__in=Member.objects.visible_to(member))


class Invitation(Entity):
    """An invitation by e-mail to log in as a member. Works once, and for seven days."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="invitations", verbose_name=_("member"))
    email = models.EmailField(_("e-mail"))
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField(_("works until"))
    accepted_at = models.DateTimeField(_("accepted"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    invited_by = models.ForeignKey(
        Member, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=["member"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="members_invitation_one_open",
                violation_error_message=_(
                    "There is already an open invitation; send it again or withdraw it."
                ),
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="members_invitation_one_end",
                violation_error_message=_("An invitation is either accepted or withdrawn."),
            ),
        )

    def __str__(self) -> str:
        return self.email

    @property
    def is_open(self) -> bool:
        """Whether it may still be accepted."""
        return not self.accepted_at and not self.revoked_at and self.expires_at > timezone.now()

    def seal(self) -> str:
        """Give the invitation a new token, valid from now, and return it: it is stored nowhere."""
        token = secrets.token_urlsafe(32)
        self.token_hash = hash_of(token)
        self.expires_at = timezone.now() + LIFETIME
        return token
