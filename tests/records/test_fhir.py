"""What is written here as FHIR R4: every state as what it is, valid, and readable by another clinic."""

import base64
import json
import uuid
from collections.abc import Mapping
from typing import Any

import pytest
from django.utils import timezone

from accounts.members.models import PatientProfile
from billing.fhir import STATUSES as OF_INVOICES
from billing.models import Invoice
from clinic.fhir.checking import problem_of
from clinic.fhir.reading import Bringing, Entry
from clinic.fhir.references import UUIDS
from clinic.fhir.writing import bundle_of, resources_of
from clinic.moving.journal import Journal
from records import services
from records.documents.fhir import STATUSES as OF_DOCUMENTS
from records.documents.models import HealthRecord
from records.documents.services import withdraw_record
from records.documents.storage import folder
from records.fhir.consultation import STATUSES as OF_CONSULTATIONS
from records.fhir.consultation import WRITTEN
from records.fhir.prescription import STATUSES as OF_PRESCRIPTIONS
from records.history.models import OutsideNote, PastEncounter, PastMedication
from records.models import Consultation, Prescription
from scheduling.fhir import STATUSES as OF_APPOINTMENTS
from scheduling.models import Appointment
from tests.records.documents.factories import GLUCOSE, PDF, filed, picture, sent
from tests.records.factories import begun, drafted, handed_out, signed
from tests.records.history.factories import running
from tests.scheduling.factories import in_state

pytestmark = pytest.mark.django_db

# The required value sets (hl7.org/fhir/R4/valueset-….html), as far as we say any of it.
ENCOUNTER = {"planned", "in-progress", "finished", "cancelled"}
REQUEST = {"active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft", "unknown"}
APPOINTMENT = {
    *("proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow", "entered-in-error"),
    *("checked-in", "waitlist"),
}
INVOICE = {"draft", "issued", "balanced", "cancelled", "entered-in-error"}
REFERENCE = {"current", "superseded", "entered-in-error"}
COMPOSITION = {"preliminary", "final", "amended", "entered-in-error"}


@pytest.fixture(autouse=True)
def own_folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.parametrize(
    ("model", "statuses", "known"),
    [
        (Consultation, OF_CONSULTATIONS, ENCOUNTER),
        (Consultation, WRITTEN, COMPOSITION),
        (Prescription, OF_PRESCRIPTIONS, REQUEST),
        (Appointment, OF_APPOINTMENTS, APPOINTMENT),
        (Invoice, OF_INVOICES, INVOICE),
        (HealthRecord, OF_DOCUMENTS, REFERENCE),
    ],
)
def test_every_state_has_its_status_in_fhir(model: Any, statuses: Mapping[str, str], known: set[str]) -> None:
    assert {str(state) for state in statuses} == set(model.Status.values)
    assert set(statuses.values()) <= known


def given(patient: PatientProfile) -> dict[str, list[dict[str, Any]]]:
    """The patient's bundle by types; each resource is what FHIR R4 says it is."""
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in bundle_of(patient)["entry"]:
        assert problem_of(entry["resource"]) == "", entry["resource"]
        found.setdefault(entry["resource"]["resourceType"], []).append(entry["resource"])
    return found


def elsewhere(patient: PatientProfile, resources: Mapping[str, list[dict[str, Any]]]) -> Bringing:
    """Bring what was given out in under other keys, as another clinic would."""
    every = [each for kind, some in resources.items() if kind != "Patient" for each in some]
    text = json.dumps(every)
    for each in every:
        text = text.replace(each["id"], str(uuid.uuid5(uuid.NAMESPACE_URL, each["id"])))
    journal = Journal(running())
    journal.found(patient, "Patient", str(patient.pk), source=UUIDS)
    journal.close()
    bringing = Bringing(journal, by=journal.run.by)
    bringing.bring([Entry(f"urn:uuid:{each['id']}", each) for each in json.loads(text)])
    return bringing


def test_a_signed_consultation_is_history_in_another_clinic() -> None:
    visit = begun()
    services.add_diagnosis(visit, by=visit.doctor.member, code="J45.9")
    services.sign_consultation(visit, by=visit.doctor.member)
    services.add_addendum(visit, by=visit.doctor.member, text="He called: no fever.")
    found = given(visit.patient)
    (encounter,), (condition,) = found["Encounter"], found["Condition"]
    assert (encounter["status"], encounter["diagnosis"][0]["rank"]) == ("finished", 1)
    assert condition["code"]["coding"][0]["code"] == "J45.9"
    assert [each["status"] for each in found["Composition"]] == ["final", "final"]
    elsewhere(visit.patient, found)
    past = PastEncounter.objects.get()
    assert (past.happened_at, past.reported_status) == (Consultation.objects.get().started_at, "finished")
    texts = {row["title"]: row["text"] for note in OutsideNote.objects.all() for row in note.sections}
    assert texts["complaints"] == "Headache for two days"
    assert texts["Diagnoses"].startswith("J45.9")
    assert texts["Addendum"] == "He called: no fever."
    assert {note.encounter for note in OutsideNote.objects.all()} == {past}


