"""How much may be sent: nothing too large is kept, and whoever sends it reads a sentence."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import RequestFactory
from django.urls import reverse

from clinic import uploads
from clinic.db.current import connection
from clinic.idempotency.models import SentForm
from records.documents.models import HealthRecord, Paper
from tests.conftest import ClinicClient
from tests.records.documents.factories import PDF
from tests.scheduling.factories import DoctorFactory

pytestmark = pytest.mark.django_db
Browser = Callable[..., ClinicClient]
PAGE = "documents:add_paper"
TYPED = {"kind": "licence", "title": "My licence"}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Any) -> None:
    """Limits that a test can exceed in no time."""
    monkeypatch.setattr(uploads, "LARGEST_BODY", 400_000)
    monkeypatch.setattr(uploads, "LARGEST_OF_STRANGERS", 5_000)
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def browser(client_for: Browser) -> ClinicClient:
    """A doctor's."""
    return client_for(DoctorFactory().member)


def file_of(size: int, name: str = "a.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF.ljust(size, b"\n"))


def test_a_body_that_is_too_large_is_refused_with_a_sentence(browser: ClinicClient) -> None:
    answer = browser.send(reverse(PAGE), {**TYPED, "uploads": file_of(500_000)})
    assert answer.status_code == 413
    assert "Nothing was stored" in answer.content.decode()
    assert not SentForm.objects.exists()


def test_what_is_refused_is_still_read_so_that_the_browser_reads_the_answer(acme: Any) -> None:
    sending = BytesIO(b"x" * 300_000)
    request = RequestFactory().generic("POST", "/", b"")
    request._stream, request.tenant = sending, acme  # type: ignore[attr-defined]
    assert uploads.refuse_body(request).status_code == 413
    assert sending.read() == b""


def test_a_stranger_has_no_file_to_send(anonymous: Browser, acme: Any) -> None:
    answer = anonymous(acme).send(reverse(PAGE), {**TYPED, "uploads": file_of(10_000)})
    assert answer.status_code == 413


def test_too_many_files_or_fields_are_a_sentence(browser: ClinicClient) -> None:
    files = [file_of(200) for _number in range(21)]
    assert browser.send(reverse(PAGE), {**TYPED, "uploads": files}).status_code == 413
    assert browser.send(reverse(PAGE), {f"field{number}": "x" for number in range(1100)}).status_code == 413


def test_a_body_that_breaks_off_is_a_sentence(browser: ClinicClient) -> None:
    kind = "multipart/form-data; boundary=x"
    for body in (b"", b"--x\r\n", b"no boundary at all"):
        answer = browser.generic("POST", reverse(PAGE), body, content_type=kind)
        assert answer.status_code == 400
    broken = browser.generic("POST", reverse(PAGE), b"--x", content_type="multipart/form-data")
    assert broken.status_code == 400


def test_a_file_that_is_too_large_is_cut_and_said_beside_its_field(
    browser: ClinicClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 100_000)
    monkeypatch.setattr("records.documents.intake.LARGEST_FILE", 100_000)
    answer = browser.send(reverse(PAGE), {**TYPED, "uploads": file_of(390_000)})
    assert answer.status_code == 200
    assert "a: The file is larger than" in answer.content.decode()
    assert "My licence" in answer.content.decode()
    received = answer.wsgi_request.FILES["uploads"]
    assert received.size < 100_000 + 2 * uploads.CHUNK


def test_a_large_file_waits_on_disk_and_not_in_memory(browser: ClinicClient, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000
    answer = browser.send(reverse(PAGE), {"uploads": file_of(200_000)})
    assert isinstance(answer.wsgi_request.FILES["uploads"], TemporaryUploadedFile)


def test_the_same_form_with_its_file_counts_once_and_with_another_file_not_at_all(
    browser: ClinicClient, tmp_path: Any
) -> None:
    key = {"idempotency_key": "one"}
    first = browser.send(reverse(PAGE), {**TYPED, **key, "uploads": file_of(2_000)})
    again = browser.send(reverse(PAGE), {**TYPED, **key, "uploads": file_of(2_000)})
    assert first["Location"] == again["Location"]
    assert Paper.objects.count() == 1
    stored = list((tmp_path / connection.schema_name).rglob("*.pdf"))
    assert len(stored) == 1
    # Of the same name and size, but not the same.
    other = SimpleUploadedFile("a.pdf", PDF.ljust(1_999, b"\n") + b" ")
    assert browser.send(reverse(PAGE), {**TYPED, **key, "uploads": other}).status_code == 409
    two = {**TYPED, "idempotency_key": "two"}
    browser.send(reverse(PAGE), {**two, "uploads": [file_of(300, "a.pdf"), file_of(300, "b.pdf")]})
    switched = browser.send(reverse(PAGE), {**two, "uploads": [file_of(301, "a.pdf"), file_of(300, "b.pdf")]})
    assert switched.status_code == 409
    assert not HealthRecord.objects.exists()
