"""The app of invoices and payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BillingConfig(AppConfig):
    """Invoices and payments of one clinic."""

    name = "billing"
    verbose_name = _("billing")
