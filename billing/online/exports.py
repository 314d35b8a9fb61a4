"""What of online payments is given out."""

from django.utils.translation import gettext_lazy as _

from clinic.exports.table import left_out, secret, withheld

left_out("online.ProviderSecret", _("Keys that open the clinic's account with a payment provider."))
secret("online.OnlinePayment", "idempotency_key", "checkout_url", "their_payment")
withheld(
    "online.WebhookEvent", _("What a payment provider's computer reported: the payment itself is given out.")
)
