"""The sheet on paper."""

import uuid
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from clinic.pdf import letterhead, pdf_response, render_pdf
from clinic.templatetags.clinic import day
from records.models import Prescription
from records.views.prescriptions import sheet_of


@requires("records.prescription")
@require_GET
def prescription_pdf(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The sheet as a PDF on A5."""
    found = sheet_of(request, pk)
    record_read(found, patient_id=found.patient_id, reason="PDF")
    sheet = render_pdf("records/prescription.typ", sheet_data(found, request.organization))
    return pdf_response(sheet, f"prescription-{found.patient.number}-{found}.pdf")


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
