"""What becomes of a patient's documents and their files."""

from pathlib import Path
from typing import Any

from django.conf import settings

from clinic.erasure.table import CLINICAL, IDENTITY, declare, has_files, schema_of, told_of
from records.documents.models import HealthRecord, Paper, PaperFile, RecordFile

declare(HealthRecord, "patient", delete=CLINICAL)
declare(RecordFile, "patient", delete=CLINICAL)
# An identity card, a power of attorney: papers that say who somebody is.
declare(Paper, "member", delete=IDENTITY)
declare(PaperFile, "paper__member", delete=IDENTITY)
told_of(Paper, "member")
told_of(HealthRecord, "patient")


@has_files
def files_of(patient_id: Any, phase: str, using: str) -> list[Path]:
    """The files of the rows that go in this phase, with their small pictures."""
    kept: Any = {
        IDENTITY: PaperFile.objects.filter(paper__member=patient_id),
        CLINICAL: RecordFile.objects.filter(patient=patient_id),
    }.get(phase)
    folder = Path(settings.MEDIA_ROOT) / schema_of(using)
    found = [] if kept is None else kept.using(using)
    return [folder / place for file in found for place in (file.place, file.thumbnail_place) if place]
