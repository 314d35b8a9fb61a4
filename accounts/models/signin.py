"""Where somebody is signed in."""

import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.user import User
from clinic.models import Entity, EntityQuerySet

# What was not used for so long is over: a session left alone opens nothing after two hours at most (the
# longest a clinic may choose), and a use is noted an hour late at most.
OPEN_FOR = datetime.timedelta(hours=3)


class SigninQuerySet(EntityQuerySet):
    """Words for sign-ins."""

    def of(self, user: User) -> Self:
        """Those of one log-in."""
        return self.filter(user_id=user.pk)

    def running(self, user: User) -> Self:
        """Those of the log-in that still open something, the latest used first."""
        return self.of(user).filter(_runs(user)).order_by("-last_used_at")

    def over(self, user: User) -> Self:
        """Those of the log-in that have ended, the latest used first."""
        return self.of(user).exclude(_runs(user)).order_by("-last_used_at")


def _runs(user: User) -> Q:
    """Neither ended, by itself or with all others, nor left alone for too long."""
    since = timezone.now() - OPEN_FOR
    return Q(ended_at=None, epoch=user.session_epoch, last_used_at__gt=since)


class Signin(Entity):
    """A session of a log-in, on the platform's site or in a clinic; the session itself knows its key.

    Row policies (clinic.db.roles) show a clinic its own only; the person sees all on the platform's site.
    """

    # The key of the User; the one foreign key to it is the member's (law 9).
    user_id = models.UUIDField(_("user"))
    organization = models.ForeignKey(
        "tenants.Organization",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("clinic"),
        help_text=_("Empty: the platform's site."),
    )
    # The user's session_epoch when it began: of an older one it has ended with all others.
    epoch = models.PositiveIntegerField(default=0, editable=False)
    address = models.GenericIPAddressField(_("address"), null=True, blank=True)
    agent = models.CharField(_("browser"), max_length=300, blank=True)
    # To the hour at most: nothing hot in shared rows (law 14).
    last_used_at = models.DateTimeField(_("last used"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)

    objects: ClassVar = SigninQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-in")
        verbose_name_plural = _("sign-ins")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("created_at")),
                name="accounts_signin_times",
                violation_error_message=_("A sign-in ends after it began."),
            ),
        )
        indexes = (
            models.Index(fields=["user_id", "-created_at"], name="accounts_signin_user"),
            models.Index(fields=["last_used_at"], name="accounts_signin_last_used"),
        )

    @property
    def over_at(self) -> datetime.datetime:
        """When it ended, or was used for the last time."""
        return self.ended_at or self.last_used_at

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"
