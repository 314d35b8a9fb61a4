"""An import goes its way once, in one transaction, and is taken back as a whole while nothing needs it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.members.models import Allergy, Member, PatientProfile
from accounts.members.services import add_allergy, merge_patients, register_patient
from clinic.models import Refusal
from clinic.moving import files, kinds
from clinic.moving.journal import Journal
from clinic.moving.models import ImportedRecord, ImportRun
from clinic.moving.services import (
    bring_in,
    clear_uploads,
    discard_import,
    preview_import,
    start_import,
    take_back_or_keep,
    undo_import,
    upload_import,
)
from tests.people import StaffFactory

pytestmark = pytest.mark.django_db


def bring_people(run: ImportRun, journal: Journal) -> dict[str, Any]:
    """A kind for the tests: a line is a person with an allergy, "!" is refused."""
    for line in files.content_of(run).decode().split():
        if line == "!":
            raise Refusal("Nobody is called that.")
        patient = register_patient(by=run.by, given_name=line)
        journal.made(patient, "people", line)
        journal.made(add_allergy(patient, by=run.by, substance="Dust"), "allergies")
        journal.tell(1)
    return {"created": {"people": 1}}


@pytest.fixture(autouse=True)
def people(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    settings.DATA_DIR = tmp_path
    kind = kinds.Kind("people", "People", "people", "moving:import", bring_people)
    monkeypatch.setattr(kinds, "_rows", {})
    monkeypatch.setitem(kinds._rows, "people", kind)
    for module in ("uploading", "running"):
        monkeypatch.setattr(f"clinic.moving.services.{module}.KINDS", kinds._rows)


@pytest.fixture
def admin(acme: Any) -> Member:
    return StaffFactory(role="admin")


@pytest.fixture
def ready(admin: Member) -> Callable[..., ImportRun]:
    """An upload that was looked at."""

    def make(content: bytes = b"Ada Grace", **facts: Any) -> ImportRun:
        run = upload_import(kind="people", name="people.txt", content=content, by=admin)
        return preview_import(run, by=admin, **facts)

    return make


def test_an_import_brings_in_everything_and_its_file_goes(
    ready: Callable[..., ImportRun], admin: Member, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run = start_import(ready(), by=admin)
    assert run.status == "done"
    assert PatientProfile.objects.count() == 2
    assert not files.folder(run).exists()


def test_what_goes_wrong_leaves_nothing_but_the_reason(
    ready: Callable[..., ImportRun], admin: Member
) -> None:
    run = start_import(ready(b"Ada !"), by=admin)
    assert (run.status, run.problem) == ("failed", "Nobody is called that.")
    assert not PatientProfile.objects.exists()
    assert not ImportedRecord.objects.exists()


def test_an_unforeseen_mistake_leaves_nothing_but_a_sentence(
    ready: Callable[..., ImportRun], admin: Member
) -> None:
    run = start_import(ready(b"\xff"), by=admin)
    assert run.status == "failed"
    assert "did not foresee" in run.problem


def test_an_import_is_taken_back_as_a_whole(ready: Callable[..., ImportRun], admin: Member) -> None:
    people = Member.objects.count()
    undo_import(start_import(ready(), by=admin), by=admin)
    assert Member.objects.count() == people
    assert not PatientProfile.objects.exists()
    assert not Allergy.objects.exists()
    assert not ImportedRecord.objects.exists()


def test_what_others_have_added_keeps_an_import(ready: Callable[..., ImportRun], admin: Member) -> None:
    run = start_import(ready(), by=admin)
    add_allergy(PatientProfile.objects.first(), by=admin, substance="Nuts")
    with pytest.raises(Refusal, match="1 allergy"):
        undo_import(run, by=admin)
    assert PatientProfile.objects.count() == 2


def test_what_a_later_import_has_found_keeps_an_import(
    ready: Callable[..., ImportRun], admin: Member
) -> None:
    first, second = start_import(ready(b"Ada"), by=admin), ready(b"Bob")
    second.move("start_import", started_at=timezone.now())
    journal = Journal(second)
    journal.found(PatientProfile.objects.get(), "people", "a", source="elsewhere")
    journal.close()
    with pytest.raises(Refusal, match="1 later imports"):
        undo_import(first, by=admin)


def test_a_file_that_was_here_stays_though_an_imports_file_went_into_it(
    ready: Callable[..., ImportRun], admin: Member
) -> None:
    run = start_import(ready(b"Ada"), by=admin)
    brought, known = PatientProfile.objects.get(), register_patient(by=admin, given_name="Ada")
    merge_patients(known, by=admin, merged=brought, number=known.number)
    made = ImportedRecord.objects.get(kind="people")
    assert (made.record_id, made.created) == (known.pk, False)
    undo_import(run, by=admin)
    assert PatientProfile.objects.get() == known
    assert not Allergy.objects.exists()


def test_a_record_of_elsewhere_is_brought_in_once(ready: Callable[..., ImportRun], admin: Member) -> None:
    start_import(ready(b"Ada"), by=admin)
    assert start_import(ready(b"Ada"), by=admin).problem == "This has been brought in before."


def test_a_long_import_is_left_to_the_worker(ready: Callable[..., ImportRun], admin: Member) -> None:
    run = start_import(ready(b"Ada", rows=201), by=admin)
    assert run.status == "running"
    assert not PatientProfile.objects.exists()


def tamper(rows: Any, facts: dict[str, Any]) -> None:
    with transaction.atomic():
        if facts:
            rows.update(**facts)
        else:
            rows.erase()


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "stays on record"),
        ({"file_name": "other"}, "stays as it came"),
        ({"mapping": {"a": "b"}}, "stays once the import has begun"),
        ({"counts": {"a": 1}}, "What came of an import"),
        ({"status": "previewed"}, "This change of state"),
    ],
)
def test_an_import_stays_on_record(
    ready: Callable[..., ImportRun], admin: Member, facts: dict[str, Any], sentence: str
) -> None:
    run = start_import(ready(), by=admin)
    with pytest.raises(IntegrityError, match=sentence):
        tamper(ImportRun.objects.filter(pk=run.pk), facts)


@pytest.mark.parametrize("facts", [{}, {"key": "other"}])
def test_what_was_brought_in_stays_on_record(
    ready: Callable[..., ImportRun], admin: Member, facts: dict[str, Any]
) -> None:
    start_import(ready(), by=admin)
    with pytest.raises(IntegrityError, match="stays on record"):
        tamper(ImportedRecord.objects.all(), facts)


def test_records_are_brought_in_only_while_their_import_runs(
    ready: Callable[..., ImportRun], admin: Member
) -> None:
    journal = Journal(start_import(ready(), by=admin))
    journal._position = 100
    journal.found(admin, "people", "admin")
    with pytest.raises(Refusal, match="only while their import runs"):
        journal.close()


def test_an_upload_that_nobody_brings_in_goes_after_a_day(
    ready: Callable[..., ImportRun], admin: Member, django_capture_on_commit_callbacks: Any, time_machine: Any
) -> None:
    old = ready()
    time_machine.move_to(timezone.now() + timedelta(hours=25))
    young = ready()
    stray = files.root() / "stray"
    stray.mkdir()
    with django_capture_on_commit_callbacks(execute=True):
        clear_uploads()
    assert sorted(path.name for path in files.root().iterdir()) == [str(young.pk)]
    assert [run.status for run in ImportRun.objects.filter(pk=old.pk)] == ["discarded"]
    with pytest.raises(Refusal):
        discard_import(old, by=admin)


@transaction.atomic
def upload_and_stumble(by: Member) -> None:
    run = upload_import(kind="people", name="people.txt", content=b"Ada", by=by)
    assert files.folder(run).exists()
    raise ZeroDivisionError


def test_a_rolled_back_upload_leaves_no_file(admin: Member) -> None:
    with pytest.raises(ZeroDivisionError):
        upload_and_stumble(admin)
    assert list(files.root().iterdir()) == []


def test_a_long_import_is_taken_back_by_the_worker_or_kept_with_the_reason(
    ready: Callable[..., ImportRun], admin: Member
) -> None:
    run = bring_in(start_import(ready(b"Ada", rows=201), by=admin))
    allergy = add_allergy(PatientProfile.objects.get(), by=admin, substance="Nuts")
    with pytest.raises(Refusal, match="1 allergy"):
        undo_import(run, by=admin)
    allergy.delete()
    going = undo_import(run, by=admin)
    assert (going.status, PatientProfile.objects.count()) == ("undoing", 1)
    allergy = add_allergy(PatientProfile.objects.get(), by=admin, substance="Nuts")
    kept = take_back_or_keep(going, by=admin)
    assert kept.status == "done"
    assert "1 allergy" in kept.problem
    allergy.delete()
    gone = take_back_or_keep(undo_import(kept, by=admin), by=admin)
    assert (gone.status, gone.undone_by, gone.problem) == ("undone", admin, "")
    assert not PatientProfile.objects.exists()
