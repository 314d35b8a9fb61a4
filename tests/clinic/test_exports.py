"""Asking for a copy of everything: who may, what it becomes, who is told, who fetches it, when it goes."""

import csv
import hashlib
import io
import json
import re
import time
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.members.roles import Role
from accounts.members.services import add_allergy, add_guardian
from clinic.audit.models import AuditEvent
from clinic.exports import packing, services
from clinic.exports.models import Export, Status
from clinic.models import Refusal
from clinic.notifications.models import OutboxMessage
from records.documents.services import add_record
from records.documents.storage import folder
from records.services import start_walk_in
from tests.conftest import ClinicClient
from tests.people import DoctorFactory, PatientFactory, StaffFactory, with_login
from tests.records.documents.factories import PDF

pytestmark = pytest.mark.django_db
SEEN = {"wanted_by": "The patient", "identity_seen": "Passport"}
CLINICAL = re.compile("penicillin|allerg|diagnos|prescri|blood|record of", re.IGNORECASE)


@pytest.fixture
def admin() -> Any:
    return with_login(StaffFactory(role=Role.ADMIN, email="admin@people.example"))


@pytest.fixture
def doctor() -> Any:
    return with_login(DoctorFactory())


@pytest.fixture
def patient(doctor: Any) -> Any:
    """Somebody with an allergy and two documents, one of them not for their eyes."""
    found = PatientFactory(email="ada@people.example", given_name="=Ada", notes="+Pays late")
    add_allergy(found, by=doctor, substance="Penicillin")
    for title, is_sensitive in (("Blood count", False), ("Suspicion", True)):
        facts = {"kind": "lab_report", "title": title, "recorded_on": timezone.localdate()}
        scan = SimpleUploadedFile("scan.pdf", PDF)
        add_record(found, by=doctor, uploads=[scan], is_sensitive=is_sensitive, data=[], **facts)
    return found


def made(export: Export) -> Export:
    """The export after the worker was there."""
    services.make_export(export.pk)
    return Export.objects.get(pk=export.pk)


def for_patient(patient: Any, by: Any, **facts: Any) -> Export:
    return made(services.ask_for_patient(patient, by=by, **{**SEEN, **facts}))


def table(export: Export, name: str) -> list[dict[str, str]]:
    with zipfile.ZipFile(export.path) as file:
        text = file.read(f"tables/{name}.csv").decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))


def test_the_manifest_names_every_part_with_its_size_fingerprint_and_rows(patient: Any, admin: Any) -> None:
    export = for_patient(patient, admin)
    with zipfile.ZipFile(export.path) as file:
        assert file.testzip() is None
        manifest = json.loads(file.read("manifest.json"))
        assert {*manifest["parts"], "manifest.json"} == set(file.namelist())
        for name, told in manifest["parts"].items():
            content = file.read(name)
            assert (told["size"], told["sha256"]) == (len(content), digest(content)), name
        assert file.read("record.pdf").startswith(b"%PDF")
        assert json.loads(file.read("fhir/bundle.json"))["type"] == "collection"
        assert patient.number in file.read("README.txt").decode()
    assert manifest["parts"]["tables/members_allergy.csv"]["rows"] == 1
    assert manifest["counts"] == export.counts
    assert (export.size, export.status) == (export.path.stat().st_size, Status.READY)
    assert not export.part.exists()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def test_no_cell_of_a_copy_is_a_formula(patient: Any, admin: Any) -> None:
    export = for_patient(patient, admin)
    assert table(export, "members_member")[0]["given_name"] == "'=Ada"
    assert table(export, "members_patientprofile")[0]["notes"] == "'+Pays late"
    with zipfile.ZipFile(export.path) as file:
        for name in file.namelist():
            if name.endswith(".csv"):
                cells = csv.reader(io.StringIO(file.read(name).decode("utf-8-sig"), newline=""))
                assert not [
                    cell for row in cells for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))
                ]


def test_what_is_marked_as_sensitive_is_held_back_and_that_is_said(
    patient: Any, admin: Any, doctor: Any
) -> None:
    plain, whole = for_patient(patient, admin), for_patient(patient, doctor, with_sensitive=True)
    assert [row["title"] for row in table(plain, "documents_healthrecord")] == ["Blood count"]
    assert {row["title"] for row in table(whole, "documents_healthrecord")} == {"Blood count", "Suspicion"}
    assert plain.counts["held_back"] == {"documents_healthrecord": 1}
    assert whole.counts["held_back"] == {}
    for export, hidden in ((plain, True), (whole, False)):
        with zipfile.ZipFile(export.path) as file:
            parts = [name for name in file.namelist() if not name.endswith((".pdf", "README.txt"))]
            assert any(b"Suspicion" in file.read(name) for name in parts) is not hidden
            assert len([name for name in file.namelist() if name.startswith("files/")]) == (
                1 if hidden else 2
            )


