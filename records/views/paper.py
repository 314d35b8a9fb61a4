"""The sheet on paper, and the page at which a stranger checks it."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from clinic.access import public, requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from clinic.pdf import letterhead, pdf_response, render_pdf
from clinic.pdf.codes import qr_code
from clinic.templatetags.clinic import day
from records.models import Prescription
from records.views.prescriptions import address_on, sheet_of


@requires("records.prescription")
@require_GET
def prescription_pdf(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The sheet as a PDF on A5, or on A4 when that is asked for."""
    found = sheet_of(request, pk)
    record_read(found, patient_id=found.patient_id, reason="PDF")
    paper = "a4" if request.GET.get("paper") == "a4" else "a5"
    sheet = render_pdf(
        "records/prescription.typ", {"paper": paper, **sheet_data(found, request.organization)}
    )
    return pdf_response(sheet, f"prescription-{found.patient.number}-{found}.pdf")


@public
@require_GET
@never_cache
def verify_prescription(request: ClinicRequest, token: str) -> HttpResponse:
    """What a pharmacist who scans the sheet is told: whether it is ours, and what became of it.

    A draft is no prescription yet, so it is as unknown as a code that the clinic never signed.
    """
    found = Prescription.objects.by_token(token).select_related("patient__member", "doctor__member").first()
    return render(
        request, "records/verify_prescription.html", {"prescription": found}, status=200 if found else 404
    )


def sheet_data(prescription: Prescription, organization: Any) -> dict[str, Any]:
    """What the PDF says."""
    patient, doctor = prescription.patient, prescription.doctor
    age = patient.age_on(prescription.dated)
    born = day(patient.date_of_birth)
    address = address_on(prescription, organization)
    return {
        "title": _("Prescription"),
        "clinic": letterhead(organization),
        "mark": "" if prescription.is_valid else prescription.get_status_display(),
        # Every page says whose it is. Each part is isolated, whatever direction it is read in.
        "footer": " · ".join(
            f"\u2068{part}\u2069" for part in (patient.name, patient.number, day(prescription.dated))
        ),
        "code": qr_code(address) if address else "",
        "code_says": _("Scan to check this sheet"),
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
