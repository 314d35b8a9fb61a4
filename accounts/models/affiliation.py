"""Where a log-in has a place."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity


class Affiliation(Entity):
    """That a user has a place in a clinic: enough to list "my clinics", and nothing else about it.

    A clinic's role may add rows and cannot read them, so no clinic learns where else its people go.
    """

    # The key of the User; the one foreign key to it is the member's (law 9).
    user_id = models.UUIDField(_("user"))
    organization = models.ForeignKey(
        "tenants.Organization", models.PROTECT, related_name="+", verbose_name=_("clinic")
    )

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = (
            models.UniqueConstraint(fields=["user_id", "organization"], name="accounts_affiliation_once"),
        )

    def __str__(self) -> str:
        return f"{self.user_id} {self.organization_id}"
