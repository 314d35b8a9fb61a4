"""What is taken off an issued invoice."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from billing import services
from billing.forms import (
    CreditForm,
)
from billing.models import CreditNote
from billing.sheets import credit_pdf
from billing.views.page import found_invoice
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD
from clinic.pdf import pdf_response


@require_http_methods(["GET", "POST"])
@requires("billing.credit_invoice")
def credit_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Take something off an issued invoice by a credit note."""
    shown = found_invoice(request, pk)
    form = CreditForm(request.POST or None, invoice=shown)
    key = request.POST.get(FIELD, "")
    if form.submit(services.credit_invoice, by=request.member, invoice=shown, key=key):
        messages.success(request, _("Credit note %(number)s is written.") % {"number": form.result.reference})
        return redirect(shown)
    return render(request, "billing/credit_invoice.html", {"invoice": shown, "form": form})


@require_GET
@requires("billing.credit_note")
def credit_note(request: ClinicRequest, pk: Any) -> HttpResponse:
    """A credit note as a PDF."""
    found = get_object_or_404(CreditNote.objects.visible_to(request.member).with_people(), pk=pk)
    return pdf_response(credit_pdf(found, request.organization), f"{found.reference}.pdf")
