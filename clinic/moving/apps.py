"""The app of what is brought in."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class MovingConfig(AppConfig):
    """Imports, what each of them made, and the way back."""

    name = "clinic.moving"
    label = "moving"
    verbose_name = _("moving in")

    def ready(self) -> None:
        """Each room says in its `moving.py` what it takes."""
        autodiscover_modules("moving")
