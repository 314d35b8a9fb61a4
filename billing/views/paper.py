"""Invoices on paper."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from billing.models import Claim, Invoice, Payment
from billing.papers import Receipt, receipt_of
from billing.papers import receipt_pdf as receipt_pdf_of
from billing.sheets import invoice_pdf as pdf_of
from billing.views.page import found_invoice, written_lines
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.pdf import pdf_response


@require_GET
@requires("billing.invoice")
def invoice_sheet(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The invoice for paper."""
    shown = found_invoice(request, pk)
    return render(
        request,
        "billing/invoice_sheet.html",
        {"invoice": shown, "split": Claim.objects.of(shown), **written_lines(shown)},
    )


@require_GET
@requires("billing.invoice")
def invoice_pdf(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The invoice as a PDF."""
    shown = found_invoice(request, pk)
    return pdf_response(pdf_of(shown, request.organization), f"{shown.reference or 'draft'}.pdf")


@require_GET
@requires("billing.receipt")
def receipt(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The receipt of a payment, for paper."""
    return render(request, "billing/receipt.html", {"receipt": _found_receipt(request, pk)})


@require_GET
@requires("billing.receipt")
def receipt_pdf(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The receipt of a payment as a PDF."""
    shown = _found_receipt(request, pk)
    content = receipt_pdf_of(shown, request.organization)
    return pdf_response(content, f"{shown.payment.receipt_number}.pdf")


def _found_receipt(request: ClinicRequest, pk: Any) -> Receipt:
    """The receipt of money that has arrived, for an invoice that this person may see; else a 404."""
    mine = Invoice.objects.visible_to(request.member)
    received = Payment.objects.completed().filter(invoice__in=mine).select_related("received_by")
    return receipt_of(get_object_or_404(received, pk=pk))
