"""The app of what is given out."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """Copies of everything there is about a patient, or in the clinic, while they are kept."""

    name = "clinic.exports"
    label = "exports"
    verbose_name = _("copies given out")

    def ready(self) -> None:
        """Let each room say what it gives out, in its own `exports.py`."""
        autodiscover_modules("exports")
