"""Paying an invoice: whoever holds its link may, and learns of it only its number and its sum.

Nothing that a browser says counts, neither a sum nor that something was paid.
"""

from collections.abc import Callable
from decimal import Decimal
from functools import wraps
from typing import Any, NamedTuple

from allauth.core import ratelimit
from django.db import models
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from billing.links import PAY, read_token
from billing.models import Invoice
from billing.online import services
from billing.online.forms import StartForm
from billing.online.models import OnlinePayment, PaymentProvider
from clinic.access import public
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD

View = Callable[..., HttpResponse]


def by_link(purpose: str, rows: Callable[[], models.QuerySet]) -> Callable[[View], View]:
    """Find what the link was made for; one that leads nowhere is answered with a plain sentence."""

    def found(view: View) -> View:
        @wraps(view)
        def answer(request: ClinicRequest, token: str) -> HttpResponse:
            key = read_token(purpose, token)
            row = rows().filter(pk=key).first() if key else None
            if row is None:
                return render(request, "online/link_over.html", status=404)
            return view(request, row)

        return never_cache(answer)

    return found


def _invoices() -> models.QuerySet:
    return Invoice.objects.issued().select_related("series")


def _payments() -> models.QuerySet:
    return OnlinePayment.objects.with_people()


@public
@require_http_methods(["GET", "HEAD", "POST"])
@by_link(PAY, _invoices)
def pay_invoice(request: ClinicRequest, invoice: Invoice) -> HttpResponse:
    """The number, the sum and the ways to pay it."""
    form = StartForm(request.POST or None, currency=invoice.currency)
    key = request.POST.get(FIELD, "")
    if request.method == "POST" and _may_go_on(request, form):
        start = services.start_online_payment
        if form.submit(start, by=request.member, invoice=invoice, key=key):
            return redirect(form.result)
    return render(request, "online/pay_invoice.html", {"form": form, **_offer(invoice)})


class Way(NamedTuple):
    """A provider, and what it charges for what is open."""

    provider: PaymentProvider
    charge: Decimal
    offered: Decimal

    @property
    def rest(self) -> Decimal:
        """What is more than is owed, and goes into the wallet."""
        return self.charge - self.offered


def _offer(invoice: Invoice) -> dict[str, Any]:
    live = OnlinePayment.objects.live().filter(invoice=invoice).select_related("provider").first()
    offered = services.offered_amount(invoice)
    ways = [
        Way(provider, services.charge_of(provider, offered, invoice.currency), offered)
        for provider in PaymentProvider.objects.taking(invoice.currency)
    ]
    return {"invoice": invoice, "offered": offered, "live": live, "ways": ways}


def _may_go_on(request: ClinicRequest, form: StartForm) -> bool:
    if not form.is_valid():
        return False
    if ratelimit.consume(request, action="start_online_payment"):
        return True
    form.add_error(None, _("Payments were begun very often from your address. Wait a while and try again."))
    return False


@public
@require_safe
@by_link("online", _payments)
def online_payment(request: ClinicRequest, online: OnlinePayment) -> HttpResponse:
    """What becomes of a payment: the provider's page, then the wait, then what the provider has confirmed."""
    template = "online/_progress.html" if request.htmx else "online/online_payment.html"
    return render(request, template, {"online": online})
