"""PDFs are kept as they came, so what can act by itself in them is looked for and refused.

Names as in ISO 32000-1: actions (12.6.4), embedded files (7.11.4), encryption (7.6), XFA forms (12.7.8). They
may be written with #-escapes (7.3.5) or lie in compressed object streams (7.5.7); both are undone first. What
is not found does not run either: a PDF is only ever handed out as a download.
"""

import re
import zlib
from collections.abc import Iterator

from django.utils.translation import gettext as _

from clinic.models import Refusal

HEAD = re.compile(rb"%PDF-[12]\.\d")
ENDING = 2048
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")
# What stands before a stream and says what it is.
WINDOW = 1024
# A picture says nothing; of other streams so much is unpacked, and of a whole file no more than so much.
MOST_OF_PICTURE, MOST_OF_STREAM, MOST_OF_FILE = 64 * 1024, 8 * 2**20, 64 * 2**20
MOST_STREAMS, MOST_ESCAPES, PIECE = 20_000, 200_000, 64 * 1024
ENCRYPTED = re.compile(rb"/Encrypt(?![A-Za-z])")
ACTING = re.compile(
    rb"/(JavaScript|Launch|EmbeddedFiles?|RichMedia|SubmitForm|ImportData|GoToE|XFA)(?![A-Za-z])"
)


def inspect(content: bytes) -> None:
    """Refuse a PDF that is not whole, is locked, or could do something by itself."""
    if not HEAD.match(content) or b"%%EOF" not in content[-ENDING:] or b"startxref" not in content:
        raise Refusal(_("This PDF is damaged or not whole."))
    for part in _parts(content):
        plain = _unescaped(part)
        if ENCRYPTED.search(plain):
            raise Refusal(_("This PDF is protected. Save it without a password and send it again."))
        if ACTING.search(plain):
            raise Refusal(_("This PDF holds a program or another file. Print it as a PDF and send that one."))


def _unescaped(part: bytes) -> bytes:
    if part.count(b"#") > MOST_ESCAPES:
        raise _too_much()
    return ESCAPED.sub(lambda escape: bytes([int(escape[1], 16)]), part)


def _parts(content: bytes) -> Iterator[bytes]:
    """The file as it is, and what its streams unpack to."""
    yield content
    unpacked = 0
    for number, stream in enumerate(STREAM.finditer(content)):
        part = _unpacked(content, stream.end(), _most_of(content, stream.start()))
        unpacked += len(part)
        if unpacked > MOST_OF_FILE or number > MOST_STREAMS:
            raise _too_much()
        yield part


def _most_of(content: bytes, start: int) -> int:
    """How much of the stream that begins at `start` is looked at."""
    before = content[max(start - WINDOW, 0) : start]
    is_picture = b"/Image" in before[before.rfind(b"endobj") + 1 :] and b"ObjStm" not in _unescaped(before)
    return MOST_OF_PICTURE if is_picture else MOST_OF_STREAM


def _unpacked(content: bytes, start: int, most: int) -> bytes:
    """Up to `most` bytes of what a compressed stream holds; nothing of one that is not compressed."""
    opener, parts, left = zlib.decompressobj(), [], most
    try:
        for place in range(start, len(content), PIECE):
            parts.append(opener.decompress(content[place : place + PIECE], left))
            left -= len(parts[-1])
            if left <= 0 or opener.eof:
                break
    except zlib.error:
        pass
    return b"".join(parts)


def _too_much() -> Refusal:
    return Refusal(_("This PDF unpacks to more than can be looked through."))
