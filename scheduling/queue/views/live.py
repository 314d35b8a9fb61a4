"""Pages that keep themselves up to date: they ask again and again, and are told when something changed."""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from clinic.http import ClinicRequest


def live(
    request: ClinicRequest, page: str, part: str, context: dict[str, Any], state: Iterable[Any]
) -> HttpResponse:
    """The whole `page`; to htmx, which says what it has seen, its `part`, or nothing when nothing changed.

    `state` is what the part shows: what is not swapped takes nobody's focus and is not read out again.
    """
    seen = hashlib.blake2s(repr(list(state)).encode(), digest_size=8).hexdigest()
    if not (request.htmx and "seen" in request.GET):
        return render(request, page, {**context, "seen": seen})
    if request.GET["seen"] == seen:
        return HttpResponse(status=204)
    return render(request, part, {**context, "seen": seen, "is_part": True})
