"""Money that comes in, and goes back."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing import services
from billing.forms import (
    RefundForm,
)
from billing.models import Invoice, Payment
from billing.views.page import filled_payment_form, found_invoice, invoice_page
from clinic.access import requires
from clinic.forms import Form
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD
from clinic.templatetags.clinic import money


@require_POST
@requires("billing.record_payment")
def record_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Write down money that came in."""
    shown = found_invoice(request, pk)
    form = filled_payment_form(shown, request.POST)
    if form.submit(services.record_payment, by=request.member, invoice=shown, key=request.POST[FIELD]):
        messages.success(request, _("The payment is recorded."))
        _tell_of_rest(request, form.cleaned_data["amount"] - form.result.amount)
        return redirect(shown)
    return invoice_page(request, shown, payment_form=form)


def _tell_of_rest(request: ClinicRequest, rest: Decimal) -> None:
    if rest:
        said = _("%(amount)s went into the patient’s wallet.")
        messages.info(request, said % {"amount": money(rest)})


@require_http_methods(["GET", "POST"])
@requires("billing.refund_payment")
def refund_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Give money of a payment back."""
    mine = Invoice.objects.visible_to(request.member)
    payment = get_object_or_404(Payment.objects.filter(invoice__in=mine), pk=pk)
    shown = found_invoice(request, payment.invoice_id)
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
    return invoice_page(request, found_invoice(request, payment.invoice_id), refused=form)
