"""Checking a prescription, and handing it out with an answer to everything found."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest, carry_out
from records import services
from records.forms.safety import SafetyForm
from records.models import Prescription
from records.views.prescriptions import sheet_of


@requires("records.check_prescription")
@require_GET
def check_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """What the check finds about the draft as it is stored: put beside it while it is written."""
    found = get_object_or_404(Prescription.objects.written_by(request.member).with_content(), pk=pk)
    if not found.is_draft or not request.htmx:
        return redirect("records:prescription", pk)
    safety = services.check_prescription(found)
    return render(request, "records/parts/found.html", {"safety": safety, "prescription": found})


@requires("records.activate_prescription")
@require_POST
def activate_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Hand the prescription out; what was found and is not answered yet is shown again."""
    get_object_or_404(Prescription.objects.written_by(request.member), pk=pk)
    found = sheet_of(request, pk)
    if not found.is_draft:
        carry_out(request, services.activate_prescription, found)
        return redirect("records:prescription", pk)
    form = SafetyForm(request.POST, safety=services.check_prescription(found))
    if form.submit(services.activate_prescription, prescription=found, by=request.member):
        messages.success(request, _("Ready to hand out."))
        return redirect("records:prescription", pk)
    record_read(found, patient_id=found.patient_id)
    return render(request, "records/prescription.html", {"prescription": found, "form": form})
