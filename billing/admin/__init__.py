"""Money in the clinic's admin."""

from billing.admin.credits import CreditNoteAdmin
from billing.admin.invoices import InvoiceAdmin, InvoiceSeriesAdmin
from billing.admin.payments import PaymentAdmin, RefundAdmin

__all__ = ["CreditNoteAdmin", "InvoiceAdmin", "InvoiceSeriesAdmin", "PaymentAdmin", "RefundAdmin"]
