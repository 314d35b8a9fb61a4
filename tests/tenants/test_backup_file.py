"""The file of a backup: whatever is changed in it is found before anything is restored."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic.models import Refusal
from tenants.backup import container
from tenants.backup.archive import archive_at
from tenants.backup.checking import check_backup
from tenants.backup.container import CHUNK, TAG, Unfit, is_sealed, opened, sealing, written

PASSWORD = "a long password for a backup"
ROWS = b"1\tAda\n2\tBola\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that is made quickly; its cost stands in the header."""
    monkeypatch.setattr(container, "LOG_N", 4)


@pytest.fixture(params=["plain", "sealed"])
def password(request: pytest.FixtureRequest) -> str:
    return PASSWORD if request.param == "sealed" else ""


def noise(size: int) -> bytes:
    """What cannot be packed any smaller."""
    return hashlib.shake_256(b"noise").digest(size)


def a_backup(path: Path, password: str) -> None:
    """Header, a table, a file that fills chunks, the manifest."""
    with archive_at(path, sealing(password) if password else None) as archive:
        archive.add_json("shared/clinic.json", {"name": "Acme"})
        table = archive.add_content("tables/members_member.copy", ROWS)
        archive.add_content("files/ab/scan.pdf", noise(3 * CHUNK))
        told = {"columns": ["id", "name"], "rows": 2, "sha256": table["sha256"]}
        archive.finish({"tables": {"members_member": told}, "files": 1})


