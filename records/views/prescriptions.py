"""The sheet the patient takes along, and what becomes of it."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest, carry_out
from clinic.pdf.codes import qr_image
from records import services
from records.forms.safety import SafetyForm
from records.models import Prescription


@requires("records.prescription")
@require_GET
def prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The sheet, to read and to print."""
    found = sheet_of(request, pk)
    record_read(found, patient_id=found.patient_id)
    context: dict[str, Any] = {"prescription": found}
    if address := address_on(found, request.organization):
        context["code"] = qr_image(address)
    if found.is_draft and found.doctor_id == request.member.pk:
        context["form"] = SafetyForm(safety=services.check_prescription(found))
    elif request.member.may("records.chart"):
        context["check"] = found.safety_checks.prefetch_related("findings").first()
    return render(request, "records/prescription.html", context)


@requires("records.complete_prescription")
@require_POST
def complete_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that it was taken to the end."""
    found = get_object_or_404(Prescription.objects.visible_to(request.member), pk=pk)
    return _carry_out(request, services.complete_prescription, found, _("The prescription is completed."))


@requires("records.stop_prescription")
@require_http_methods(["GET", "POST"])
def stop_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """End the prescription early, with a reason."""
    found = sheet_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.stop_prescription, prescription=found, by=request.member
    ):
        messages.success(request, _("The prescription is stopped."))
        return redirect("records:prescription", pk)
    record_read(found, patient_id=found.patient_id)
    return render(request, "records/stop_prescription.html", {"prescription": found, "form": form})


@requires("records.cancel_prescription")
@require_POST
def cancel_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Discard a draft."""
    found = _own(request, pk)
    return _carry_out(
        request,
        services.cancel_prescription,
        found,
        _("The draft is discarded."),
        "records:consultation",
        found.consultation_id,
    )


def address_on(prescription: Prescription, organization: Any) -> str:
    """Where the code on the sheet leads; a draft has none: it is nothing to be checked."""
    if not prescription.activated_at:
        return ""
    return organization.url(reverse("records:verify_prescription", args=[prescription.token]))


def sheet_of(request: ClinicRequest, pk: uuid.UUID) -> Prescription:
    """The prescription with all that its sheet says, if the member may see it."""
    found = Prescription.objects.visible_to(request.member).with_content().select_related("patient__member")
    return get_object_or_404(found, pk=pk)


def _own(request: ClinicRequest, pk: uuid.UUID) -> Prescription:
    return get_object_or_404(Prescription.objects.written_by(request.member), pk=pk)


def _carry_out(
    request: ClinicRequest,
    service: Callable[..., Any],
    prescription: Prescription,
    said: str,
    page: str = "records:prescription",
    page_pk: uuid.UUID | None = None,
) -> HttpResponse:
    """Run a verb that asks nothing more; say what came of it."""
    carry_out(request, service, prescription, said)
    return redirect(page, page_pk or prescription.pk)
