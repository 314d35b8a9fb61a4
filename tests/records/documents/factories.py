"""Records and papers to test with, and files to send."""

from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.utils import timezone
from PIL import Image

from accounts.members.models import Member
from records.documents import services
from records.documents.models import HealthRecord, Paper
from tests.scheduling.factories import DoctorFactory, PatientFactory, doctor_of

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n9\n%%EOF\n"
GLUCOSE = {"name": "Glucose", "value": "5.1", "unit": "mmol/L"}


def picture(kind: str = "PNG", size: tuple[int, int] = (32, 24), mode: str = "RGB", **ways: Any) -> bytes:
    """A small picture."""
    drawn = BytesIO()
    Image.new(mode, size, 1 if mode == "1" else 120).save(drawn, kind, **ways)
    return drawn.getvalue()


def sent(content: bytes, name: str = "scan.pdf", media_type: str = "application/pdf") -> UploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, media_type)


def filed(**facts: Any) -> HealthRecord:
    """A record with a value, or with what is given."""
    given = {
        "patient": None,
        "by": None,
        "kind": "lab_report",
        "title": "Blood count",
        "recorded_on": timezone.localdate(),
        "data": [GLUCOSE],
    } | facts
    patient = given.pop("patient") or PatientFactory()
    return services.add_record(patient, by=given.pop("by") or doctor_of(patient).member, **given)


def handed_in(member: Member | None = None, **facts: Any) -> Paper:
    """A paper that waits to be looked at."""
    member = member or DoctorFactory().member
    given = {
        "by": member,
        "kind": "licence",
        "title": "Licence to practise",
        "expires_on": timezone.localdate() + timedelta(days=400),
        "uploads": [sent(PDF)],
    } | facts
    return services.add_paper(member, **given)
