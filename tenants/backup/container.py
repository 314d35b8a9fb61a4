"""The file of a backup: a line that says what it is, a header, and a stream nobody changes unseen.

    CLINIC-BACKUP 1\\n
    {"cipher": "none"}\\n                              the header, one line of JSON
    <the stream><SHA-256 of all before, 32 bytes>

or, with a password,

    CLINIC-BACKUP 1\\n
    {"cipher": "AES-256-GCM", "kdf": "scrypt", "log_n": 17, "salt": "<32 hex digits>"}\\n
    <chunk><chunk>…<last chunk>

Each chunk is 64 KiB of the stream (the last one less) under AES-256-GCM, 16 bytes longer for its tag. The
nonce is the chunk's number (11 bytes, big-endian) and 1 for the last chunk, 0 for all others; the additional
data is the SHA-256 of everything before the first chunk. So no chunk can be changed, moved, left out or put
in, and no end cut off: the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online Authenticated-
Encryption and its Nonce-Reuse Misuse-Resistance, CRYPTO 2015) as the age format uses it (C2SP, age.md). The
key is scrypt's (RFC 7914) of the password: N = 2^17, r = 8, p = 1 as OWASP's Password Storage Cheat Sheet
asks for, with a salt of its own for each file, so that no nonce meets a key twice.
"""

import hashlib
import hmac
import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from clinic.models import Refusal

MAGIC = b"CLINIC-BACKUP 1\n"
FAMILY = b"CLINIC-BACKUP "
LOG_N = 17
# A header that asks for more memory than a gigabyte (2^20) is refused unread.
MOST_LOG_N = 20
CHUNK = 1 << 16
TAG = 16
DIGEST = hashlib.sha256().digest_size
LONGEST_HEADER = 1000


class Unfit(Refusal):
    """The file is no whole backup that can be used here; the sentence says why."""


def damaged() -> Unfit:
    """What is said of a file that is not what was written."""
    return Unfit(_("This file is damaged or was changed: it is not what was written. Nothing was restored."))


def too_new() -> Unfit:
    """What is said of a file that this system is too old for."""
    return Unfit(_("This backup was made by a later version of the system. Bring this one up to date."))


class PlainWriter(io.RawIOBase):
    """Writes the stream as it is, and a digest of everything at its end."""

    def __init__(self, file: IO[bytes], opening: bytes) -> None:
        self.file = file
        self.digest = hashlib.sha256(opening)

    def writable(self) -> bool:
        """As a file is."""
        return True

    def write(self, data: Any, /) -> int:
        """Pass on, and count in."""
        content = bytes(data)
        self.digest.update(content)
        self.file.write(content)
        return len(content)

    def finish(self) -> None:
        """End the file; without this it is no backup."""
        self.file.write(self.digest.digest())


class SealingWriter(io.RawIOBase):
    """Writes the stream in sealed chunks."""

    def __init__(self, file: IO[bytes], opening: bytes, key: bytes) -> None:
        self.file = file
        self.about = hashlib.sha256(opening).digest()
        self.box = AESGCM(key)
        self.rest = bytearray()
        self.number = 0

    def writable(self) -> bool:
        """As a file is."""
        return True

    def write(self, data: Any, /) -> int:
        """Seal what fills a chunk; a full chunk waits, for it may be the last."""
        content = bytes(data)
        self.rest += content
        while len(self.rest) > CHUNK:
            self._seal(bytes(self.rest[:CHUNK]), is_last=False)
            del self.rest[:CHUNK]
        return len(content)

    def finish(self) -> None:
        """Seal the last chunk; without this it is no backup."""
        self._seal(bytes(self.rest), is_last=True)

    def _seal(self, content: bytes, *, is_last: bool) -> None:
        self.file.write(self.box.encrypt(_nonce(self.number, is_last=is_last), content, self.about))
        self.number += 1


