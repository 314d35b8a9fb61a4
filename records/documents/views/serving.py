"""Files leave only from here: checked, as a download, and with nothing in them that a browser would run."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from clinic.http import HANDED_OVER, ClinicRequest
from records.documents.models import StoredFile
from records.documents.storage import Altered, content_of, thumbnail_of


def handed_over(request: ClinicRequest, file: StoredFile) -> HttpResponse:
    """What was stored, as a download; a page that says so when it is not what was stored."""
    try:
        content = content_of(file)
    except Altered:
        return render(request, "documents/altered.html", {"file": file}, status=409)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=file.name),
        "Cross-Origin-Resource-Policy": "same-origin",
        **HANDED_OVER,
    }
    return HttpResponse(content, content_type=file.media_type, headers=headers)


class ShownFile(NamedTuple):
    """A file on a page. `thumbnail`: its small picture, within the page, so that it has no address."""

    file: StoredFile
    thumbnail: str
    is_altered: bool


def filed(request: ClinicRequest, files: Iterable[StoredFile]) -> dict[str, Any]:
    """What a page shows of these files; the picture that `?picture=` names, large."""
    listed, asked = list(files), request.GET.get("picture")
    large = next((file for file in listed if file.is_picture and str(file.pk) == asked), None)
    return {"files": shown(listed), "large": large}


def shown(files: Iterable[StoredFile]) -> list[ShownFile]:
    """The files as a page shows them."""
    return [_shown(file) for file in files]


def _shown(file: StoredFile) -> ShownFile:
    if not file.thumbnail_sha256:
        return ShownFile(file, "", is_altered=False)
    try:
        small = b64encode(thumbnail_of(file)).decode()
    except Altered:
        return ShownFile(file, "", is_altered=True)
    return ShownFile(file, f"data:image/webp;base64,{small}", is_altered=False)
