"""What doctors do with health records: they add them and withdraw what was wrong; nothing is changed."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.members.models import Member, PatientProfile
from clinic.models import Refusal, relayed
from records.documents.models import HealthRecord, RecordFile
from records.documents.models.record import MOST_VALUES
from records.documents.services.files import keep_files
from records.models import Consultation
from records.services.rights import may


@transaction.atomic
def add_record(
    patient: PatientProfile,
    *,
    by: Member | None,
    consultation: Consultation | None = None,
    data: Sequence[Mapping[str, str]] = (),
    uploads: Sequence[UploadedFile] = (),
    **content: Any,
) -> HealthRecord:
    """File a document or values about the patient; `content`: the other fields of HealthRecord.

    `data` are rows of name, value and unit. Whatever cannot be kept safely is refused, and then nothing is.
    """
    may(by, "documents.add_record")
    record = HealthRecord(patient=patient, consultation=consultation, author=by, data=_rows(data), **content)
    if not (record.data or uploads or record.description.strip()):
        raise Refusal(_("Add a file, values or a description: there is nothing to keep yet."), "uploads")
    record.clean()
    with relayed(HealthRecord):
        record.save(force_insert=True)
    belonging = {"record": record, "patient_id": record.patient_id}
    keep_files(RecordFile, uploads, unnamed=record.is_sensitive, **belonging)
    return record


def _rows(data: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    if len(data) > MOST_VALUES:
        raise Refusal(_("A record holds up to 60 values. Send the others as a file."))
    return [{name: row.get(name, "") for name in ("name", "value", "unit")} for row in data]


@transaction.atomic
def withdraw_record(record: HealthRecord, *, by: Member | None, reason: str) -> HealthRecord:
    """Say that a record was entered in error. It stays readable for those who may, marked as such."""
    may(by, "documents.withdraw_record")
    if not reason.strip():
        raise Refusal(_("Say what is wrong with the record."), "reason")
    record = HealthRecord.objects.locked(record.pk)
    return record.move(
        "withdraw_record", withdrawn_at=timezone.now(), withdrawn_by=by, withdraw_reason=reason.strip()
    )
