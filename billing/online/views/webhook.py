"""The address that providers call. It believes nothing but a signature."""

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse, UnreadablePostError
from django.http.request import RawPostDataException
from django.shortcuts import get_object_or_404
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.online import services
from billing.online.adapters.interface import Unverified
from billing.online.models import PaymentProvider
from clinic.access import public
from clinic.db.current import connection
from clinic.http import ClinicRequest
from clinic.models import Refusal

log = structlog.get_logger(__name__)
# A message has a few thousand letters.
LARGEST = 256 * 1024


@csrf_exempt
@public
@require_POST
def receive_webhook(request: ClinicRequest, pk: str) -> HttpResponse:
    """Take in what a provider tells. 200 is answered once it is stored, and not before."""
    provider = get_object_or_404(PaymentProvider, pk=pk)
    body = body_of(request)
    if body is None:
        return said("Too much, or not whole.", 413)
    connection.audit_context = {**connection.audit_context, "actor": str(provider)}
    try:
        services.receive_webhook(provider, headers=request.headers, body=body)
    except (Unverified, Refusal) as problem:
        log.warning("webhook_refused", provider=str(provider.pk), why=str(problem))
        return said("Not believed.", 400)
    return said("Thank you.", 200)


def body_of(request: ClinicRequest) -> bytes | None:
    """What was sent, as it came; nothing when it is too long or was read as a form."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if not announced.isdecimal() or int(announced) > LARGEST:
        return None
    try:
        return request.body
    except (RawPostDataException, RequestDataTooBig, UnreadablePostError):
        return None


def said(sentence: str, status: int) -> HttpResponse:
    """A plain answer for a program."""
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
