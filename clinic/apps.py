"""The app of the house itself: base models, commands, template tags."""

from django.apps import AppConfig
from django.contrib import admin
from django.contrib.admin.apps import SimpleAdminConfig


class ClinicConfig(AppConfig):
    """What every domain needs."""

    name = "clinic"
    label = "clinic"


class AdminConfig(SimpleAdminConfig):
    """Django's admin without its single default site; the autodiscovery stays."""

    default = False

    def ready(self) -> None:
        """Load every app's admin.py."""
        super().ready()
        admin.autodiscover()
