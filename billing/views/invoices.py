"""The desk's invoices, and a patient's own."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.members.models import PatientProfile
from billing import services
from billing.forms import (
    DraftInvoiceForm,
    InvoiceFilter,
    InvoiceForm,
    IssueInvoiceForm,
)
from billing.models import Invoice
from billing.models.invoices import FORGOTTEN_AFTER, uninvoiced
from billing.views.page import found_invoice, invoice_page, written_lines
from clinic.access import requires
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest

PAGE = 25
# How many patients a search for whom to invoice shows, and how many consultations it offers before.
MOST_FOUND = 20


@require_GET
@requires("billing.invoice_list")
def invoice_list(request: ClinicRequest) -> HttpResponse:
    """All invoices, latest first, with what they come to."""
    form = InvoiceFilter(request.GET)
    invoices = form.applied(Invoice.objects.visible_to(request.member))
    rows = Paginator(invoices.with_people().with_paid(), PAGE).get_page(request.GET.get("page"))
    totals = invoices.totals(request.organization.currency)
    return render(request, "billing/invoice_list.html", {"page_obj": rows, "totals": totals, "form": form})


@require_GET
@requires("billing.portal_invoices")
def portal_invoices(request: ClinicRequest) -> HttpResponse:
    """What the patient was invoiced."""
    invoices = Invoice.objects.visible_to(request.member).with_people().with_paid()
    rows = Paginator(invoices, PAGE).get_page(request.GET.get("page"))
    return render(request, "billing/portal_invoices.html", {"page_obj": rows})


@require_GET
@requires("billing.invoice")
def invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """One invoice: its lines, its payments, and what may be done next."""
    return invoice_page(request, found_invoice(request, pk))


@require_http_methods(["GET", "POST"])
@requires("billing.draft_invoice")
def draft_invoice(request: ClinicRequest) -> HttpResponse:
    """Draft an invoice for a visit or a patient; find the patient first when none is named."""
    form = DraftInvoiceForm(request.POST or None, member=request.member)
    if form.submit(services.draft_invoice, by=request.member):
        return redirect("billing:invoice", pk=form.result.pk)
    words = request.GET.get("q", "").strip()
    found = PatientProfile.objects.visible_to(request.member).search(words)[:MOST_FOUND] if words else []
    page = {"form": form, "patients": found, "words": words}
    if not words:
        page["consultations"] = uninvoiced(timezone.now() - FORGOTTEN_AFTER)[:MOST_FOUND]
    return render(request, "billing/draft_invoice.html", page)


@require_POST
@requires("billing.update_invoice")
def update_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Store a draft's lines and note; then go on to issuing it, if that is wanted."""
    shown = found_invoice(request, pk)
    form = InvoiceForm(request.POST, invoice=shown)
    if form.submit(services.update_invoice, by=request.member, invoice=shown):
        if request.POST.get("then") == "issue":
            return redirect("billing:issue_invoice", pk=pk)
        messages.success(request, _("The draft is saved."))
        return redirect(shown)
    return invoice_page(request, shown, editor=form)


@require_http_methods(["GET", "POST"])
@requires("billing.issue_invoice")
def issue_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Ask once more, then number the invoice and close it."""
    shown = found_invoice(request, pk)
    form = IssueInvoiceForm(request.POST or None, invoice=shown)
    if form.submit(services.issue_invoice, by=request.member, invoice=shown):
        messages.success(request, _("Invoice %(number)s is issued.") % {"number": form.result.reference})
        return redirect(shown)
    page = {"invoice": shown, "form": form, **written_lines(shown)}
    return render(request, "billing/issue_invoice.html", page)


@require_http_methods(["GET", "POST"])
@requires("billing.cancel_invoice")
def cancel_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Put a draft away, for a reason."""
    shown = found_invoice(request, pk)
    form = ReasonForm(request.POST or None)
    if form.submit(services.cancel_invoice, by=request.member, invoice=shown):
        messages.success(request, _("The draft is cancelled."))
        return redirect(shown)
    return render(request, "billing/cancel_invoice.html", {"invoice": shown, "form": form})
