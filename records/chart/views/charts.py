"""A patient's record as a whole."""

import uuid

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from records.models import Consultation, Prescription
from records.views.charts import PAGE, known_of


@requires("records.chart")
@require_GET
def chart(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything known of one patient, latest first."""
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    patient = get_object_or_404(patients.annotate(visits=Count("consultations")), pk=pk)
    written = (
        Consultation.objects.visible_to(request.member)
        .for_patient(patient)
        .select_related("doctor__member")
        .annotate(addenda_count=Count("addenda"))
        .prefetch_related(Prefetch("prescriptions", Prescription.objects.with_content()))
    )
    pages = Paginator(written, PAGE)
    pages.count = patient.visits  # type: ignore[attr-defined]
    page = pages.get_page(request.GET.get("page"))
    record_read(patient, patient_id=patient.pk)
    return render(request, "chart/chart.html", {**known_of(patient), "page_obj": page})
