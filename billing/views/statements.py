"""A patient's statement of account: the desk's, and the patient's own."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.members.models import PatientProfile
from billing import services
from billing.forms import StatementForm
from billing.models.statements import statements_of
from billing.papers import statement_pdf as pdf_of
from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD
from clinic.pdf import pdf_response


@require_GET
@requires("billing.statement")
def statement(request: ClinicRequest, pk: Any) -> HttpResponse:
    """What moved on a patient's account, and what is owed."""
    return _page(request, _patient(request, pk), "billing/statement.html")


@require_GET
@requires("billing.portal_statement")
def portal_statement(request: ClinicRequest) -> HttpResponse:
    """The patient's own account."""
    return _page(request, _patient(request, request.member.pk), "billing/portal_statement.html")


@require_GET
@requires("billing.statement")
def statement_pdf(request: ClinicRequest, pk: Any) -> HttpResponse:
    """A patient's statement as a PDF."""
    return _pdf(request, _patient(request, pk))


@require_GET
@requires("billing.portal_statement")
def portal_statement_pdf(request: ClinicRequest) -> HttpResponse:
    """The patient's own statement as a PDF."""
    return _pdf(request, _patient(request, request.member.pk))


@require_POST
@requires("billing.email_statement")
def email_statement(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Send a patient the statement of the days that are shown."""
    patient, form = _patient(request, pk), StatementForm(request.POST)
    key = request.POST[FIELD]
    if form.submit(services.email_statement, by=request.member, patient=patient, key=key):
        said = _("The statement is on its way to %(address)s.")
        messages.success(request, said % {"address": patient.member.email})
        first, last = form.period
        return redirect(f"{reverse('billing:statement', args=[pk])}?first={first}&last={last}")
    return _page(request, patient, "billing/statement.html", form)


def _page(
    request: ClinicRequest, patient: PatientProfile, template: str, form: StatementForm | None = None
) -> HttpResponse:
    form = form or StatementForm(request.GET)
    first, last = form.period
    shown = statements_of(patient, first, last)
    context = {"patient": patient, "form": form, "statements": shown, "first": first, "last": last}
    return render(request, template, context)


def _pdf(request: ClinicRequest, patient: PatientProfile) -> HttpResponse:
    first, last = StatementForm(request.GET).period
    content = pdf_of(patient, first, last, request.organization)
    return pdf_response(content, f"{patient.number}_{first}_{last}.pdf")


def _patient(request: ClinicRequest, pk: Any) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)
