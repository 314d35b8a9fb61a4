"""The app of insurances."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsuranceConfig(AppConfig):
    """Payers, and patients' policies with them."""

    name = "billing.insurance"
    label = "insurance"
    verbose_name = _("insurance")
