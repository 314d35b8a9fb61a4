"""How each provider is spoken to: one small interface, an adapter for each of them."""

from collections.abc import Mapping
from types import MappingProxyType

from billing.online.adapters.interface import Adapter
from billing.online.adapters.paystack import Paystack
from billing.online.adapters.sandbox import Sandbox
from billing.online.adapters.stripe import Stripe
from billing.online.models.providers import Kind, PaymentProvider

ADAPTERS: Mapping[str, type[Adapter]] = MappingProxyType(
    {Kind.STRIPE: Stripe, Kind.PAYSTACK: Paystack, Kind.SANDBOX: Sandbox}
)


def adapter_of(provider: PaymentProvider) -> Adapter:
    """The adapter with the account's keys. Raises Refusal when they cannot be read."""
    return ADAPTERS[provider.kind](provider.keys())
