"""The series that number invoices and credit notes."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from clinic.models import Entity


class InvoiceSeries(Entity):
    """Invoice numbers without gaps: the counter is a row, so a number is drawn with its invoice or not."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    prefix = models.CharField(_("before the number"), max_length=12, blank=True)
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("invoice series")
        verbose_name_plural = _("invoice series")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
