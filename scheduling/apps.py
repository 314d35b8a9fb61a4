"""The app of the clinic's calendar."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchedulingConfig(AppConfig):
    """Working hours and appointments of one clinic."""

    name = "scheduling"
    verbose_name = _("appointments")
