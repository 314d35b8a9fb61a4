"""The app of patients' wallets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WalletsConfig(AppConfig):
    """Wallets and their ledger."""

    name = "billing.wallets"
    label = "wallets"
    verbose_name = _("wallets")
