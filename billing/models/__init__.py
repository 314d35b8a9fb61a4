"""Invoices and payments of one clinic."""

from billing.models.invoices import Invoice, InvoiceLine, InvoiceSeries
from billing.models.payments import Payment

__all__ = ["Invoice", "InvoiceLine", "InvoiceSeries", "Payment"]
