"""What insurances are asked for, and what they answer."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing import services
from billing.claim_lists import claims_pdf as pdf_of
from billing.claim_lists import claims_table
from billing.forms.claims import AcceptForm, ChosenClaims, ClaimFilter, ClaimForm, PaidForm
from billing.models import Claim
from billing.views.page import found_invoice, invoice_page
from clinic.access import requires
from clinic.forms import Form, ReasonForm
from clinic.http import ClinicRequest, carry_out
from clinic.idempotency.middleware import FIELD
from clinic.pdf import pdf_response
from clinic.tables import table_response

PAGE = 25
# So many claims go onto one list.
MOST = 1000


@require_GET
@requires("billing.claim_list")
def claim_list(request: ClinicRequest) -> HttpResponse:
    """What insurances are asked for, by insurance and state, latest first."""
    return _list(request)


def _list(request: ClinicRequest, chosen: Form | None = None) -> HttpResponse:
    form = ClaimFilter(request.GET)
    claims = form.applied(Claim.objects.visible_to(request.member))
    page = Paginator(claims.with_people(), PAGE).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "form": form,
        "chosen": chosen,
        "totals": claims.totals(request.organization.currency),
        "query": request.GET.urlencode(),
        "sendable": any(claim.status == Claim.Status.DRAFT for claim in page.object_list),
    }
    return render(request, "billing/claim_list.html", context)


@require_GET
@requires("billing.claim_list")
def claims_pdf(request: ClinicRequest) -> HttpResponse:
    """The list as a sheet for the insurance."""
    form = ClaimFilter(request.GET)
    claims = _asked_for(request, form)
    return pdf_response(pdf_of(claims, form.wanted.get("payer"), request.organization), "claims.pdf")


@require_GET
@requires("billing.claim_list")
def claims_csv(request: ClinicRequest) -> HttpResponse:
    """The list as a table."""
    table = claims_table(_asked_for(request, ClaimFilter(request.GET)), request.organization)
    return table_response(table, "csv", "claims")


def _asked_for(request: ClinicRequest, form: ClaimFilter) -> list[Claim]:
    claims = form.applied(Claim.objects.visible_to(request.member)).with_people()
    return list(claims.order_by("payer__name", "created_at", "id")[:MOST])


@require_POST
@requires("billing.claim_invoice")
def claim_invoice(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Ask an insurance of the patient for its part of an issued invoice."""
    shown = found_invoice(request, pk)
    form = ClaimForm(request.POST, patient_id=shown.patient_id)
    if form.submit(services.claim_invoice, by=request.member, invoice=shown):
        messages.success(request, _("The insurance's part is written down. Send the claim."))
        return redirect(shown)
    return invoice_page(request, found_invoice(request, pk), refused=form)


@require_POST
@requires("billing.send_claims")
def send_claims(request: ClinicRequest) -> HttpResponse:
    """Write down that the ticked claims are sent; then their list is there to be printed."""
    form = ChosenClaims(request.POST, claims=Claim.objects.visible_to(request.member))
    if not form.submit(services.send_claims, by=request.member):
        return _list(request, form)
    count = len(form.result)
    said = ngettext("%(count)d claim is sent.", "%(count)d claims are sent.", count)
    messages.success(request, said % {"count": count})
    return redirect(_sent_today(form.result))


def _sent_today(claims: list[Claim]) -> str:
    """The list of what was sent today, of the insurance if it is only one: to print it."""
    asked = QueryDict(mutable=True)
    payers = {claim.payer_id for claim in claims}
    if len(payers) == 1:
        asked["payer"] = str(payers.pop())
    asked["state"], asked["sent_on"] = Claim.Status.SENT.value, timezone.localdate().isoformat()
    return f"{reverse('billing:claim_list')}?{asked.urlencode()}"


@require_POST
@requires("billing.withdraw_claim")
def withdraw_claim(request: ClinicRequest, pk: Any) -> HttpResponse:
    """Put a claim away that was not sent."""
    claim = _found(request, pk)
    carry_out(
        request, services.withdraw_claim, claim, _("The claim is withdrawn; the patient owes its part.")
    )
    return redirect("billing:invoice", claim.invoice_id)


@require_http_methods(["GET", "POST"])
@requires("billing.accept_claim")
def accept_claim(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The insurance will pay, all of it or less."""
    claim = _found(request, pk)
    form = AcceptForm(request.POST or None, claim=claim)
    said = _("The insurance's answer is written down.")
    return _answered(request, claim, form, services.accept_claim, _("The insurance accepts"), said)


@require_http_methods(["GET", "POST"])
@requires("billing.reject_claim")
def reject_claim(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The insurance will not pay."""
    said = _("The insurance's answer is written down. The patient owes its part.")
    form = ReasonForm(request.POST or None)
    return _answered(
        request, _found(request, pk), form, services.reject_claim, _("The insurance rejects"), said
    )


@require_http_methods(["GET", "POST"])
@requires("billing.pay_claim")
def pay_claim(request: ClinicRequest, pk: Any) -> HttpResponse:
    """The insurance's money is here."""
    claim, form = _found(request, pk), PaidForm(request.POST or None)
    said, key = _("The insurance's payment is recorded."), request.POST.get(FIELD, "")
    return _answered(request, claim, form, services.pay_claim, _("The insurance has paid"), said, key=key)


def _answered(
    request: ClinicRequest, claim: Claim, form: Form, service: Any, heading: str, said: str, **facts: Any
) -> HttpResponse:
    """A form for what the insurance did, and back to where its claims are listed."""
    if form.submit(service, by=request.member, claim=claim, **facts):
        messages.success(request, said)
        return redirect(f"{reverse('billing:claim_list')}?payer={claim.payer_id}")
    return render(request, "billing/claim.html", {"claim": claim, "form": form, "heading": heading})


def _found(request: ClinicRequest, pk: Any) -> Claim:
    return get_object_or_404(Claim.objects.visible_to(request.member).with_people(), pk=pk)
