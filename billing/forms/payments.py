"""Money for an invoice, and money that goes back."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice, Payment
from billing.models.payments import AT_THE_DESK
from billing.services.payments import sum_of
from clinic.forms import Form, money_field
from clinic.money import NOTHING, coin, rounded


class PaymentForm(Form):
    """Money for an invoice."""

    amount = forms.DecimalField()
    method = forms.ChoiceField(label=_("Paid by"), choices=Payment.Method.choices)
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("What the card slip or the bank statement says."),
    )
    is_received = forms.BooleanField(
        label=_("The money is here"),
        required=False,
        initial=True,
        help_text=_("Leave this empty for a transfer that is still on its way."),
    )

    rest_to_wallet = forms.BooleanField(
        label=_("Put the rest into the wallet"),
        required=False,
        help_text=_("If the patient hands over more than is open, and wants to pay ahead."),
    )

    def __init__(self, data: Any = None, *, digits: int, still_open: Decimal, held: str = "") -> None:
        """`held`: what is in the patient's wallet, as people write it; empty when there is nothing."""
        super().__init__(data)
        labels = dict(Payment.Method.choices) | {Payment.Method.WALLET: _("Wallet (%s)") % held}
        offered = [method for method in AT_THE_DESK if held or method != Payment.Method.WALLET]
        self.fields["method"].choices = [(method.value, labels[method]) for method in offered]  # type: ignore[attr-defined]
        smallest = coin(digits)
        self.fields["amount"] = money_field(
            digits, label=_("Amount"), min_value=smallest, initial=rounded(still_open, digits) or None
        )
        self.order_fields(["amount", "method", "reference", "is_received", "rest_to_wallet"])


class RefundForm(Form):
    """Money that is given back."""

    amount = forms.DecimalField()
    method = forms.ChoiceField(label=_("How"))
    reference = forms.CharField(
        label=_("Reference"),
        max_length=100,
        required=False,
        help_text=_("What the card slip or the bank statement says."),
    )

    def __init__(self, data: Any = None, *, payment: Payment, invoice: Invoice) -> None:
        super().__init__(data)
        smallest = coin(invoice.digits)
        kept = payment.amount - sum_of(payment.refunds)
        freed = rounded(max(min(kept, -invoice.open), NOTHING), invoice.digits)
        self.fields["amount"] = money_field(
            invoice.digits, label=_("Amount"), min_value=smallest, initial=freed
        )
        ways: dict[str, Any] = {payment.method: payment.get_method_display()}
        if payment.method != Payment.Method.INSURANCE:
            ways[Payment.Method.WALLET] = _("Into the wallet")
        self.fields["method"].choices = list(ways.items())  # type: ignore[attr-defined]
        self.order_fields(["amount", "method", "reference"])
