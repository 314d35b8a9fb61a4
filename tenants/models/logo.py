"""The pictures by which clinics are known."""

import hashlib

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity
from tenants.models.appearance import DIGEST
from tenants.models.organization import Organization

MOST_BYTES = 200 * 1024


class Logo(Entity):
    """A picture (PNG) that a clinic shows or has shown; `Organization.logo` names the one that is shown.

    Never changed, and kept when another takes its place: pages that are open, and processes that have not
    heard of the other one yet, still ask for it.
    """

    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="logos", verbose_name=_("clinic")
    )
    digest = models.CharField(_("digest"), max_length=64)
    content = models.BinaryField(_("picture"))

    class Meta:
        verbose_name = _("logo")
        verbose_name_plural = _("logos")
        constraints = (
            models.UniqueConstraint(fields=["organization", "digest"], name="logo_once"),
            models.CheckConstraint(
                condition=models.Q(digest__regex=DIGEST) & ~models.Q(digest=""), name="logo_digest"
            ),
        )

    def __str__(self) -> str:
        return f"{self.organization} {self.digest[:8]}"


def digest_of(content: bytes) -> str:
    """The name of a picture: what is shown under it never changes."""
    return hashlib.sha256(content).hexdigest()
