"""Files on disk: written whole, taken back with their row, read by their hash, and told when they are not."""

import os
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import structlog
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from clinic.db.current import connection
from clinic.models import Refusal
from records.documents import storage
from records.documents.models import RecordFile
from tests.records.documents.factories import PDF, filed, picture, sent

pytestmark = pytest.mark.django_db


def on_disk(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def place_of(file: Any) -> Path:
    return storage.folder() / file.place


def test_a_file_lies_in_its_clinics_folder_under_a_name_nobody_chose(own_folder: Path) -> None:
    file = filed(uploads=[sent(picture(), "../../evil.png")]).files.get()
    assert on_disk(own_folder) == sorted(
        own_folder / connection.schema_name / place for place in (file.place, file.thumbnail_place)
    )
    assert place_of(file).stat().st_mode & 0o077 == 0
    assert storage.digest(place_of(file).read_bytes()) == file.sha256


@transaction.atomic
def filed_and_failed() -> None:
    """A record with a picture, and then something goes wrong."""
    filed(uploads=[sent(picture())])
    assert storage.folder().exists()
    raise IntegrityError


def test_what_is_rolled_back_leaves_no_file(own_folder: Path) -> None:
    with pytest.raises(IntegrityError):
        filed_and_failed()
    assert not on_disk(own_folder)


def test_what_is_rolled_back_to_a_savepoint_takes_only_its_own(own_folder: Path) -> None:
    with transaction.atomic():
        kept = filed(uploads=[sent(PDF)]).files.get()
        with pytest.raises(IntegrityError):
            filed_and_failed()
    assert on_disk(own_folder) == [place_of(kept)]


def test_a_disk_that_is_full_is_a_sentence_and_no_row(
    own_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(part: Path, content: bytes) -> None:
        part.write_bytes(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(storage, "_write", full)
    with pytest.raises(Refusal, match="could not be stored"):
        filed(uploads=[sent(PDF)])
    assert not on_disk(own_folder)
    assert not RecordFile.objects.exists()


@pytest.mark.parametrize("harm", ["changed", "cut", "gone", "swapped"])
def test_a_file_that_is_not_what_was_stored_is_not_handed_out(
    client_for: Callable[..., Any], harm: str
) -> None:
    record = filed(uploads=[sent(picture(), "a.png"), sent(picture(size=(8, 8)), "b.png")])
    file, other = record.files.all()
    path = place_of(file)
    if harm == "gone":
        path.unlink()
    else:
        content = path.read_bytes()
        changed = {
            "changed": content[:-1] + b"x",
            "cut": content[:50],
            "swapped": place_of(other).read_bytes(),
        }
        path.write_bytes(changed[harm])
    browser = client_for(record.author)
    with structlog.testing.capture_logs() as logged:
        answer = browser.get(reverse("documents:record_file", args=[file.pk]))
    assert answer.status_code == 409
    assert "not what was stored" in answer.content.decode()
    assert ("file_missing" if harm == "gone" else "file_altered") in [line["event"] for line in logged]
    assert browser.get(reverse("documents:record_file", args=[other.pk])).status_code == 200


def test_a_small_picture_that_was_changed_is_not_shown(client_for: Callable[..., Any]) -> None:
    record = filed(uploads=[sent(picture())])
    (storage.folder() / record.files.get().thumbnail_place).write_bytes(b"other")
    page = client_for(record.author).get(reverse("documents:record", args=[record.pk])).content.decode()
    assert "This file is not what was stored" in page
    assert "data:image" not in page.split("<main")[1]


def test_verify_names_what_is_missing_what_was_changed_and_what_belongs_to_nothing(own_folder: Path) -> None:
    assert list(storage.problems()) == []
    changed, missing, whole = filed(uploads=[sent(PDF), sent(PDF), sent(picture())]).files.all()
    assert list(storage.problems()) == []
    place_of(changed).write_bytes(b"other")
    place_of(missing).unlink()
    stray = storage.folder() / "ab" / "left-behind.pdf.part"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"half")
    named = "\n".join(storage.problems())
    assert f"{changed.place} of health record {changed.record_id} is not what was stored." in named
    assert f"{missing.place} of health record {missing.record_id} is missing." in named
    # It may belong to a form that is being stored just now.
    assert "left-behind" not in named
    long_ago = 1_000_000_000
    os.utime(stray, (long_ago, long_ago))
    os.utime(place_of(whole), (long_ago, long_ago))
    named = "\n".join(storage.problems())
    assert "file ab/left-behind.pdf.part belongs to no record." in named
    assert str(whole.pk) not in named


def test_the_command_verifies_files(
    acme: Any, own_folder: Path, settings: Any, audit_trail: Callable[[], Any]
) -> None:
    settings.DATA_DIR = own_folder
    file = filed(uploads=[sent(PDF)]).files.get()
    # The trail is written when a transaction commits, and each row is compared with it.
    audit_trail()
    said = StringIO()
    call_command("verify", only="acme", stdout=said)
    assert "1 files hold" in said.getvalue()
    place_of(file).write_bytes(b"other")
    said = StringIO()
    with pytest.raises(CommandError, match="do not hold"):
        call_command("verify", only="acme", stdout=said)
    named = f"acme: file {file.place} of health record {file.record_id} is not what was stored."
    assert named in said.getvalue()
