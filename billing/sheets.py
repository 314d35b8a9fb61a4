"""Invoices on paper."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.models import Claim, CreditNote, Invoice, InvoiceLine
from billing.models.lines import taxes_of
from clinic.pdf import letterhead, render_pdf
from clinic.templatetags.clinic import day, money, number
from tenants.models import Organization


def invoice_pdf(invoice: Invoice, organization: Organization) -> bytes:
    """The PDF of an invoice loaded `with_people().with_paid()`."""
    known = invoice.reference
    sheet = {
        "title": _("Invoice %(number)s") % {"number": known} if known else _("Draft invoice"),
        "clinic": letterhead(organization, has_bank=True),
        "facts": _facts(invoice),
        **_table(invoice),
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
    within = [(_("Tax in it"), money(note.tax, currency))] if note.tax else []
    sheet = {
        "title": _("Credit note %(number)s") % {"number": note.reference},
        "clinic": letterhead(organization),
        "facts": facts,
        "head": [_("Reason"), _("Amount")],
        "lines": [(note.reason, money(note.amount, currency))],
        "sums": [*within, (_("Credited"), money(note.amount, currency))],
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


def _table(invoice: Invoice) -> dict[str, Any]:
    """The lines, with columns for discount and tax where there are any; and what each tax comes to."""
    lines = list(invoice.lines.all())
    taxes = taxes_of(lines)
    columns = [(_("Description"), [line.description for line in lines])]
    columns.append((_("Quantity"), [number(line.quantity) for line in lines]))
    columns.append((_("Price"), [money(line.unit_price, invoice.currency) for line in lines]))
    if any(line.discount_percent for line in lines):
        columns.append((_("Discount"), [_discount(line, invoice.currency) for line in lines]))
    if taxes:
        columns.append((_("Tax"), [line.tax_label for line in lines]))
    columns.append((_("Amount"), [money(line.charged, invoice.currency) for line in lines]))
    return {
        "head": [head for head, _cells in columns],
        "lines": list(zip(*(cells for _head, cells in columns), strict=True)),
        "tax_head": [_("Tax"), _("Without tax"), _("Tax"), _("With tax")],
        "taxes": [
            (tax.name or _("No tax"), *(money(sum_, invoice.currency) for sum_ in tax[1:])) for tax in taxes
        ],
    }


def _discount(line: InvoiceLine, currency: str) -> str:
    if not line.discount_percent:
        return ""
    return f"{money(-line.discount, currency)} ({line.discount_label})"


def _sums(invoice: Invoice) -> list[tuple[str, str]]:
    named = [(_("Total"), invoice.total)]
    if invoice.tax and invoice.tax_inclusive:
        named.append((_("Tax in it"), invoice.tax))
    elif invoice.tax:
        named = [(_("Without tax"), invoice.net), (_("Tax"), invoice.tax), *named]
    if invoice.credited:
        named.append((_("Credited"), -invoice.credited))
    named += _parts(invoice)
    back = (_("To be given back"), invoice.overpaid)
    named += [(_("Paid"), invoice.paid), back if invoice.overpaid else (_("Still open"), invoice.open)]
    if invoice.claimed:
        named.append((_("Of it the patient still pays"), invoice.payable))
    return [(name, money(amount, invoice.currency)) for name, amount in named]


def _parts(invoice: Invoice) -> list[tuple[str, Decimal]]:
    """Who pays how much of it, where insurances pay something."""
    split = Claim.objects.of(invoice)
    parts = ((claim.payer.name, claim.part) for claim in split.claims if claim.part)
    named = [(_("Part of %(name)s") % {"name": name}, part) for name, part in parts]
    return [*named, (_("Part of the patient"), split.patient)] if named else []
