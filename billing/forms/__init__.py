"""What is typed into invoices and payments."""

from billing.forms.credits import CreditForm
from billing.forms.invoices import DraftInvoiceForm, InvoiceFilter, InvoiceForm, IssueInvoiceForm
from billing.forms.payments import PaymentForm, RefundForm
from billing.forms.statements import StatementForm
from billing.forms.taxes import BillingPolicyForm, TaxRateForm

__all__ = [
    "BillingPolicyForm",
    "CreditForm",
    "DraftInvoiceForm",
    "InvoiceFilter",
    "InvoiceForm",
    "IssueInvoiceForm",
    "PaymentForm",
    "RefundForm",
    "StatementForm",
    "TaxRateForm",
]
