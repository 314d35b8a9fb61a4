"""FHIR DocumentReference ⇄ HealthRecord, with its files.

In a bundle a file's content comes along up to INLINE bytes; a larger one is named by its place in the ZIP
that holds the bundle (clinic.exports). What comes in goes through the same hands as what is uploaded.
"""

import base64
import binascii
import datetime
import json
from collections.abc import Mapping
from types import MappingProxyType

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.members.models import DoctorProfile, PatientProfile
from clinic.fhir.codes import LOINC, code_in, codings, words
from clinic.fhir.reading import Bringing
from clinic.fhir.table import Answer, LeftOut, Resource, reads, writes
from clinic.fhir.writing import Writing
from clinic.models import Refusal, relayed
from records.documents.exports import name_of
from records.documents.models import HealthRecord, RecordFile, StoredFile
from records.documents.models.file import EXTENSIONS
from records.documents.models.record import MOST_VALUES, OLDEST
from records.documents.services.files import keep_files
from records.documents.storage import Altered, content_of
from records.models import Consultation

MAPPED = (
    *("status", "type", "subject", "date", "author", "custodian", "description", "securityLabel"),
    *("content", "context"),
)
K = HealthRecord.Kind
# LOINC's document ontology (loinc.org); the others are told apart by their text.
CODES: Mapping[str, str] = MappingProxyType(
    {
        K.LAB_REPORT: "11502-2",
        K.X_RAY: "18726-0",
        K.IMAGING: "18748-4",
        K.ECG: "11524-6",
        K.DISCHARGE_LETTER: "18842-5",
        K.REFERRAL: "57133-1",
        K.VACCINATION: "11369-6",
        K.CONSENT: "59284-0",
    }
)
BY_CODE = MappingProxyType({code: kind for kind, code in CODES.items()})
S = HealthRecord.Status
STATUSES: Mapping[str, str] = MappingProxyType({S.CURRENT: "current", S.ENTERED_IN_ERROR: "entered-in-error"})
# HL7's v3 Confidentiality: restricted, the more than usual.
CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
RESTRICTED = frozenset({"R", "V"})
INLINE = 5 * 1024 * 1024
TEXT, VALUES = "text/plain", "application/json"


@reads("DocumentReference", after=("Patient", "Practitioner", "Organization", "Encounter"), maps=MAPPED)
def read_document(resource: Resource, bringing: Bringing) -> Answer:
    """The record with the files that may be kept; the others are counted with their reason."""
    if resource.get("status") != STATUSES[S.CURRENT]:
        raise LeftOut(_("It was replaced or entered in error there."))
    patient = bringing.need(resource.get("subject"), PatientProfile)
    parts = [each.get("attachment") or {} for each in resource.get("content") or []]
    record = HealthRecord(
        patient=patient,
        author=bringing.by,
        kind=_kind(resource),
        title=(str(resource.get("description") or "") or words(resource.get("type")) or _title(parts))[:200],
        # Never the name of the file: it may be the patient's.
        source=str(
            (resource.get("custodian") or {}).get("display") or bringing.system or _("another system")
        )[:200],
        description="\n\n".join(_texts(parts))[:4000],
        recorded_on=_day(resource, parts),
        data=_values(parts),
        is_sensitive=any(
            each.get("code") in RESTRICTED
            for label in resource.get("securityLabel") or []
            for each in codings(label)
        ),
    )
    with relayed(HealthRecord):
        record.save(force_insert=True)
    files = _files(record, parts, bringing)
    if not (files or record.description or record.data):
        raise LeftOut(_("Nothing of it can be kept: it holds no text, and no PDF or picture."))
    return [record, *files]


def _kind(resource: Resource) -> str:
    told = resource.get("type")
    text = words(told).casefold()
    by_text = (value for value, label in K.choices if text in (value, str(label).casefold()))
    return str(BY_CODE.get(code_in(told, LOINC)) or next(by_text, K.OTHER))


def _title(parts: list[Resource]) -> str:
    named = (str(part.get("title") or "") for part in parts)
    return next(filter(None, named), "") or str(_("Document"))


