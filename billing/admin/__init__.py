"""Money in the clinic's admin."""

from billing.admin.claims import ClaimAdmin
from billing.admin.credits import CreditNoteAdmin
from billing.admin.invoices import InvoiceAdmin, InvoiceSeriesAdmin
from billing.admin.payments import PaymentAdmin, RefundAdmin
from billing.admin.reminders import InvoiceReminderAdmin
from billing.admin.taxes import BillingPolicyAdmin, TaxRateAdmin

__all__ = [
    "BillingPolicyAdmin",
    "ClaimAdmin",
    "CreditNoteAdmin",
    "InvoiceAdmin",
    "InvoiceReminderAdmin",
    "InvoiceSeriesAdmin",
    "PaymentAdmin",
    "RefundAdmin",
    "TaxRateAdmin",
]
