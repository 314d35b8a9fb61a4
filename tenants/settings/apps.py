"""The app of a clinic's settings."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SettingsConfig(AppConfig):
    """It has no rows of its own: what it sets stands in the clinic's row (tenants.models)."""

    name = "tenants.settings"
    label = "settings"
    verbose_name = _("settings")
