"""How often something was tried."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import EntityQuerySet


class Tally(models.Model):
    """A count that begins anew when its time is over (`accounts.limits`).

    One for all clinics, so it is here; a clinic's role may count on and learns nothing by it: the key is a
    keyed hash of whom and what is counted.
    """

    key = models.CharField(primary_key=True, max_length=64, editable=False)
    count = models.PositiveIntegerField(_("times"))
    ends_at = models.DateTimeField(_("counted until"), db_index=True)

    objects = EntityQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
