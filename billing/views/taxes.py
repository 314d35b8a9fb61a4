"""How the clinic writes its invoices: the settings of its administrators."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing import services
from billing.forms import BillingPolicyForm, TaxRateForm
from billing.models import BillingPolicy, TaxRate
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out


@require_http_methods(["GET", "POST"])
@requires("billing.update_billing_policy")
def update_billing_policy(request: ClinicRequest) -> HttpResponse:
    """The rules for invoices and the taxes, on one page."""
    form = BillingPolicyForm(request.POST or None, instance=BillingPolicy.objects.current())
    if form.submit(services.update_billing_policy, by=request.member):
        messages.success(request, _("The settings are saved. They hold for invoices begun from now on."))
        return redirect("billing:update_billing_policy")
    return render(request, "billing/settings.html", {"form": form, "taxes": TaxRate.objects.all()})


@require_http_methods(["GET", "POST"])
@requires("billing.add_tax_rate")
def add_tax_rate(request: ClinicRequest) -> HttpResponse:
    """Let lines bear another tax."""
    form = TaxRateForm(request.POST or None)
    if form.submit(services.add_tax_rate, by=request.member):
        messages.success(request, _("Lines of invoices may bear this tax now."))
        return redirect("billing:update_billing_policy")
    return render(request, "billing/tax_rate.html", {"form": form})


@require_http_methods(["GET", "POST"])
@requires("billing.update_tax_rate")
def update_tax_rate(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Change a tax."""
    tax = get_object_or_404(TaxRate, pk=pk)
    shown = str(tax)
    form = TaxRateForm(request.POST or None, instance=tax)
    if form.submit(services.update_tax_rate, by=request.member, tax_rate=tax):
        messages.success(request, _("The tax is changed. Lines already written keep the one they have."))
        return redirect("billing:update_billing_policy")
    return render(request, "billing/tax_rate.html", {"form": form, "tax": shown})


@require_POST
@requires("billing.retire_tax_rate")
def retire_tax_rate(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Offer a tax no longer."""
    tax = get_object_or_404(TaxRate, pk=pk)
    carry_out(request, services.retire_tax_rate, tax, _("The tax is offered no longer."))
    return redirect("billing:update_billing_policy")


@require_POST
@requires("billing.restore_tax_rate")
def restore_tax_rate(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Offer a tax again."""
    tax = get_object_or_404(TaxRate, pk=pk)
    carry_out(request, services.restore_tax_rate, tax, _("The tax is offered again."))
    return redirect("billing:update_billing_policy")
