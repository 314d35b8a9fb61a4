"""The app of the words all clinics share."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TerminologyConfig(AppConfig):
    """Codes and lists of the platform, read by every clinic."""

    name = "records.terminology"
    label = "terminology"
    verbose_name = _("terminology")
