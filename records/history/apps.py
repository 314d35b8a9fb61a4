"""The app of what was done elsewhere."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HistoryConfig(AppConfig):
    """What others did for our patients, and what was done before they came."""

    name = "records.history"
    label = "history"
    verbose_name = _("history")

    def ready(self) -> None:
        """The check of prescriptions asks here as well."""
        import_module("records.history.taken")
