"""By whom the clinic lets online payments be taken."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.online import services
from billing.online.forms import AddProviderForm, ProviderForm
from billing.online.models import PaymentProvider
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out

hide_secrets = sensitive_post_parameters("secret_key", "webhook_secret")


@require_GET
@requires("online.provider_list")
def provider_list(request: ClinicRequest) -> HttpResponse:
    """The providers, and whether patients may pay with them."""
    return render(request, "online/provider_list.html", {"providers": PaymentProvider.objects.all()})


@hide_secrets
@require_http_methods(["GET", "POST"])
@requires("online.add_provider")
def add_provider(request: ClinicRequest) -> HttpResponse:
    """Put a provider on the list."""
    form = AddProviderForm(request.POST or None, currency=request.organization.currency)
    if form.submit(services.add_provider, by=request.member):
        messages.success(request, _("The provider is on the list. Now give it the address of our webhook."))
        return redirect(form.result)
    return render(request, "online/add_provider.html", {"form": form})


@hide_secrets
@require_http_methods(["GET", "POST"])
@requires("online.update_provider")
def update_provider(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The account's keys and currencies; its secrets can be replaced, and not be seen."""
    provider = get_object_or_404(PaymentProvider, pk=pk)
    form = ProviderForm(request.POST or None, provider=provider, currency=request.organization.currency)
    if form.submit(services.update_provider, by=request.member, provider=provider):
        messages.success(request, _("The provider is saved."))
        return redirect(provider)
    webhook = request.organization.url(reverse("online:receive_webhook", args=[provider.pk]))
    context = {"provider": provider, "form": form, "webhook": webhook}
    return render(request, "online/update_provider.html", context)


@require_POST
@requires("online.switch_on_provider")
def switch_on_provider(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Let patients pay with it."""
    provider = get_object_or_404(PaymentProvider, pk=pk)
    carry_out(request, services.switch_on_provider, provider, _("Patients may pay with it now."))
    return redirect(provider)


@require_POST
@requires("online.switch_off_provider")
def switch_off_provider(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Let nobody begin to pay with it."""
    provider = get_object_or_404(PaymentProvider, pk=pk)
    said = _("Nobody begins to pay with it any more. What is on its way still arrives.")
    carry_out(request, services.switch_off_provider, provider, said)
    return redirect(provider)
