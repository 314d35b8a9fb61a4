"""How much anybody may send: a body that is too large is neither kept in memory nor on disk, nor a crash.

Django's own limit (DATA_UPLOAD_MAX_MEMORY_SIZE) counts fields only; of files it takes what comes.
"""

from contextlib import suppress
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

LARGEST_FILE = 20 * 1024 * 1024
# Of a form with all its files. Who is not signed in has no file to send.
LARGEST_BODY = 64 * 1024 * 1024
LARGEST_OF_STRANGERS = 1024 * 1024
# What is still read of a body that is refused, so that the browser reads the answer before the line is cut.
DRAINED = 512 * 1024 * 1024
CHUNK = 64 * 1024


class CuttingHandler(FileUploadHandler):
    """The first of the handlers: no body beyond its limit, and of a file only enough to see it is too large.

    The form then says so beside its field, with everything else that was typed.
    """

    def handle_raw_input(
        self, input_data: Any, meta: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        """Refuse a body by the length it announces, before any of it is read."""
        user = getattr(self.request, "user", None)
        if content_length > (LARGEST_BODY if user and user.is_authenticated else LARGEST_OF_STRANGERS):
            raise RequestDataTooBig

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Hand on what belongs to a file of a permitted size, and the piece with which it exceeds it."""
        return raw_data if start <= LARGEST_FILE else None

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""


def refuse_body(request: HttpRequest) -> HttpResponse:
    """The page that says the form was too large, once the rest of it has been read and forgotten."""
    left = DRAINED
    with suppress(OSError):
        while left > 0 and (chunk := request.read(CHUNK)):
            left -= len(chunk)
    megabytes = {"file": LARGEST_FILE // 2**20, "body": LARGEST_BODY // 2**20}
    return render(request, "413.html", megabytes, status=413)