def test_only_a_doctor_gives_out_what_is_sensitive_and_administrators_do_not_fetch_it(
    patient: Any, admin: Any, doctor: Any
) -> None:
    with pytest.raises(Refusal):
        services.ask_for_patient(patient, by=admin, with_sensitive=True, **SEEN)
    export = services.ask_for_patient(patient, by=doctor, with_sensitive=True, **SEEN)
    assert export in Export.objects.visible_to(doctor)
    assert export not in Export.objects.visible_to(admin)
    assert export not in Export.objects.visible_to(patient.member)


def test_who_asks_shows_who_they_are_and_reception_gives_nothing_out(patient: Any, admin: Any) -> None:
    with pytest.raises(Refusal, match="Say who wants it"):
        services.ask_for_patient(patient, by=admin, wanted_by="Ada", identity_seen=" ")
    with pytest.raises(Refusal):
        services.ask_for_patient(patient, by=StaffFactory(role=Role.RECEPTIONIST), **SEEN)
    with pytest.raises(Refusal):
        services.ask_for_clinic(by=DoctorFactory())
    with pytest.raises(Refusal):
        services.ask_for_mine(by=admin)


def test_one_copy_at_a_time_is_prepared(patient: Any, admin: Any) -> None:
    services.ask_for_patient(patient, by=admin, **SEEN)
    with pytest.raises(Refusal, match="being prepared already"):
        services.ask_for_mine(by=patient.member)
    services.ask_for_clinic(by=admin)
    with pytest.raises(Refusal, match="being prepared already"):
        services.ask_for_clinic(by=None)


def test_the_whole_clinic_leaves_with_every_patient_every_file_and_what_happened(
    patient: Any, admin: Any, audit_trail: Callable[[], list[Any]]
) -> None:
    audit_trail()
    export = made(services.ask_for_clinic(by=admin))
    assert export.status == Status.READY, export.problem
    assert len(table(export, "documents_healthrecord")) == 2
    assert table(export, "audit_auditevent")
    with zipfile.ZipFile(export.path) as file:
        assert f"fhir/patients/{patient.number}.json" in file.namelist()
        assert len(file.read("fhir/Patient.ndjson").splitlines()) == 1
        assert len([name for name in file.namelist() if name.startswith("files/")]) == 2
        assert "record.pdf" not in file.namelist()


def test_a_file_that_is_gone_or_altered_is_named_and_stops_nothing(patient: Any, admin: Any) -> None:
    for path in folder().rglob("*.pdf"):
        path.write_bytes(b"something else")
    export = for_patient(patient, admin)
    assert (export.status, export.counts["files"]) == (Status.READY, 0)
    (name,) = export.counts["missing_files"]
    with zipfile.ZipFile(export.path) as file:
        assert name in file.read("README.txt").decode()


def test_who_asked_is_told_and_no_letter_says_anything_clinical(patient: Any) -> None:
    made(services.ask_for_mine(by=patient.member))
    letter = OutboxMessage.objects.get(kind="export_ready")
    assert letter.recipient == "ada@people.example"
    assert reverse("exports:my_data") in letter.body
    assert not CLINICAL.search(letter.subject + letter.body)


def test_a_guardian_asks_for_the_child_and_is_told(patient: Any) -> None:
    child = PatientFactory(date_of_birth=timezone.localdate() - timedelta(days=3000))
    add_guardian(child, by=None, guardian=patient.member, relation="parent", papers_seen=True)
    export = made(services.ask_for_mine(by=child.member, guardian=patient.member))
    assert export.patient_id == child.pk
    assert OutboxMessage.objects.get(kind="export_ready").recipient == "ada@people.example"


def test_a_copy_that_fails_says_so_and_can_be_asked_for_again(
    patient: Any, admin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: Any) -> bytes:
        raise ValueError("Ada's penicillin")

    monkeypatch.setattr(packing, "record_sheet", broken)
    export = for_patient(patient, admin)
    assert export.status == Status.FAILED
    assert export.problem.startswith("ValueError")
    assert "Ada" not in export.problem
    assert not export.part.exists()
    assert OutboxMessage.objects.filter(kind="export_failed").exists()
    assert services.ask_for_patient(patient, by=admin, **SEEN).status == Status.ASKED


