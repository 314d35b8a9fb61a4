"""Who did what: the clinic's administrators search the trail."""

import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from clinic.access import requires
from clinic.audit.models import AuditEvent
from clinic.audit.services import record_read
from clinic.http import ClinicRequest
from records.chart.forms import TrailForm
from records.chart.trail import changes, find, may_read_content, with_patients
from records.views.charts import PAGE


@requires("records.search_trail")
@require_GET
def search_trail(request: ClinicRequest) -> HttpResponse:
    """The entries by person, patient, action and day, the latest first."""
    form = TrailForm(request.GET)
    asked = _days(form.asked())
    # One more tells that there are older ones; to count them all would read the whole trail.
    found = with_patients(find(**asked, before=_before(request))[: PAGE + 1])
    context = {"form": form, "entries": found[:PAGE], "has_older": len(found) > PAGE}
    return render(request, "chart/trail.html", context | {"is_older": "before" in request.GET})


@requires("records.search_trail")
@require_GET
def trail_entry(request: ClinicRequest, pk: int) -> HttpResponse:
    """One entry: what stood there before, and after. To read it is to open the record."""
    [entry] = with_patients([get_object_or_404(AuditEvent, pk=pk)])
    is_shown = may_read_content(entry, request.member)
    if entry.patient_id and is_shown:
        record_read(entry, patient_id=entry.patient_id)
    context = {"entry": entry, "changes": changes(entry) if is_shown else [], "is_shown": is_shown}
    return render(request, "chart/trail_entry.html", context)


def _days(asked: dict[str, Any]) -> dict[str, Any]:
    """Whole days by the clinic's clock, as moments."""
    moments = {"since": 0, "until": 1}
    for name, more in moments.items():
        if name in asked:
            day = asked[name] + datetime.timedelta(days=more)
            asked[name] = timezone.make_aware(datetime.datetime.combine(day, datetime.time()))
    return asked


def _before(request: ClinicRequest) -> int | None:
    typed = request.GET.get("before", "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else None
