"""The pages on which a patient is forgotten, and on which it is seen what became of that."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.access import requires
from clinic.erasure import services
from clinic.erasure.forms import ErasePatientForm, RetentionForm
from clinic.erasure.models import Erasure
from clinic.erasure.people import patient_model, proposed
from clinic.erasure.report import lines_of
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest, carry_out


def _patient(pk: Any) -> Any:
    return get_object_or_404(patient_model().objects.with_people(), pk=pk)


@requires("erasure.erase_patient")
def erase_patient(request: ClinicRequest, pk: str) -> HttpResponse:
    """What would become of the patient's records; then, with the number typed, it does."""
    patient = _patient(pk)
    done = Erasure.objects.filter(patient_id=pk).first()
    if done is not None:
        return redirect("erasure:erasure", done.pk)
    form = ErasePatientForm(request.POST or None)
    if request.method == "POST" and form.submit(services.erase_patient, patient=patient, by=request.member):
        return redirect("erasure:erasure", form.result.pk)
    context = {"form": form, "patient": patient, "plan": services.plan_of(patient)}
    return render(request, "erasure/erase_patient.html", context | {"kept": services.retentions()})


@requires("erasure.place_legal_hold")
def place_legal_hold(request: ClinicRequest, pk: str) -> HttpResponse:
    """Let nothing of the file be erased for now."""
    patient = _patient(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.place_legal_hold, patient=patient, by=request.member
    ):
        return redirect("erasure:erase_patient", pk)
    return render(request, "erasure/place_legal_hold.html", {"form": form, "patient": patient})


@require_POST
@requires("erasure.lift_legal_hold")
def lift_legal_hold(request: ClinicRequest, pk: str) -> HttpResponse:
    """The file need not stay as it is."""
    carry_out(request, services.lift_legal_hold, _patient(pk), _("The hold is lifted."))
    return redirect("erasure:erase_patient", pk)


@require_safe
@requires("erasure.erasure_list")
def erasure_list(request: ClinicRequest) -> HttpResponse:
    """Who was erased, under which pseudonym, and until when the rest is kept."""
    page = Paginator(Erasure.objects.all(), 25).get_page(request.GET.get("page"))
    return render(request, "erasure/erasure_list.html", {"page_obj": page})


@require_safe
@requires("erasure.erasure_list")
def erasure(request: ClinicRequest, pk: str) -> HttpResponse:
    """The report: line by line what was done, and what is kept until when. To be printed."""
    found = get_object_or_404(Erasure, pk=pk)
    context = {"erasure": found, "lines": lines_of(found), "kept": services.retentions()}
    return render(request, "erasure/erasure.html", context)


@require_safe
@requires("erasure.erasure_list")
def erasure_proposals(request: ClinicRequest) -> HttpResponse:
    """Patients of whom nothing need be kept any more."""
    return render(request, "erasure/erasure_proposals.html", {"patients": proposed()})


@require_safe
@requires("erasure.retention_list")
def retention_list(request: ClinicRequest) -> HttpResponse:
    """How long records are kept, by which rule."""
    return render(request, "erasure/retention_list.html", {"kept": services.retentions().values()})


@requires("erasure.lengthen_retention")
def lengthen_retention(request: ClinicRequest) -> HttpResponse:
    """Keep records longer than the law asks."""
    form = RetentionForm(request.POST or None, kept=services.retentions())
    if request.method == "POST" and form.submit(services.lengthen_retention, by=request.member):
        return redirect("erasure:retention_list")
    return render(request, "erasure/lengthen_retention.html", {"form": form})