def spots(size: int) -> Iterator[int]:
    """Each of the first bytes, the last ones, around the chunks' ends, and some anywhere."""
    yield from range(200)
    yield from range(size - 80, size)
    yield from (CHUNK * n + around for n in (1, 2) for around in (-TAG, 0, TAG))
    yield from range(0, size, size // 60)


def test_what_was_written_is_read_again(tmp_path: Path, password: str) -> None:
    path = tmp_path / "a.backup"
    a_backup(path, password)
    assert check_backup(path, password)["files"] == 1
    assert is_sealed(path) == bool(password)
    assert path.stat().st_mode & 0o777 == 0o600
    if password:
        assert ROWS not in path.read_bytes()


def test_one_changed_bit_anywhere_is_refused(tmp_path: Path, password: str) -> None:
    path, other = tmp_path / "a.backup", tmp_path / "b.backup"
    a_backup(path, password)
    whole = path.read_bytes()
    for number, spot in enumerate(spots(len(whole))):
        changed = bytearray(whole)
        changed[spot] ^= 1 << number % 8
        other.write_bytes(changed)
        with pytest.raises(Refusal):
            check_backup(other, password)


def test_an_end_that_is_cut_off_or_added_is_refused(tmp_path: Path, password: str) -> None:
    path, other = tmp_path / "a.backup", tmp_path / "b.backup"
    a_backup(path, password)
    whole = path.read_bytes()
    header = whole.index(b"}\n") + 2
    ends = [0, 5, header, header + CHUNK, header + CHUNK + TAG, header + 2 * (CHUNK + TAG), len(whole) - 1]
    for end in ends:
        other.write_bytes(whole[:end])
        with pytest.raises(Refusal):
            check_backup(other, password)
    for more in (b"x", b"\0" * (CHUNK + TAG)):
        other.write_bytes(whole + more)
        with pytest.raises(Refusal):
            check_backup(other, password)


def test_chunks_that_change_places_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    a_backup(path, PASSWORD)
    whole = path.read_bytes()
    header, size = whole.index(b"}\n") + 2, CHUNK + TAG
    first, second = whole[header : header + size], whole[header + size : header + 2 * size]
    path.write_bytes(whole[:header] + second + first + whole[header + 2 * size :])
    with pytest.raises(Unfit), opened(path, PASSWORD) as reader:
        reader.read()


def test_a_stream_that_was_put_together_wrongly_is_refused_too(tmp_path: Path) -> None:
    """Without a password anybody can write a digest that fits."""
    whole, path = tmp_path / "a.backup", tmp_path / "b.backup"
    a_backup(whole, "")
    with opened(whole) as reader:
        stream = reader.read()
    for end in (0, 5, 100, CHUNK, 2 * CHUNK, len(stream) - 9):
        path.unlink(missing_ok=True)
        with written(path, None) as writer:
            writer.write(stream[:end])
        with pytest.raises(Unfit):
            check_backup(path)


def test_another_password_and_none_are_refused_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    a_backup(path, PASSWORD)
    with pytest.raises(Unfit, match="password is wrong"):
        check_backup(path, "another password")
    with pytest.raises(Unfit, match="is encrypted"):
        check_backup(path)


def test_a_later_format_and_no_backup_at_all_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    path.write_bytes(b"CLINIC-BACKUP 2\nanything")
    with pytest.raises(Unfit, match="later version"):
        check_backup(path)
    path.write_bytes(b"PK\x03\x04 a zip")
    with pytest.raises(Unfit, match="no backup"):
        check_backup(path)
    with pytest.raises(Unfit, match="cannot be read"):
        check_backup(tmp_path / "nowhere")


def test_a_header_that_asks_for_a_whole_computer_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    header = {"cipher": "AES-256-GCM", "kdf": "scrypt", "log_n": 40, "salt": "00" * 16}
    path.write_bytes(container.MAGIC + json.dumps(header).encode() + b"\n" + b"x" * 100)
    with pytest.raises(Unfit, match="damaged"):
        check_backup(path, PASSWORD)


@pytest.mark.parametrize("name", ["files/../../etc/passwd", "/etc/passwd", "files/a\nb", ""])
def test_a_part_never_leads_out_of_its_folder(tmp_path: Path, name: str) -> None:
    path = tmp_path / "a.backup"
    with archive_at(path, None) as archive:
        archive.add_content(name, b"x")
        archive.finish({"tables": {}, "files": 1})
    with pytest.raises(Unfit):
        check_backup(path)


@pytest.mark.parametrize(
    "told",
    [
        {"tables": {"members_member": {"columns": [], "rows": 3, "sha256": "x"}}, "files": 1},
        {"tables": {}, "files": 1},
        {"tables": {}, "files": 0},
        {},
    ],
)
def test_a_manifest_that_says_otherwise_is_refused(tmp_path: Path, told: dict[str, Any]) -> None:
    path = tmp_path / "a.backup"
    with archive_at(path, None) as archive:
        archive.add_content("tables/members_member.copy", ROWS)
        archive.add_content("files/ab/scan.pdf", b"x")
        archive.finish(told)
    with pytest.raises(Unfit):
        check_backup(path)


def test_what_ends_before_its_manifest_is_refused_and_a_failure_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    with archive_at(path, None) as archive:
        archive.add_content("files/ab/scan.pdf", b"x")
    with pytest.raises(Unfit):
        check_backup(path)
    path.unlink()
    with pytest.raises(ZeroDivisionError), written(path, None) as writer:
        writer.write(b"half" * (1 // 0))
    assert list(tmp_path.iterdir()) == []


def test_the_stream_is_what_was_written_whatever_its_length(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    for size in (0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK):
        content = noise(size)
        for sealed in (None, sealing(PASSWORD)):
            path.unlink(missing_ok=True)
            with written(path, sealed) as writer:
                writer.write(content)
            with opened(path, PASSWORD) as reader:
                assert reader.read() == content


def test_an_end_cut_off_between_two_chunks_is_noticed_by_the_last_chunk(tmp_path: Path) -> None:
    path = tmp_path / "a.backup"
    with written(path, sealing(PASSWORD)) as writer:
        writer.write(noise(3 * CHUNK))
    path.write_bytes(path.read_bytes()[: -(CHUNK + TAG)])
    with pytest.raises(Unfit), opened(path, PASSWORD) as reader:
        reader.read()
