"""What a doctor keeps in sight, and the patient's own view of what was prescribed."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from records.models import Prescription, PrescriptionItem
from records.taken import taken_elsewhere

PAGE = 25


def known_of(patient: PatientProfile, *, taken: Any = None) -> dict[str, Any]:
    """What a doctor wants in sight while writing: allergies, conditions, current medicines.

    `taken`: what is taken by the word of others, where the page has asked for it already.
    """
    return {
        "patient": patient,
        "allergies": patient.allergies.all(),
        "conditions": patient.conditions.all(),
        "taken_elsewhere": taken_elsewhere(patient.pk) if taken is None else taken,
        "medicines": PrescriptionItem.objects.current_for(patient).select_related("prescription"),
    }


@requires("records.portal_prescriptions")
@require_GET
def portal_prescriptions(request: ClinicRequest) -> HttpResponse:
    """The patient's own prescriptions: what to take now, and what was."""
    own = Prescription.objects.handed_out().for_patient(request.member.pk).with_content()
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    # Without loading the profile: its key is the member's.
    record_read(PatientProfile(pk=request.member.pk), patient_id=request.member.pk)
    return render(request, "records/portal_prescriptions.html", {"page_obj": page})
