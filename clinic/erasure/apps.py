"""The app of erasure."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ErasureConfig(AppConfig):
    """Erasures of one clinic, and how long it keeps what it has to keep."""

    name = "clinic.erasure"
    label = "erasure"
    verbose_name = _("erasure")

    def ready(self) -> None:
        """Let every room say what becomes of its columns (`<room>/erasure.py`)."""
        autodiscover_modules("erasure")
