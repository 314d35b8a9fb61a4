"""What is typed into invoices and payments."""

from billing.forms.credits import CreditForm
from billing.forms.invoices import DraftInvoiceForm, InvoiceFilter, InvoiceForm, IssueInvoiceForm
from billing.forms.payments import PaymentForm, RefundForm
from billing.forms.statements import StatementForm

__all__ = [
    "CreditForm",
    "DraftInvoiceForm",
    "InvoiceFilter",
    "InvoiceForm",
    "IssueInvoiceForm",
    "PaymentForm",
    "RefundForm",
    "StatementForm",
]
