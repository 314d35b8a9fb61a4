"""What providers are asked and told outside of requests: nobody's page waits for another's server."""

from contextlib import suppress
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.online import services
from billing.online.models import OnlinePayment, OnlineRefund
from clinic.jobs.table import EVERY_MINUTE, Clinics
from clinic.jobs.tasks import every_clinic, tenant_task
from clinic.models import Refusal
from clinic.notifications.outcomes import NotSentError

# So long the provider has time to tell by itself.
PATIENCE = timedelta(minutes=2)
# At a time, in each clinic.
SOME = 20


@tenant_task
def open_online_checkout(online_payment_id: str) -> None:
    """Open the provider's page for a payment."""
    services.open_checkout(online_payment_id)


@every_clinic(
    EVERY_MINUTE,
    _("Asks payment services about online payments of which nothing was heard."),
    clinics=Clinics.SERVED,
)
def ask_about_online_payments() -> None:
    """Learn of what was paid although no message came; let lapse what was not paid in time."""
    waiting = OnlinePayment.objects.to_ask_about(timezone.now() - PATIENCE).select_related("provider")
    for online in waiting.order_by("created_at")[:SOME]:
        # It stays as it is, and is asked about again.
        with suppress(NotSentError, Refusal):
            services.ask_provider(online)


@every_clinic(
    EVERY_MINUTE, _("Hands refunds of online payments to the payment service."), clinics=Clinics.SERVED
)
def send_online_refunds() -> None:
    """Hand over what the desk gave back."""
    waiting = OnlineRefund.objects.to_send()
    for online in waiting.select_related("online_payment__provider", "refund__invoice__series")[:SOME]:
        services.send_online_refund(online)
