"""What happens to online payments: begun by whoever pays, ended by what the provider tells."""

from billing.online.services.paying import (
    can_be_paid_online,
    charge_of,
    expire_online_payment,
    fail_online_payment,
    offered_amount,
    open_checkout,
    start_online_payment,
)
from billing.online.services.providers import (
    add_provider,
    switch_off_provider,
    switch_on_provider,
    update_provider,
)
from billing.online.services.receiving import ask_provider, receive_webhook, settle_online_payment
from billing.online.services.refunds import retry_online_refund, send_online_refund

__all__ = [
    "add_provider",
    "ask_provider",
    "can_be_paid_online",
    "charge_of",
    "expire_online_payment",
    "fail_online_payment",
    "offered_amount",
    "open_checkout",
    "receive_webhook",
    "retry_online_refund",
    "send_online_refund",
    "settle_online_payment",
    "start_online_payment",
    "switch_off_provider",
    "switch_on_provider",
    "update_provider",
]
