"""What the desk sees of online payments, and a patient of the own."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.links import pay_url
from billing.models import Invoice
from billing.online import services
from billing.online.models import OnlinePayment, OnlineRefund, PaymentProvider
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out

PAGE = 25


@require_GET
@requires("online.online_payment_list")
def online_payment_list(request: ClinicRequest) -> HttpResponse:
    """All online payments, latest first."""
    found = OnlinePayment.objects.visible_to(request.member).with_people().select_related("payment")
    rows = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {"page_obj": rows, "is_offered": PaymentProvider.objects.live().exists()}
    return render(request, "online/online_payment_list.html", context)


@require_GET
@requires("online.invoice_online_payments")
def invoice_online_payments(request: ClinicRequest, pk: Any) -> HttpResponse:
    """One invoice's online payments and the way to its next one: a page, or a part of the invoice's page."""
    mine = Invoice.objects.visible_to(request.member).select_related("series")
    invoice = get_object_or_404(mine, pk=pk)
    found = OnlinePayment.objects.filter(invoice=invoice).select_related("provider")
    context = {
        "invoice": invoice,
        "payments": found.prefetch_related("refunds__refund"),
        "pay_url": pay_url(invoice),
        "is_offered": services.can_be_paid_online(invoice),
    }
    whole, part = "online/invoice_online_payments.html", "online/_of_invoice.html"
    return render(request, part if request.htmx else whole, context)


@require_POST
@requires("online.fail_online_payment")
def fail_online_payment(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Somebody has looked into it: nothing was paid."""
    online = get_object_or_404(OnlinePayment, pk=pk)
    carry_out(request, services.fail_online_payment, online, _("It is noted as not paid."))
    return redirect("online:online_payment_list")


@require_POST
@requires("online.retry_online_refund")
def retry_online_refund(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Send the money back once more."""
    online = get_object_or_404(OnlineRefund.objects.select_related("refund"), pk=pk)
    said = _("The payment service is asked once more, within a minute.")
    carry_out(request, services.retry_online_refund, online, said)
    return redirect("billing:invoice", pk=online.refund.invoice_id)
