"""The desk's pages of payers, and of each patient's policies."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.members.models import PatientProfile
from billing.insurance import services
from billing.insurance.forms import PayerForm, PolicyForm
from billing.insurance.models import Payer, Policy
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out

PAGE = 25


@requires("insurance.payer_list")
@require_GET
def payer_list(request: ClinicRequest) -> HttpResponse:
    """Everybody who pays for patients, those in use first."""
    today = timezone.localdate()
    ends = Q(policies__valid_until__isnull=True) | Q(policies__valid_until__gte=today)
    valid = Count("policies", filter=ends & Q(policies__valid_from__lte=today))
    rows = Payer.objects.annotate(valid=valid).order_by("-is_active", "name")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "insurance/payer_list.html", {"page_obj": page})


@requires("insurance.add_payer")
@require_http_methods(["GET", "POST"])
def add_payer(request: ClinicRequest) -> HttpResponse:
    """Write down one more."""
    form = PayerForm(request.POST or None)
    if form.submit(services.add_payer, by=request.member):
        messages.success(request, _("%(name)s is on the list.") % {"name": form.result.name})
        return redirect("insurance:payer_list")
    return render(request, "insurance/payer.html", {"form": form})


@requires("insurance.update_payer")
@require_http_methods(["GET", "POST"])
def update_payer(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change how it is called and reached."""
    payer = get_object_or_404(Payer, pk=pk)
    form = PayerForm(request.POST or None, instance=payer)
    if form.submit(services.update_payer, payer=payer, by=request.member):
        messages.success(request, _("Changed."))
        return redirect("insurance:payer_list")
    return render(request, "insurance/payer.html", {"form": form, "payer": payer})


@requires("insurance.retire_payer")
@require_POST
def retire_payer(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Use it no longer."""
    payer = get_object_or_404(Payer, pk=pk)
    carry_out(request, services.retire_payer, payer, _("It is no longer used. What is claimed goes on."))
    return redirect("insurance:payer_list")


@requires("insurance.restore_payer")
@require_POST
def restore_payer(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Use it again."""
    payer = get_object_or_404(Payer, pk=pk)
    carry_out(request, services.restore_payer, payer, _("It is used again."))
    return redirect("insurance:payer_list")


@requires("insurance.policy_list")
@require_GET
def policy_list(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Who pays for this patient, and how much."""
    patient = _patient(request, pk)
    policies = Policy.objects.for_patient(patient.pk).with_payer()
    return render(request, "insurance/policy_list.html", {"patient": patient, "policies": policies})


@requires("insurance.add_policy")
@require_http_methods(["GET", "POST"])
def add_policy(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down what an insurance covers for the patient."""
    patient = _patient(request, pk)
    form = PolicyForm(request.POST or None)
    if form.submit(services.add_policy, patient=patient, by=request.member):
        messages.success(request, _("The policy is on the patient's file."))
        return redirect("insurance:policy_list", patient.pk)
    has_payers = Payer.objects.active().exists()
    context = {"patient": patient, "form": form, "has_payers": has_payers}
    return render(request, "insurance/policy.html", context)


@requires("insurance.update_policy")
@require_http_methods(["GET", "POST"])
def update_policy(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change what the policy covers, or let it end."""
    found = Policy.objects.visible_to(request.member).select_related("payer", "patient__member")
    policy = get_object_or_404(found, pk=pk)
    form = PolicyForm(request.POST or None, instance=policy)
    if form.submit(services.update_policy, policy=policy, by=request.member):
        messages.success(request, _("Changed. Claims that were made stay as they are."))
        return redirect("insurance:policy_list", policy.patient_id)
    context = {"patient": policy.patient, "policy": policy, "form": form, "has_payers": True}
    return render(request, "insurance/policy.html", context)


def _patient(request: ClinicRequest, pk: uuid.UUID) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)
