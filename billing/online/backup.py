"""A copy of a clinic takes no money: the account with the provider is the clinic's own."""

from billing.online.models import PaymentProvider, ProviderSecret
from tenants.backup.table import in_a_copy


@in_a_copy
def take_no_money() -> None:
    """Offer no provider to patients; the secrets are entered anew where the clinic has moved for good."""
    for provider in PaymentProvider.objects.filter(is_live=True):
        provider.is_live = False
        provider.save(update_fields=["is_live"])
    ProviderSecret.objects.all().delete()
