"""The app of online payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OnlineConfig(AppConfig):
    """Payments by way of a provider, and what the provider tells of them."""

    name = "billing.online"
    label = "online"
    verbose_name = _("online payments")
