"""The app of FHIR."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class FhirConfig(AppConfig):
    """Reads and writes FHIR R4; which resource becomes what is each room's own matter."""

    name = "clinic.fhir"
    label = "fhir"
    verbose_name = _("FHIR")

    def ready(self) -> None:
        """Load every room's mappings (`fhir.py` or `fhir/`), the lower rooms' first."""
        autodiscover_modules("fhir")
