"""Visits of the people who run the platform."""

from typing import ClassVar

from django.contrib.auth import get_user_model
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet
from tenants.models.organization import Organization


class SupportSessionQuerySet(EntityQuerySet):
    """Words for visits of support."""

    def running(self) -> "SupportSessionQuerySet":
        """Those that still open something."""
        return self.filter(ended_at=None, expires_at__gt=timezone.now())

    def with_visitors(self) -> "SupportSessionQuerySet":
        """Each with the visitor's `email` and `name`, in the same query."""
        who = get_user_model().objects.filter(pk=models.OuterRef("user_id"))
        return self.annotate(
            email=models.Subquery(who.values("email")), name=models.Subquery(who.values("name"))
        )


class SupportSession(Entity):
    """A superuser's visit to a clinic: reasoned, short, seen by the clinic (DESIGN section 5, law 8)."""

    # The key of the User; not a foreign key (law 9).
    user_id = models.UUIDField(_("who"))
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="support_sessions", verbose_name=_("clinic")
    )
    reason = models.CharField(_("reason"), max_length=500)
    started_at = models.DateTimeField(_("started"))
    expires_at = models.DateTimeField(_("expires"))
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    # Of the one-time address that opens it; empty once it was used.
    token_hash = models.CharField(max_length=64, blank=True)

    objects: ClassVar = SupportSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("support session")
        verbose_name_plural = _("support sessions")
        ordering = ("-started_at",)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="support_session_reason",
                violation_error_message=_("Say why you enter this clinic."),
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("started_at")), name="support_session_times"
            ),
            models.UniqueConstraint(
                fields=["token_hash"], condition=~models.Q(token_hash=""), name="support_session_token"
            ),
        )
        indexes = (
            models.Index(fields=["user_id", "-started_at"], name="support_session_user"),
            models.Index(fields=["organization", "-started_at"], name="support_session_clinic"),
        )

    def __str__(self) -> str:
        return f"{self.organization} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def is_running(self) -> bool:
        """Whether it still opens anything."""
        return self.ended_at is None and timezone.now() < self.expires_at

    @property
    def is_unused(self) -> bool:
        """Whether the address that begins it was never used."""
        return bool(self.token_hash)
