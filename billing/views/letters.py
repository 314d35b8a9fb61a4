"""Papers that go out by e-mail."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import services
from billing.views.page import found_invoice, invoice_page
from clinic.access import requires
from clinic.forms import Form
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD


@require_POST
@requires("billing.email_invoice")
def email_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Send the invoice to its patient."""
    shown, form = found_invoice(request, pk), Form(request.POST)
    if form.submit(services.email_invoice, by=request.member, invoice=shown, key=request.POST[FIELD]):
        said = _("The invoice is on its way to %(address)s.")
        messages.success(request, said % {"address": form.result.patient.member.email})
        return redirect(shown)
    return invoice_page(request, shown, refused=form)


@require_POST
@requires("billing.remind_of_invoice")
def remind_of_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Remind the patient of an overdue invoice."""
    shown, form = found_invoice(request, pk), Form(request.POST)
    if form.submit(services.remind_of_invoice, by=request.member, invoice=shown):
        messages.success(request, _("The reminder is on its way."))
        return redirect(shown)
    return invoice_page(request, shown, refused=form)
