"""The app of the whole record."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChartConfig(AppConfig):
    """One page per patient; it has no rows of its own."""

    name = "records.chart"
    label = "chart"
    verbose_name = _("chart")
