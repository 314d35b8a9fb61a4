"""What becomes of a patient's invoices: amounts stay for the books, words go when their time is over."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from billing.models import (
    Claim,
    CreditNote,
    Invoice,
    InvoiceLine,
    InvoiceReminder,
    Payment,
    Refund,
)
from clinic.erasure.table import declare, stands_in_the_way, told_of

# The consultation goes with the health record, the invoice stays.
declare(
    Invoice,
    "patient",
    clinical=("consultation",),
    accounts=("notes", "cancel_reason"),
    stays=("currency", "due_on"),
)
declare(InvoiceLine, "invoice__patient", accounts=("description",), stays=("tax_name",))
declare(Payment, "invoice__patient", accounts=("reference",), stays=("idempotency_key",))
declare(Refund, "invoice__patient", accounts=("reference",), stays=("idempotency_key",))
declare(CreditNote, "patient", accounts=("reason",), stays=("idempotency_key",))
declare(Claim, "patient", accounts=("reason",))
declare(InvoiceReminder, "invoice__patient", stays=("reminded_on",))
told_of(Invoice, "patient")
told_of(Payment, "invoice__patient")
told_of(Refund, "invoice__patient")
told_of(Claim, "patient")


@stands_in_the_way
def open_invoices(patient_id: Any) -> Iterator[Any]:
    """What is still owed."""
    for invoice in Invoice.objects.filter(patient=patient_id, status__in=["draft", "issued"])[:5]:
        yield _("Invoice %(invoice)s is open. Settle or cancel it first.") % {"invoice": invoice}
    if Claim.objects.filter(patient=patient_id, status__in=["draft", "sent", "accepted"]).exists():
        yield _("An insurance has not paid its part yet. Settle or withdraw the claim first.")
