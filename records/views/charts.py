"""A patient's record as a whole, and the patient's own view of it."""

import uuid
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from records.models import Consultation, Prescription, PrescriptionItem

PAGE = 25


def known_of(patient: PatientProfile) -> dict[str, Any]:
    """What a doctor wants in sight while writing: allergies, conditions, current medicines."""
    return {
        "patient": patient,
        "allergies": patient.allergies.all(),
        "conditions": patient.conditions.all(),
        "medicines": PrescriptionItem.objects.current_for(patient).select_related("prescription"),
    }


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
    return render(request, "records/chart.html", {**known_of(patient), "page_obj": page})


@requires("records.portal_prescriptions")
@require_GET
def portal_prescriptions(request: ClinicRequest) -> HttpResponse:
    """The patient's own prescriptions: what to take now, and what was."""
    own = Prescription.objects.handed_out().for_patient(request.member.pk).with_content()
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    # Without loading the profile: its key is the member's.
    record_read(PatientProfile(pk=request.member.pk), patient_id=request.member.pk)
    return render(request, "records/portal_prescriptions.html", {"page_obj": page})
