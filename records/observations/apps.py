"""The app of what was measured."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ObservationsConfig(AppConfig):
    """Vital signs and growth of patients."""

    name = "records.observations"
    label = "observations"
    verbose_name = _("observations")
