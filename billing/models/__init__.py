"""Invoices, what corrects them, and payments of one clinic."""

from billing.models.claims import Claim
from billing.models.credits import CreditNote, Refund
from billing.models.invoices import Invoice
from billing.models.lines import Charge, InvoiceLine
from billing.models.payments import Payment
from billing.models.reminders import InvoiceReminder
from billing.models.series import InvoiceSeries
from billing.models.taxes import BillingPolicy, TaxRate

__all__ = [
    "BillingPolicy",
    "Charge",
    "Claim",
    "CreditNote",
    "Invoice",
    "InvoiceLine",
    "InvoiceReminder",
    "InvoiceSeries",
    "Payment",
    "Refund",
    "TaxRate",
]
