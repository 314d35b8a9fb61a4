"""FHIR Invoice ← Invoice, with its lines. Money goes out only: nobody's accounts are brought in."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from accounts.members.models import PatientProfile
from billing.models import Invoice, InvoiceLine
from clinic.db.current import connection
from clinic.fhir.table import Resource, writes
from clinic.fhir.writing import Writing
from tenants.models import Organization

S = Invoice.Status
# FHIR Invoice.status (hl7.org/fhir/R4/valueset-invoice-status.html) has the same words.
STATUSES: Mapping[str, str] = MappingProxyType(
    {S.DRAFT: "draft", S.ISSUED: "issued", S.BALANCED: "balanced", S.CANCELLED: "cancelled"}
)


@writes(
    Invoice,
    "Invoice",
    rows=lambda: Invoice.objects.select_related("series").prefetch_related("lines"),
)
def write_invoice(invoice: Invoice, writing: Writing) -> Resource:
    """The invoice as it was issued; payments stand in the tables beside it."""
    number = {"system": f"urn:uuid:{connection.tenant.pk}", "value": invoice.reference}
    return {
        "identifier": [number] if invoice.reference else [],
        "status": STATUSES[invoice.status],
        "cancelledReason": invoice.cancel_reason,
        "subject": writing.reference_to(PatientProfile, invoice.patient_id),
        "date": invoice.issued_at,
        "issuer": writing.reference_to(Organization, connection.tenant.pk),
        "lineItem": [_line(line, invoice) for line in invoice.lines.all()],
        "totalNet": _money(invoice.net, invoice),
        "totalGross": _money(invoice.total, invoice),
        "note": [{"text": invoice.notes}] if invoice.notes else [],
    }


def _line(line: InvoiceLine, invoice: Invoice) -> Resource:
    """What was charged, and how its amount came about (FHIR asks for the kind of charge in words)."""
    price = {
        "type": "base",
        "factor": line.quantity,
        "amount": _money(line.unit_price, invoice),
    }
    charged = [price]
    if line.discount:
        charged.append({"type": "discount", "amount": _money(-line.discount, invoice)})
    if line.tax:
        charged.append({"type": "tax", "code": {"text": line.tax_name}, "amount": _money(line.tax, invoice)})
    return {
        "sequence": line.position,
        "chargeItemCodeableConcept": {"text": line.description},
        "priceComponent": charged,
    }


def _money(amount: Decimal, invoice: Invoice) -> Resource:
    return {"value": amount, "currency": invoice.currency}