def test_what_comes_back_to_where_it_was_written_changes_nothing() -> None:
    visit = signed()
    found = given(visit.patient)
    journal = Journal(running())
    bringing = Bringing(journal, by=journal.run.by)
    bringing.bring([Entry(f"urn:uuid:{each['id']}", each) for some in found.values() for each in some])
    assert not any("created" in counts for counts in bringing.counts.values())
    assert not PastEncounter.objects.exists()


def test_an_unsigned_text_is_never_given_out_as_final() -> None:
    (text,) = given(begun().patient)["Composition"]
    assert (text["status"], "attester" in text) == ("preliminary", False)


def test_a_prescription_is_a_medicine_from_elsewhere_in_another_clinic() -> None:
    sheet = handed_out()
    found = given(sheet.patient)
    assert found["MedicationRequest"][0]["status"] == "active"
    elsewhere(sheet.patient, found)
    past = PastMedication.objects.get()
    told = (past.title, past.dosage, past.quantity, past.is_current)
    assert told == ("Arnica montana 30C globules", "4 pellets · twice a day", "1 vial of 10 g", True)
    # The same doctor, known here by the licence.
    assert past.doctor == sheet.doctor


def test_a_draft_is_given_out_as_a_draft() -> None:
    (request,) = given(drafted().patient)["MedicationRequest"]
    assert request["status"] == "draft"


@pytest.mark.parametrize("status", ["booked", "pending", "noshow", "cancelled", "fulfilled"])
def test_a_visit_says_whether_it_took_place(status: str) -> None:
    visit = in_state(status)
    (written,) = given(visit.patient)["Appointment"]
    assert written["status"] == status
    assert ("cancelationReason" in written) == (bool(visit.cancel_reason) and status == "cancelled")


def test_a_record_comes_back_with_its_files_and_values() -> None:
    record = filed(
        description="Fasting\nfor twelve hours",
        source="City Laboratory",
        kind="ecg",
        data=[GLUCOSE],
        uploads=[sent(PDF), sent(picture(), "photo.png", "image/png")],
    )
    found = given(record.patient)
    elsewhere(record.patient, found)
    back = HealthRecord.objects.exclude(pk=record.pk).get()
    names = ("kind", "title", "source", "description", "recorded_on", "data", "is_sensitive")
    assert {name: getattr(back, name) for name in names} == {name: getattr(record, name) for name in names}
    assert [file.media_type for file in back.files.all()] == ["application/pdf", "image/png"]
    assert back.files.first().sha256 == record.files.first().sha256  # type: ignore[union-attr]


def test_a_sensitive_record_is_marked_so_there_and_here() -> None:
    record = filed(is_sensitive=True)
    found = given(record.patient)
    assert found["DocumentReference"][0]["securityLabel"][0]["coding"][0]["code"] == "R"
    elsewhere(record.patient, found)
    assert HealthRecord.objects.exclude(pk=record.pk).get().is_sensitive


def test_what_is_no_picture_or_pdf_is_left_out_with_its_reason() -> None:
    record = filed(uploads=[sent(PDF)])
    found = given(record.patient)
    attachment = found["DocumentReference"][0]["content"][-1]["attachment"]
    attachment["data"] = base64.b64encode(b"MZ program").decode()
    bringing = elsewhere(record.patient, found)
    assert bringing.counts["DocumentReference"]["left_out"] == 1
    assert "Only PDF" in " ".join(reason for _kind, reason in bringing.reasons)
    assert HealthRecord.objects.count() == 1


def test_a_stream_names_the_place_of_a_file_instead_of_its_content() -> None:
    record = filed(uploads=[sent(PDF)], data=())
    (written,) = resources_of(HealthRecord.objects.filter(pk=record.pk))
    attachment = written["content"][0]["attachment"]
    file = record.files.get()
    assert (attachment["url"], "data" in attachment) == (f"files/documents_recordfile/{file.pk}.pdf", False)


def test_a_withdrawn_record_goes_out_as_an_error() -> None:
    record = filed()
    withdraw_record(record, by=record.author, reason="Another patient's")
    assert given(record.patient)["DocumentReference"][0]["status"] == "entered-in-error"


def test_a_record_leaves_with_its_files_when_its_import_is_taken_back(
    django_capture_on_commit_callbacks: Any,
) -> None:
    record = filed(uploads=[sent(picture(), "photo.png", "image/png")])
    run = elsewhere(record.patient, given(record.patient)).journal.run
    back = HealthRecord.objects.exclude(pk=record.pk).get()
    before = {path for path in folder().rglob("*") if path.is_file()}
    now = timezone.now()
    run.move("finish_import", finished_at=now, file_deleted_at=now)
    run.move("undo_import")
    run.move("finish_undo", undone_at=now, undone_by=run.by)
    with django_capture_on_commit_callbacks(execute=True):
        back.files.all().erase()  # type: ignore[attr-defined]
        HealthRecord.objects.filter(pk=back.pk).erase()
    after = {path for path in folder().rglob("*") if path.is_file()}
    assert (len(before), len(after)) == (4, 2)
    assert [record] == list(HealthRecord.objects.all())
