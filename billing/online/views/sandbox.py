"""The page of the trial provider: what elsewhere is the bank's."""

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing.online import services
from billing.online.adapters.sandbox import CHOICES, Sandbox
from billing.online.models import OnlinePayment
from billing.online.models.providers import Kind
from billing.online.services.paying import checkout_of
from billing.online.views.paying import by_link
from clinic.access import public
from clinic.http import ClinicRequest


def _of_trial() -> QuerySet:
    return OnlinePayment.objects.with_people().filter(provider__kind=Kind.SANDBOX)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@by_link("sandbox", _of_trial)
def sandbox_checkout(request: ClinicRequest, online: OnlinePayment) -> HttpResponse:
    """Pay, decline or leave. What is chosen is told in a signed message, as a provider would.

    Once it is decided there is nothing to choose any more: who goes back is told what became of it.
    """
    if not settings.PAYMENTS_SANDBOX:
        raise Http404
    if request.method != "POST" and not online.is_live:
        return redirect(online)
    choice = request.POST.get("choice", "")
    if choice in CHOICES:
        adapter = Sandbox(online.provider.keys())
        headers, body = adapter.message(choice, checkout_of(online))
        services.receive_webhook(online.provider, headers=headers, body=body)
    if request.method == "POST":
        if choice not in CHOICES:
            messages.info(request, _("You left the payment page without paying."))
        return redirect(online)
    return render(request, "online/sandbox_checkout.html", {"online": online})
