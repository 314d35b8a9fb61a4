"""Prescribing, and the sheet the patient takes along."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest, carry_out
from clinic.pdf import letterhead, pdf_response, render_pdf
from clinic.templatetags.clinic import day
from records import services
from records.forms import FIRST_ROWS, MOST_ITEMS, PrescriptionForm, blank_row
from records.models import Consultation, Prescription
from records.views.consultations import begin


@requires("records.prescribe")
@require_POST
def prescribe(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Open a prescription of this consultation."""
    consultation = get_object_or_404(Consultation.objects.written_by(request.member), pk=pk)
    return begin(
        request, services.prescribe, consultation, "records:consultation", "records:save_prescription"
    )


@requires("records.save_prescription")
@require_http_methods(["GET", "POST"])
def save_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Write a prescription, row by row."""
    own = Prescription.objects.written_by(request.member)
    found = get_object_or_404(own.select_related("patient__member", "consultation"), pk=pk)
    if request.method == "GET":
        if not found.is_draft:
            return redirect("records:prescription", pk)
        record_read(found, patient_id=found.patient_id)
    form = PrescriptionForm(request.POST or None, prescription=found, rows=_rows(request))
    if request.method == "POST" and form.submit(
        services.save_prescription, prescription=found, by=request.member
    ):
        return _go_on(request, found, rows=form.items.total_form_count())
    context = {"prescription": found, "form": form, "allergies": found.patient.allergies.all()}
    return render(request, "records/save_prescription.html", context)


@requires("records.save_prescription")
@require_GET
def prescription_row(request: ClinicRequest, number: int) -> HttpResponse:
    """One more empty row at place `number` (from 0), put in by htmx."""
    place = min(number, MOST_ITEMS - 1)
    context = {"row": blank_row(place), "number": place + 1, "is_full": place + 1 >= MOST_ITEMS}
    return render(request, "records/parts/added_row.html", context)


@requires("records.prescription")
@require_GET
def prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The sheet, to read and to print."""
    found = _sheet_of(request, pk)
    record_read(found, patient_id=found.patient_id)
    return render(request, "records/prescription.html", {"prescription": found})


@requires("records.prescription")
@require_GET
def prescription_pdf(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The sheet as a PDF on A5."""
    found = _sheet_of(request, pk)
    record_read(found, patient_id=found.patient_id, reason="PDF")
    sheet = render_pdf("records/prescription.typ", sheet_data(found, request.organization))
    return pdf_response(sheet, f"prescription-{found.patient.number}-{found}.pdf")


@requires("records.activate_prescription")
@require_POST
def activate_prescription(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Hand the prescription out."""
    return _carry_out(request, services.activate_prescription, _own(request, pk), _("Ready to hand out."))


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
    found = _sheet_of(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.stop_prescription, prescription=found, by=request.member
    ):
        messages.success(request, _("The prescription is stopped."))
        return redirect("records:prescription", pk)
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


def sheet_data(prescription: Prescription, organization: Any) -> dict[str, Any]:
    """What the PDF says."""
    patient, doctor = prescription.patient, prescription.doctor
    age = patient.age_on(prescription.dated)
    born = day(patient.date_of_birth)
    return {
        "title": _("Prescription"),
        "clinic": letterhead(organization),
        "mark": "" if prescription.is_valid else prescription.get_status_display(),
        "facts": [
            (_("Patient"), patient.name),
            (_("Date"), day(prescription.dated)),
            (_("Born"), f"{born} ({age})" if age is not None else ""),
            (_("Patient number"), patient.number),
        ],
        "items": [
            {
                "medicine": item.medicine,
                "potency": item.potency,
                "form": item.form,
                "quantity": item.quantity,
                "directions": [text for text in (item.dosage, item.frequency, item.duration) if text],
                "notes": item.notes,
            }
            for item in prescription.items.all()
        ],
        "notes": prescription.notes,
        "doctor": {
            "name": doctor.name,
            "lines": [
                doctor.specialisation,
                doctor.qualifications,
                _("Licence number %(number)s") % {"number": doctor.licence_number},
            ],
        },
    }


def _sheet_of(request: ClinicRequest, pk: uuid.UUID) -> Prescription:
    found = Prescription.objects.visible_to(request.member).with_content().select_related("patient__member")
    return get_object_or_404(found, pk=pk)


def _own(request: ClinicRequest, pk: uuid.UUID) -> Prescription:
    return get_object_or_404(Prescription.objects.written_by(request.member), pk=pk)


def _rows(request: ClinicRequest) -> int:
    asked = request.GET.get("rows", "")
    return min(int(asked), MOST_ITEMS) if asked.isdecimal() and asked.isascii() else FIRST_ROWS


def _go_on(request: ClinicRequest, prescription: Prescription, rows: int) -> HttpResponse:
    """Where the pressed button leads once the rows are kept."""
    if request.POST.get("then") == "check":
        return redirect("records:prescription", prescription.pk)
    if request.POST.get("then") == "row":
        editor = redirect("records:save_prescription", prescription.pk)
        editor["Location"] += f"?rows={rows + 1}#add-row"
        return editor
    messages.success(request, _("Saved."))
    return redirect("records:save_prescription", prescription.pk)


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
