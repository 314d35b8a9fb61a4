"""Ways from the platform's site into a clinic, for whoever is signed in there."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity, EntityQuerySet


class HandOver(Entity):
    """One entrance into one clinic, in the one browser that asked for it: once, within a minute.

    Row policies (clinic.db.roles) show a clinic its own only; of what is secret there are hashes alone.
    """

    # The key of the User; the one foreign key to it is the member's (law 9).
    user_id = models.UUIDField(_("user"))
    organization = models.ForeignKey(
        "tenants.Organization", models.PROTECT, related_name="+", verbose_name=_("clinic")
    )
    # Of the address that enters, of what the browser holds, and of the password and epoch it was made under.
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    browser_hash = models.CharField(max_length=64, editable=False)
    login_hash = models.CharField(max_length=64, editable=False)
    # How the person has shown who they are: allauth's records, without the e-mail address.
    shown = models.JSONField(default=list, editable=False)
    is_one_of_several = models.BooleanField(_("belongs to several clinics"), default=False, editable=False)
    expires_at = models.DateTimeField(_("expires"), editable=False)
    used_at = models.DateTimeField(_("used"), null=True, blank=True, editable=False)

    objects: ClassVar = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("entrance")
        verbose_name_plural = _("entrances")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                # created_at is taken a moment after expires_at was computed.
                condition=Q(expires_at__lte=F("created_at") + timedelta(minutes=1)),
                name="accounts_handover_a_minute",
                violation_error_message=_("An entrance is open for a minute at most."),
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(used_at__lt=F("expires_at")),
                name="accounts_handover_in_time",
                violation_error_message=_("An entrance is used before it expires."),
            ),
        )
        indexes = (models.Index(fields=["expires_at"], name="accounts_handover_expires"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.created_at:%Y-%m-%d %H:%M}"
