"""What is taken off an issued invoice."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from billing.models import Invoice
from clinic.forms import Form, money_field
from clinic.money import coin, rounded


class CreditForm(Form):
    """What is taken off an issued invoice."""

    amount = forms.DecimalField()
    reason = forms.CharField(label=_("Reason"), max_length=500, help_text=_("It stands on the credit note."))

    def __init__(self, data: Any = None, *, invoice: Invoice) -> None:
        super().__init__(data)
        left = invoice.payable if invoice.payable > 0 else invoice.total - invoice.credited
        smallest = coin(invoice.digits)
        self.fields["amount"] = money_field(
            invoice.digits, label=_("Amount"), min_value=smallest, initial=rounded(left, invoice.digits)
        )
        self.order_fields(["amount", "reason"])
