"""Keeping the files of a record or a paper: the content first, then its row."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from clinic.models import Refusal, relayed
from records.documents.intake import take_in
from records.documents.models import StoredFile
from records.documents.models.file import EXTENSIONS, MOST_FILES
from records.documents.storage import digest, keep


def keep_files(
    model: type[StoredFile], uploads: Sequence[UploadedFile], *, unnamed: bool = False, **belonging: Any
) -> None:
    """Take each of them in, one after the other, in their order. Raises Refusal with the file's name.

    `unnamed`: they are only counted, since the name itself may tell what few should know.
    """
    if len(uploads) > MOST_FILES:
        raise Refusal(_("Up to ten files belong together. Leave some out, or make them one PDF."), "uploads")
    for position, upload in enumerate(uploads, start=1):
        taken = take_in(upload)
        file = model(
            name=f"{position}.{EXTENSIONS[taken.media_type]}" if unnamed else taken.name,
            media_type=taken.media_type,
            size=len(taken.content),
            sha256=digest(taken.content),
            thumbnail_sha256=digest(taken.thumbnail) if taken.thumbnail else "",
            position=position,
            **belonging,
        )
        keep(file.place, taken.content)
        if taken.thumbnail:
            keep(file.thumbnail_place, taken.thumbnail)
        with relayed(model):
            file.save(force_insert=True)