class Reader(io.RawIOBase):
    """The stream, read from its parts. Raises Unfit for a part that is not what was written."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts = parts
        self.rest = b""

    def readable(self) -> bool:
        """As a file is."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """As much as there is of the present part."""
        while not self.rest:
            part = next(self.parts, None)
            if part is None:
                return 0
            self.rest = part
        count = min(len(buffer), len(self.rest))
        buffer[:count], self.rest = self.rest[:count], self.rest[count:]
        return count


def key_of(password: str, salt: bytes, log_n: int = LOG_N) -> bytes:
    """The key that a password makes (RFC 7914)."""
    return Scrypt(salt=salt, length=32, n=1 << log_n, r=8, p=1).derive(password.encode())


def sealing(password: str) -> tuple[dict[str, Any], bytes]:
    """The header of a file under this password, and its key."""
    salt = os.urandom(16)
    header = {"cipher": "AES-256-GCM", "kdf": "scrypt", "log_n": LOG_N, "salt": salt.hex()}
    return header, key_of(password, salt, LOG_N)


@contextmanager
def written(path: Path, sealed: tuple[dict[str, Any], bytes] | None) -> Iterator[Any]:
    """Write a backup to `path`, whole or not at all: to a file beside it first, for its owner's eyes only."""
    part = path.with_name(f"{path.name}.part")
    header, key = sealed or ({"cipher": "none"}, b"")
    opening = MAGIC + json.dumps(header).encode() + b"\n"
    try:
        with open(part, "xb", opener=_for_the_owner) as file:
            file.write(opening)
            writer = SealingWriter(file, opening, key) if key else PlainWriter(file, opening)
            yield writer
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def opened(path: Path, password: str = "") -> Iterator[Reader]:
    """The stream of a backup. What is left unread at the end is read too: the end proves the whole."""
    with _file(path) as file:
        opening = _opening(file)
        header = _header(opening)
        if header["cipher"] == "none":
            _check_digest(path)
            parts = _plain_parts(file, path.stat().st_size - len(opening) - DIGEST)
        else:
            parts = _opened_parts(file, opening, _key(header, password))
        yield Reader(parts)
        for _part in parts:
            pass


def is_sealed(path: Path) -> bool:
    """Whether the file needs a password. Raises Unfit."""
    with _file(path) as file:
        return bool(_header(_opening(file))["cipher"] != "none")


def _file(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise Unfit(_("The file cannot be read: %(why)s.") % {"why": error.strerror or error}) from error


def _opening(file: IO[bytes]) -> bytes:
    first = file.readline(len(MAGIC))
    if first != MAGIC:
        if first.startswith(FAMILY) and first[len(FAMILY) : -1].isdigit():
            raise too_new()
        raise Unfit(_("This file is no backup of a clinic, or its beginning was changed."))
    return first + file.readline(LONGEST_HEADER)


def _header(opening: bytes) -> dict[str, Any]:
    try:
        header = json.loads(opening[len(MAGIC) :])
        known = header == {"cipher": "none"} or (
            (header["cipher"], header["kdf"]) == ("AES-256-GCM", "scrypt")
            and 1 <= header["log_n"] <= MOST_LOG_N
            and len(bytes.fromhex(header["salt"])) == 16
        )
    except (ValueError, KeyError, TypeError) as error:
        raise damaged() from error
    if not known or not opening.endswith(b"\n"):
        raise damaged()
    return dict(header)


def _key(header: dict[str, Any], password: str) -> bytes:
    if not password:
        raise Unfit(_("This backup is encrypted. Its password is needed."), "password")
    return key_of(password, bytes.fromhex(header["salt"]), header["log_n"])


def _check_digest(path: Path) -> None:
    size = path.stat().st_size - DIGEST
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while size > 0 and (part := file.read(min(size, CHUNK))):
            digest.update(part)
            size -= len(part)
        if size or not hmac.compare_digest(file.read(), digest.digest()):
            raise damaged()


def _plain_parts(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size > 0 and (part := file.read(min(size, CHUNK))):
        size -= len(part)
        yield part


def _opened_parts(file: IO[bytes], opening: bytes, key: bytes) -> Iterator[bytes]:
    about, box, number = hashlib.sha256(opening).digest(), AESGCM(key), 0
    chunk = file.read(CHUNK + TAG)
    is_last = False
    while not is_last:
        following = file.read(CHUNK + TAG)
        is_last = not following
        try:
            yield box.decrypt(_nonce(number, is_last=is_last), chunk, about)
        except InvalidTag as error:
            raise _does_not_open(number) from error
        chunk, number = following, number + 1


def _does_not_open(number: int) -> Unfit:
    if number:
        return damaged()
    return Unfit(_("The password is wrong, or the file was changed. Nothing was restored."), "password")


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