def _day(resource: Resource, parts: list[Resource]) -> datetime.date:
    """The day on the document, or when it was filed there; today where nobody says."""
    said = [*(part.get("creation") for part in parts), resource.get("date")]
    for text in filter(None, said):
        day = datetime.date.fromisoformat(f"{str(text)[:10]}-01-01"[:10])
        if OLDEST <= day <= timezone.localdate():
            return day
    return timezone.localdate()


def _content(part: Resource) -> bytes:
    try:
        return base64.b64decode(str(part.get("data") or ""), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _texts(parts: list[Resource]) -> list[str]:
    mine = (part for part in parts if str(part.get("contentType") or "").startswith(TEXT))
    return [text for part in mine if (text := _content(part).decode(errors="replace").strip())]


def _values(parts: list[Resource]) -> list[dict[str, str]]:
    """The rows of values that we have written ourselves."""
    for part in parts:
        if part.get("contentType") == VALUES:
            rows = json.loads(_content(part) or b"[]")
            names = ("name", "value", "unit")
            return [{name: str(row.get(name, ""))[:100] for name in names} for row in rows[:MOST_VALUES]]
    return []


def _files(record: HealthRecord, parts: list[Resource], bringing: Bringing) -> list[RecordFile]:
    uploads = []
    for part in parts:
        media_type = str(part.get("contentType") or "").partition(";")[0]
        if media_type.startswith(TEXT) or media_type == VALUES:
            continue
        content = _content(part)
        if not content:
            bringing.note("DocumentReference", _("A file that is only referred to was not brought in."))
            continue
        name = str(part.get("title") or f"file.{EXTENSIONS.get(media_type, 'pdf')}")
        uploads.append(SimpleUploadedFile(name, content, media_type))
    belonging = {"record": record, "patient_id": record.patient_id}
    try:
        keep_files(RecordFile, uploads, unnamed=record.is_sensitive, **belonging)
    except Refusal as refusal:
        raise LeftOut(refusal.message) from refusal
    return list(record.files.all())


@writes(
    HealthRecord,
    "DocumentReference",
    rows=lambda: HealthRecord.objects.select_related("author").prefetch_related("files"),
)
def write_document(record: HealthRecord, writing: Writing) -> Resource:
    """The record with its text, its values and its files."""
    code = CODES.get(record.kind)
    encounter = writing.reference_to(Consultation, record.consultation_id)
    restricted = {"coding": [{"system": CONFIDENTIALITY, "code": "R", "display": "restricted"}]}
    author = writing.reference_to(DoctorProfile, record.author_id) if record.author.role == "doctor" else None
    return {
        "status": STATUSES[record.status],
        "type": {
            "coding": [{"system": LOINC, "code": code}] if code else [],
            "text": record.get_kind_display(),
        },
        "subject": writing.reference_to(PatientProfile, record.patient_id),
        "date": record.created_at,
        "author": [author or {"display": record.author.name}],
        "custodian": {"display": record.source},
        "description": record.title,
        "securityLabel": [restricted] if record.is_sensitive else [],
        "content": [{"attachment": each} for each in _attachments(record, writing)],
        "context": {"encounter": [encounter]} if encounter else None,
    }


def _attachments(record: HealthRecord, writing: Writing) -> list[Resource]:
    """The text, the values, the files; a record without any says at least of which day it is."""
    found = [_file(file, writing) for file in record.files.all()]
    if record.data:
        rows = json.dumps(record.data, ensure_ascii=False).encode()
        found.insert(0, {"contentType": VALUES, "title": "values", "data": _encoded(rows)})
    if record.description or not found:
        found.insert(0, {"contentType": TEXT, "data": _encoded(record.description.encode())})
    return [{**each, "creation": record.recorded_on} for each in found]


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _file(file: StoredFile, writing: Writing) -> Resource:
    facts = {"contentType": file.media_type, "title": file.name, "size": file.size}
    place = {**facts, "url": f"files/{name_of(file)}"}
    if not writing.bundled or file.size > INLINE:
        return place
    try:
        return {**facts, "data": _encoded(content_of(file))}
    except Altered:
        # It is not what was stored: the reference stays, the content is not given out as if it were.
        return place
