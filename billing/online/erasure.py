"""What becomes of what a patient has paid online."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from billing.online.models import OnlinePayment, OnlineRefund, WebhookEvent
from clinic.erasure.table import declare, stands_in_the_way, told_of

declare(
    OnlinePayment,
    "patient",
    now=("checkout_url",),
    accounts=("their_reference", "their_payment", "problem"),
    stays=("reference", "currency", "idempotency_key"),
)
declare(OnlineRefund, "online_payment__patient", accounts=("their_reference", "problem"))
declare(WebhookEvent, "online_payment__patient", stays=("event_id", "kind", "body_hash", "outcome"))
told_of(OnlinePayment, "patient")
told_of(OnlineRefund, "online_payment__patient")


@stands_in_the_way
def payments_under_way(patient_id: Any) -> Iterator[Any]:
    """Money that may arrive any moment."""
    if OnlinePayment.objects.filter(patient=patient_id, status__in=["created", "pending"]).exists():
        yield _("An online payment is under way. Wait until it has arrived or lapsed.")
