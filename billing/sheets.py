"""Invoices on paper."""

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from billing.models import CreditNote, Invoice
from clinic.pdf import letterhead, render_pdf
from clinic.templatetags.clinic import day, money
from tenants.models import Organization


def invoice_pdf(invoice: Invoice, organization: Organization) -> bytes:
    """The PDF of an invoice loaded `with_people().with_paid()`."""
    number = invoice.reference
    sheet = {
        "title": _("Invoice %(number)s") % {"number": number} if number else _("Draft invoice"),
        "clinic": letterhead(organization),
        "facts": _facts(invoice),
        "head": [_("Description"), _("Quantity"), _("Price"), _("Amount")],
        "lines": _lines(invoice),
        "sums": _sums(invoice),
        "notes": invoice.notes,
    }
    return render_pdf("billing/invoice.typ", sheet)


def credit_pdf(note: CreditNote, organization: Organization) -> bytes:
    """The PDF of a credit note loaded `with_people()`."""
    currency = note.invoice.currency
    facts = [
        (_("Patient"), note.patient.member.name),
        (_("Patient number"), note.patient.number),
        (_("Issued"), day(note.created_at)),
        (_("For invoice"), note.invoice.reference),
    ]
    sheet = {
        "title": _("Credit note %(number)s") % {"number": note.reference},
        "clinic": letterhead(organization),
        "facts": facts,
        "head": [_("Reason"), "", "", _("Amount")],
        "lines": [(note.reason, "", "", money(note.amount, currency))],
        "sums": [(_("Credited"), money(note.amount, currency))],
        "notes": "",
    }
    return render_pdf("billing/invoice.typ", sheet)


def _facts(invoice: Invoice) -> list[tuple[str, str]]:
    return [
        (_("Patient"), invoice.patient.member.name),
        (_("Patient number"), invoice.patient.number),
        (_("Issued"), day(invoice.issued_at)),
        (_("Due on"), day(invoice.due_on)),
        (_("State"), _("Credited") if invoice.is_credited else str(invoice.get_status_display())),
    ]


def _lines(invoice: Invoice) -> list[tuple[str, str, str, str]]:
    return [
        (
            line.description,
            floatformat(line.quantity, -3),
            money(line.unit_price, invoice.currency),
            money(line.amount, invoice.currency),
        )
        for line in invoice.lines.all()
    ]


def _sums(invoice: Invoice) -> list[tuple[str, str]]:
    named = [(_("Total"), invoice.total)]
    if invoice.credited:
        named.append((_("Credited"), -invoice.credited))
    named += [(_("Paid"), invoice.paid), (_("Still open"), invoice.open)]
    return [(name, money(amount, invoice.currency)) for name, amount in named]
