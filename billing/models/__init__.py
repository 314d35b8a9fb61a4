"""Invoices, what corrects them, and payments of one clinic."""

from billing.models.credits import CreditNote, Refund
from billing.models.invoices import Invoice, InvoiceLine, InvoiceSeries
from billing.models.payments import Payment

__all__ = ["CreditNote", "Invoice", "InvoiceLine", "InvoiceSeries", "Payment", "Refund"]
