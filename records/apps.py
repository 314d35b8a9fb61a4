"""The app of what doctors write."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RecordsConfig(AppConfig):
    """Consultations and prescriptions of one clinic."""

    name = "records"
    verbose_name = _("records")