def test_what_a_killed_worker_left_is_begun_anew_and_given_up_in_the_end(patient: Any, admin: Any) -> None:
    export = services.ask_for_patient(patient, by=admin, **SEEN)
    export.move("begin_export", started_at=timezone.now())
    with time_machine.travel(timezone.now() + timedelta(hours=13)):
        services.delete_what_is_over()
    assert Export.objects.get(pk=export.pk).status == Status.FAILED
    again = services.ask_for_patient(patient, by=admin, **SEEN)
    again.move("begin_export", started_at=timezone.now())
    assert made(again).status == Status.READY


def test_a_copy_is_deleted_after_a_week_and_that_it_was_made_stays(
    patient: Any, admin: Any, django_capture_on_commit_callbacks: Any
) -> None:
    export = for_patient(patient, admin)
    with django_capture_on_commit_callbacks(execute=True):
        with time_machine.travel(timezone.now() + timedelta(days=6, hours=23)):
            assert services.delete_what_is_over() == 0
        with time_machine.travel(timezone.now() + timedelta(days=7, minutes=1)):
            assert services.delete_what_is_over() == 1
    assert not export.path.exists()
    assert Export.objects.get(pk=export.pk).status == Status.EXPIRED


def test_the_database_keeps_what_was_given_out_and_to_whom(patient: Any, admin: Any) -> None:
    export = for_patient(patient, admin)
    for change in (
        {"wanted_by": "Somebody else"},
        {"with_sensitive": True},
        {"sha256": "0" * 64},
        {"status": Status.ASKED},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Export.objects.filter(pk=export.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        export.delete()
    with pytest.raises(IntegrityError, match="identity"), transaction.atomic():
        Export.objects.create(patient=patient, way="desk", asked_by=admin, wanted_by="Ada")


def fetched(client: ClinicClient, export: Export, page: str = "download_export") -> Any:
    return client.get(reverse(f"exports:{page}", args=[export.pk]))


def shown_again(client: ClinicClient, ago: int = 0) -> ClinicClient:
    """The client, in which its person has shown once more who they are, so many seconds ago."""
    session = client.session
    (shown,) = session["account_authentication_methods"]
    session["account_authentication_methods"] = [{**shown, "at": time.time() - ago, "reauthenticated": True}]
    session.save()
    return client


def test_it_is_fetched_only_after_showing_once_more_who_one_is_and_each_time_is_in_the_trail(
    patient: Any, client_for: Callable[..., ClinicClient], audit_trail: Callable[[], list[Any]]
) -> None:
    client = client_for(with_login(patient.member))
    client.send(reverse("exports:ask_for_mine"))
    export = made(Export.objects.get(patient=patient))
    for ago in (None, 3600):
        asked = shown_again(client, ago) if ago else client
        assert "/fetch/" in fetched(asked, export)["Location"]
        assert "/reauthenticate/" in fetched(asked, export, "fetch_export")["Location"]
    assert not [entry for entry in audit_trail() if entry.reason == "download"]
    shown_again(client)
    assert export.sha256.encode() in fetched(client, export, "fetch_export").content
    answer = fetched(client, export)
    assert b"".join(answer.streaming_content) == export.path.read_bytes()
    assert answer["Content-Disposition"].startswith("attachment")
    assert "Ada" not in answer["Content-Disposition"]
    (entry,) = [entry for entry in audit_trail() if entry.reason == "download"]
    assert (entry.action, entry.row_id, entry.patient_id) == (
        AuditEvent.Action.READ,
        str(export.pk),
        patient.pk,
    )


def test_nobody_fetches_the_copy_of_somebody_else(
    patient: Any, admin: Any, doctor: Any, client_for: Callable[..., ClinicClient]
) -> None:
    start_walk_in(patient, by=doctor)
    export, whole = for_patient(patient, admin), made(services.ask_for_clinic(by=admin))
    stranger = shown_again(client_for(with_login(PatientFactory().member)))
    desk = shown_again(client_for(with_login(StaffFactory(role=Role.RECEPTIONIST))))
    unknown = shown_again(client_for(with_login(DoctorFactory())))
    for page in ("fetch_export", "download_export", "export_state"):
        assert [fetched(stranger, one, page).status_code for one in (export, whole)] == [404, 404]
        assert [fetched(desk, one, page).status_code for one in (export, whole)] == [403, 403]
        assert "/glass/" in fetched(unknown, export, page)["Location"]
        assert fetched(unknown, whole, page).status_code == 404


def test_a_copy_that_is_gone_says_so(
    patient: Any, admin: Any, client_for: Callable[..., ClinicClient]
) -> None:
    export = for_patient(patient, admin)
    export.path.unlink()
    address = reverse("exports:download_export", args=[export.pk])
    answer = shown_again(client_for(admin)).get(address, follow=True)
    assert b"not there any more" in answer.content
