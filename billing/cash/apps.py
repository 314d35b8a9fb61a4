"""The app of the cash desks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CashConfig(AppConfig):
    """Cash desks, from the float in the morning to the count in the evening."""

    name = "billing.cash"
    label = "cash"
    verbose_name = _("cash desks")
