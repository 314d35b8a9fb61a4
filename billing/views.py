"""The desk's invoices, and a patient's own."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.members.models import PatientProfile
from billing import services
from billing.forms import (
    CreditForm,
    DraftInvoiceForm,
    InvoiceFilter,
    InvoiceForm,
    IssueInvoiceForm,
    PaymentForm,
    RefundForm,
)
from billing.models import CreditNote, Invoice, Payment
from billing.sheets import credit_pdf
from billing.sheets import invoice_pdf as pdf_of
from billing.wallets.models import Wallet
from clinic.access import requires
from clinic.forms import Form, ReasonForm
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD
from clinic.pdf import pdf_response
from clinic.templatetags.clinic import money

PAGE = 25
# How many patients a search for whom to invoice shows.
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


def _invoice(request: ClinicRequest, pk: Any) -> Invoice:
    return get_object_or_404(Invoice.objects.visible_to(request.member).with_people().with_paid(), pk=pk)


@require_GET
@requires("billing.invoice")
def invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """One invoice: its lines, its payments, and what may be done next."""
    return _invoice_page(request, _invoice(request, pk))


def _invoice_page(request: ClinicRequest, shown: Invoice, **forms: Form) -> HttpResponse:
    """The invoice's page; `forms` are those that were sent and stand there with what is wrong."""
    page: dict[str, Any] = {
        "invoice": shown,
        "payments": shown.payments.select_related("received_by").prefetch_related("refunds"),
        "credits": shown.credit_notes.select_related("series", "issued_by"),
        **forms,
    }
    if request.member.may("billing.update_invoice") and shown.is_editable:
        page.setdefault("editor", InvoiceForm(invoice=shown))
    else:
        page["lines"] = shown.lines.all()
    if request.member.may("billing.record_payment") and shown.takes_payment:
        page.setdefault("payment_form", _payment_form(shown))
    return render(request, "billing/invoice.html", page)


def _payment_form(shown: Invoice, data: Any = None) -> PaymentForm:
    """For what is open on the invoice; from the wallet too where there is something in it."""
    wallet = Wallet.objects.filter(patient_id=shown.patient_id, balance__gt=0).first()
    held = money(wallet.balance, wallet.currency) if wallet and wallet.currency == shown.currency else ""
    return PaymentForm(data, digits=shown.digits, still_open=shown.open, held=held)


@require_http_methods(["GET", "POST"])
@requires("billing.draft_invoice")
def draft_invoice(request: ClinicRequest) -> HttpResponse:
    """Draft an invoice for a visit or a patient; find the patient first when none is named."""
    form = DraftInvoiceForm(request.POST or None, member=request.member)
    if form.submit(services.draft_invoice, by=request.member):
        return redirect("billing:invoice", pk=form.result.pk)
    words = request.GET.get("q", "").strip()
    found = PatientProfile.objects.visible_to(request.member).search(words)[:MOST_FOUND] if words else []
    return render(request, "billing/draft_invoice.html", {"form": form, "patients": found, "words": words})


@require_POST
@requires("billing.update_invoice")
def update_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Store a draft's lines and note."""
    shown = _invoice(request, pk)
    form = InvoiceForm(request.POST, invoice=shown)
    if form.submit(services.update_invoice, by=request.member, invoice=shown):
        messages.success(request, _("The draft is saved."))
        return redirect(shown)
    return _invoice_page(request, shown, editor=form)


@require_http_methods(["GET", "POST"])
@requires("billing.issue_invoice")
def issue_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Ask once more, then number the invoice and close it."""
    shown = _invoice(request, pk)
    form = IssueInvoiceForm(request.POST or None)
    if form.submit(services.issue_invoice, by=request.member, invoice=shown):
        messages.success(request, _("Invoice %(number)s is issued.") % {"number": form.result.reference})
        return redirect(shown)
    return render(
        request, "billing/issue_invoice.html", {"invoice": shown, "form": form, "lines": shown.lines.all()}
    )


@require_http_methods(["GET", "POST"])
@requires("billing.cancel_invoice")
def cancel_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Put a draft away, for a reason."""
    shown = _invoice(request, pk)
    form = ReasonForm(request.POST or None)
    if form.submit(services.cancel_invoice, by=request.member, invoice=shown):
        messages.success(request, _("The draft is cancelled."))
        return redirect(shown)
    return render(request, "billing/cancel_invoice.html", {"invoice": shown, "form": form})


@require_POST
@requires("billing.record_payment")
def record_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Write down money that came in."""
    shown = _invoice(request, pk)
    form = _payment_form(shown, request.POST)
    if form.submit(services.record_payment, by=request.member, invoice=shown, key=request.POST[FIELD]):
        messages.success(request, _("The payment is recorded."))
        return redirect(shown)
    return _invoice_page(request, shown, payment_form=form)


@require_http_methods(["GET", "POST"])
@requires("billing.credit_invoice")
def credit_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Take something off an issued invoice by a credit note."""
    shown = _invoice(request, pk)
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


@require_http_methods(["GET", "POST"])
@requires("billing.refund_payment")
def refund_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Give money of a payment back."""
    mine = Invoice.objects.visible_to(request.member)
    payment = get_object_or_404(Payment.objects.filter(invoice__in=mine), pk=pk)
    shown = _invoice(request, payment.invoice_id)
    form = RefundForm(request.POST or None, payment=payment, invoice=shown)
    key = request.POST.get(FIELD, "")
    if form.submit(services.refund_payment, by=request.member, payment=payment, key=key):
        messages.success(request, _("The refund is recorded."))
        return redirect(shown)
    context = {"invoice": shown, "payment": payment, "form": form}
    return render(request, "billing/refund_payment.html", context)


@require_POST
@requires("billing.complete_payment")
def complete_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The announced money has arrived."""
    return _settle(request, pk, services.complete_payment)


@require_POST
@requires("billing.fail_payment")
def fail_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The announced money will not come."""
    return _settle(request, pk, services.fail_payment)


def _settle(request: ClinicRequest, pk: Any, service: Any) -> HttpResponse:
    mine = Invoice.objects.visible_to(request.member)
    payment = get_object_or_404(Payment.objects.filter(invoice__in=mine), pk=pk)
    form = Form(request.POST)
    if form.submit(service, by=request.member, payment=payment):
        return redirect("billing:invoice", pk=payment.invoice_id)
    return _invoice_page(request, _invoice(request, payment.invoice_id), refused=form)


@require_GET
@requires("billing.invoice")
def invoice_sheet(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The invoice for paper."""
    shown = _invoice(request, pk)
    return render(request, "billing/invoice_sheet.html", {"invoice": shown, "lines": shown.lines.all()})


@require_GET
@requires("billing.invoice")
def invoice_pdf(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The invoice as a PDF."""
    shown = _invoice(request, pk)
    return pdf_response(pdf_of(shown, request.organization), f"{shown.reference or 'draft'}.pdf")
