"""The pages of online payments."""

from billing.online.views.desk import (
    fail_online_payment,
    invoice_online_payments,
    online_payment_list,
    retry_online_refund,
)
from billing.online.views.paying import online_payment, pay_invoice
from billing.online.views.providers import (
    add_provider,
    provider_list,
    switch_off_provider,
    switch_on_provider,
    update_provider,
)
from billing.online.views.sandbox import sandbox_checkout
from billing.online.views.webhook import receive_webhook

__all__ = [
    "add_provider",
    "fail_online_payment",
    "invoice_online_payments",
    "online_payment",
    "online_payment_list",
    "pay_invoice",
    "provider_list",
    "receive_webhook",
    "retry_online_refund",
    "sandbox_checkout",
    "switch_off_provider",
    "switch_on_provider",
    "update_provider",
]
