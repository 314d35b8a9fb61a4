"""The app of the clinics."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TenantsConfig(AppConfig):
    """Clinics and their addresses; its tables live in the public schema."""

    name = "tenants"
    verbose_name = _("clinics")
