"""Providers of online payments, the payments that go through them, and what the providers told."""

from billing.online.models.events import WebhookEvent
from billing.online.models.payments import OnlinePayment
from billing.online.models.providers import PaymentProvider, ProviderSecret
from billing.online.models.refunds import OnlineRefund

__all__ = ["OnlinePayment", "OnlineRefund", "PaymentProvider", "ProviderSecret", "WebhookEvent"]
