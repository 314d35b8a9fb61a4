"""What comes in from outside: recognised by its content, never by its name or by what the sender says."""

import re
import unicodedata
from typing import NamedTuple

import filetype
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from clinic.models import Refusal
from clinic.pictures import draw_anew
from clinic.uploads import LARGEST_FILE
from records.documents.models import LARGEST_STORED
from records.documents.models.file import EXTENSIONS
from records.documents.sheets import inspect

PICTURES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# Letters that cannot be seen and may turn a name around or cut it off, and those that part folders.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
PARTING = re.compile(r"[/\\:*?\"<>|]+")
# Of a name: the ending, and one of ours before it.
ENDING = re.compile(rf"(\.({'|'.join(EXTENSIONS.values())}|jpeg))?\.[A-Za-z0-9]{{1,5}}$", re.IGNORECASE)
LONGEST_NAME = 120


class Taken(NamedTuple):
    """A file as it is going to be stored; `thumbnail` is empty for what is no picture."""

    name: str
    media_type: str
    content: bytes
    thumbnail: bytes


def take_in(upload: UploadedFile) -> Taken:
    """The file of an upload, safe to be kept. Raises Refusal with a sentence that names the file."""
    name = clean_name(upload.name or "")
    try:
        return _taken(upload, name)
    except Refusal as refusal:
        raise Refusal(f"{name}: {refusal.message}", "uploads") from refusal


def _taken(upload: UploadedFile, name: str) -> Taken:
    if not upload.size:
        raise Refusal(_("The file is empty."))
    if upload.size > LARGEST_FILE:
        raise Refusal(_("The file is larger than 20 MB. Send a smaller one."))
    upload.seek(0)
    content = upload.read()
    media_type = filetype.guess_mime(content)
    if media_type not in EXTENSIONS:
        raise Refusal(_("Only PDF, JPEG, PNG and WebP files are kept. Send it as one of these."))
    thumbnail = b""
    if media_type in PICTURES:
        content, thumbnail = draw_anew(content, PICTURES[media_type])
    else:
        inspect(content)
    if len(content) > LARGEST_STORED:
        raise Refusal(_("This picture is too large. Send it with fewer pixels."))
    return Taken(f"{name}.{EXTENSIONS[media_type]}", media_type, content, thumbnail)


def clean_name(name: str) -> str:
    """The name of a file as it may be shown and offered: no folder, nothing unseen, no ending."""
    name = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(letter for letter in name if unicodedata.category(letter) not in UNSEEN)
    stem = ENDING.sub("", PARTING.sub(" ", seen))
    return " ".join(stem.split()).strip(". ")[:LONGEST_NAME] or _("file")
