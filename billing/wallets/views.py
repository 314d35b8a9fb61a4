"""The desk's wallets, and a patient's own."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.members.models import PatientProfile
from billing.wallets import services
from billing.wallets.forms import AdjustForm, OutsideForm, TransferForm, WalletForm
from billing.wallets.models import Wallet
from clinic.access import requires
from clinic.db.current import connection
from clinic.http import ClinicRequest
from clinic.idempotency.middleware import FIELD
from clinic.money import NOTHING, digits_of

PAGE = 25
# How many people a search for whom the money goes to shows.
MOST_FOUND = 20


@requires("wallets.wallet_list")
@require_GET
def wallet_list(request: ClinicRequest) -> HttpResponse:
    """Every wallet that was ever used, and what lies in all of them."""
    used = Wallet.objects.visible_to(request.member).filter(last_number__gt=0)
    held = used.aggregate(sum=Sum("balance", default=NOTHING))["sum"]
    rows = used.select_related("patient__member").order_by("-balance", "id")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "wallets/wallet_list.html", {"page_obj": page, "held": held})


@requires("wallets.wallet")
@require_GET
def wallet(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """What lies in one patient's wallet, and how it came to that."""
    return _wallet_page(request, _patient(request, pk), "wallets/wallet.html")


@requires("wallets.portal_wallet")
@require_GET
def portal_wallet(request: ClinicRequest) -> HttpResponse:
    """The patient's own wallet."""
    own = get_object_or_404(PatientProfile.objects.with_people(), pk=request.member.pk)
    return _wallet_page(request, own, "wallets/portal_wallet.html")


@requires("wallets.top_up_wallet")
@require_http_methods(["GET", "POST"])
def top_up_wallet(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take money in."""
    said = _("The money is in the wallet.")
    return _move(request, pk, OutsideForm, services.top_up_wallet, _("Top up"), said)


@requires("wallets.pay_out_wallet")
@require_http_methods(["GET", "POST"])
def pay_out_wallet(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Give money back."""
    said = _("The money is entered as given back.")
    return _move(request, pk, OutsideForm, services.pay_out_wallet, _("Give back"), said)


@requires("wallets.adjust_wallet")
@require_http_methods(["GET", "POST"])
def adjust_wallet(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Correct what was entered wrongly."""
    said = _("The wallet is corrected.")
    return _move(request, pk, AdjustForm, services.adjust_wallet, _("Correct"), said)


@requires("wallets.transfer_wallet")
@require_http_methods(["GET", "POST"])
def transfer_wallet(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Move money to another patient's wallet: find whose, then say how much."""
    patient = _patient(request, pk)
    chosen = _chosen(request)
    form = TransferForm(request.POST or None, wallet=_held(patient), member=request.member, to=chosen)
    if request.method == "POST" and _submitted(request, form, services.transfer_wallet, patient):
        messages.success(request, _("The money is in the other wallet."))
        return redirect("wallets:wallet", patient.pk)
    words = request.GET.get("q", "").strip()
    others = PatientProfile.objects.visible_to(request.member).exclude(pk=patient.pk).with_people()
    context = {
        "patient": patient,
        "wallet": _held(patient),
        "form": form,
        "chosen": chosen,
        "words": words,
        "patients": others.search(words)[:MOST_FOUND] if words else [],
    }
    return render(request, "wallets/transfer_wallet.html", context)


def _move(
    request: ClinicRequest,
    pk: uuid.UUID,
    form_class: type[WalletForm],
    service: Callable[..., Any],
    heading: str,
    said: str,
) -> HttpResponse:
    """A form for one amount, and what it comes to."""
    patient = _patient(request, pk)
    form = form_class(request.POST or None, wallet=_held(patient))
    if request.method == "POST" and _submitted(request, form, service, patient):
        messages.success(request, said)
        return redirect("wallets:wallet", patient.pk)
    context = {"patient": patient, "wallet": _held(patient), "form": form, "heading": heading}
    return render(request, "wallets/move.html", context)


def _submitted(
    request: ClinicRequest, form: WalletForm, service: Callable[..., Any], patient: PatientProfile
) -> bool:
    return form.submit(service, patient=patient, by=request.member, key=request.POST.get(FIELD, ""))


def _wallet_page(request: ClinicRequest, patient: PatientProfile, template: str) -> HttpResponse:
    held = _held(patient)
    entries = held.entries.latest_first() if held.last_number else held.entries.none()
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return render(request, template, {"patient": patient, "wallet": held, "page_obj": page})


def _patient(request: ClinicRequest, pk: uuid.UUID) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)


def _held(patient: PatientProfile) -> Wallet:
    """The patient's wallet, or what one would be: looking makes none."""
    found = Wallet.objects.filter(patient_id=patient.pk).first()
    return found or Wallet(
        patient_id=patient.pk,
        digits=digits_of(connection.tenant.currency),
        currency=connection.tenant.currency,
    )


def _chosen(request: ClinicRequest) -> PatientProfile | None:
    """To whom the money is to go, once that was found."""
    try:
        key = uuid.UUID(request.POST.get("to") or request.GET.get("to", ""))
    except ValueError:
        return None
    return PatientProfile.objects.visible_to(request.member).with_people().filter(pk=key).first()
