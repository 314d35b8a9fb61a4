"""Finding diagnoses by code or words, and putting them in order."""

import uuid
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest, carry_out
from records import services
from records.models import Consultation, Diagnosis
from records.terminology.models import DiagnosisCode
from records.terminology.models.diagnosis_code import LONGEST_QUERY

# More are not read: another letter tells more.
MOST_HITS = 12


@requires("records.diagnoses")
@require_GET
def diagnoses(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The diagnoses of a consultation, with a search; for htmx the list alone, or the hits of `term`."""
    found = get_object_or_404(Consultation.objects.written_by(request.member).with_people(), pk=pk)
    if not found.is_open:
        return redirect("records:consultation", pk)
    if not request.htmx:
        # Within the page of the consultation it is that page's opening.
        record_read(found, patient_id=found.patient_id)
    query = request.GET.get("term", "").strip()[:LONGEST_QUERY]
    usual = Diagnosis.objects.usual() if query else []
    hits = list(DiagnosisCode.objects.search(query, usual)[: MOST_HITS + 1])
    context = {
        "consultation": found,
        "query": query,
        "hits": hits[:MOST_HITS],
        "has_more": len(hits) > MOST_HITS,
    }
    page = "records/parts/hits.html" if "term" in request.GET else "records/parts/diagnoses.html"
    return render(request, page if request.htmx else "records/diagnoses.html", context)


@requires("records.add_diagnosis")
@require_POST
def add_diagnosis(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down the diagnosis that was chosen."""
    found = get_object_or_404(Consultation.objects.written_by(request.member), pk=pk)
    carry_out(request, services.add_diagnosis, found, code=request.POST.get("code", "")[:8])
    return redirect("records:diagnoses", pk)


@requires("records.make_main_diagnosis")
@require_POST
def make_main_diagnosis(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Put it first."""
    return _arrange(request, services.make_main_diagnosis, pk)


@requires("records.raise_diagnosis")
@require_POST
def raise_diagnosis(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Move it up by one."""
    return _arrange(request, services.raise_diagnosis, pk)


@requires("records.remove_diagnosis")
@require_POST
def remove_diagnosis(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take it away."""
    return _arrange(request, services.remove_diagnosis, pk)


def _arrange(request: ClinicRequest, service: Callable[..., Any], pk: uuid.UUID) -> HttpResponse:
    found = get_object_or_404(Diagnosis.objects.written_by(request.member), pk=pk)
    carry_out(request, service, found)
    return redirect("records:diagnoses", found.consultation_id)
