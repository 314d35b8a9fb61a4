"""Invoices on paper."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.sheets import invoice_pdf as pdf_of
from billing.views.page import found_invoice
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.pdf import pdf_response


@require_GET
@requires("billing.invoice")
def invoice_sheet(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The invoice for paper."""
    shown = found_invoice(request, pk)
    return render(request, "billing/invoice_sheet.html", {"invoice": shown, "lines": shown.lines.all()})


@require_GET
@requires("billing.invoice")
def invoice_pdf(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The invoice as a PDF."""
    shown = found_invoice(request, pk)
    return pdf_response(pdf_of(shown, request.organization), f"{shown.reference or 'draft'}.pdf")
