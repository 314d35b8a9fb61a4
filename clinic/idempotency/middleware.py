"""Every form counts once.

A POST runs as one transaction together with the row of its key. Two copies of it meet on that row: the
second waits, then gets the first one's redirect. A worker killed half way leaves neither row nor booking.
An answer that is not a redirect (a form with errors, a refusal, a crash) leaves nothing behind.
"""

import hashlib
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render

from clinic.idempotency.models import SentForm
from clinic.uploads import refuse_body

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

FIELD = "idempotency_key"
# What our pages write there, and what a column of a payment can hold.
KEY = re.compile(r"[ -~]{1,64}")
CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# Forms that others render: sign-in must work again and again, the admin has its own tokens per page. What a
# payment service tells is no form at all: it has a number of its own.
WITHOUT_KEY = ("account_", "mfa_", "admin:", "online:receive_webhook")


class IdempotencyMiddleware:
    """The innermost middleware: whatever the view stores, it stores with the key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; a changing one inside a transaction that only a redirect commits."""
        if request.method not in CHANGING:
            return self.get_response(request)
        unread = unreadable(request)
        if unread:
            return unread
        key = request.POST.get(FIELD, "")
        has_key = KEY.fullmatch(key) is not None
        with transaction.atomic():
            response = self._answer_once(request, key) if has_key else self._answer_without_key(request)
            # Without a key (sign-in, the admin) a refused form may leave a trace: the failed attempt.
            if response.status_code >= 500 or (has_key and not _is_redirect(response)):
                transaction.set_rollback(True)
        return response

    def _answer_without_key(self, request: HttpRequest) -> HttpResponse:
        request.lacks_idempotency_key = True  # type: ignore[attr-defined]
        return self.get_response(request)

    def _answer_once(self, request: HttpRequest, key: str) -> HttpResponse:
        mine = SentForm(key=hashlib.sha256(key.encode()).hexdigest(), fingerprint=_fingerprint(request))
        # Waits here while another request holds the key, until it commits or leaves no trace.
        if not SentForm.objects.insert_unless_taken(mine):
            return _replay(request, mine)
        response = self.get_response(request)
        if _is_redirect(response):
            SentForm.objects.filter(pk=mine.pk).update(location=response["Location"])
        return response

    def process_view(
        self, request: HttpRequest, view: Callable, args: tuple, kwargs: dict
    ) -> HttpResponse | None:
        """Refuse a form of ours that carries no key, or none of ours."""
        if not getattr(request, "lacks_idempotency_key", False):
            return None
        match = request.resolver_match
        if match and match.view_name and match.view_name.startswith(WITHOUT_KEY):
            return None
        return render(request, "400.html", status=400)


def unreadable(request: HttpRequest) -> HttpResponse | None:
    """The answer to a form that cannot be read, None to one that can; asked by whoever reads it first."""
    try:
        request.POST.get(FIELD, "")
    except (BadRequest, MultiPartParserError, UnreadablePostError):
        # Not UTF-8, or broken off. Answered here: Django's own page reads the form again and fails.
        return render(request, "400.html", status=400)
    except (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent):
        return refuse_body(request)
    return None


def _fingerprint(request: HttpRequest) -> str:
    """What makes two sendings the same: address, sender, fields, and the names and content of files."""
    user_id = request.session.get("_auth_user_id", "")
    parts = [request.method or "", request.path, str(user_id)]
    for name, values in sorted(request.POST.lists()):
        if name not in (FIELD, "csrfmiddlewaretoken"):
            parts += [name, *values]
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            parts += [name, file.name or "", _digest(file)]
    text = "\x1f".join(parts)
    return hashlib.sha256(f"{settings.SECRET_KEY}\x1f{text}".encode()).hexdigest()


def _digest(file: "UploadedFile") -> str:
    """The hash of a file's content, of which no more than a piece is in memory."""
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _replay(request: HttpRequest, mine: SentForm) -> HttpResponse:
    sent = SentForm.objects.get(pk=mine.pk)
    if sent.fingerprint != mine.fingerprint:
        return render(request, "409.html", status=409)
    return HttpResponseRedirect(sent.location)


def _is_redirect(response: HttpResponse) -> bool:
    # A way to the sign-in page (accounts.members.gate) does not use the key up.
    return 300 <= response.status_code < 400 and not getattr(response, "leaves_nothing", False)
