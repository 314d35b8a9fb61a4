"""Bringing in what another system gave out as FHIR."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.access import requires
from clinic.fhir import services, words
from clinic.fhir.forms import SameForm, UploadForm
from clinic.http import ClinicRequest
from clinic.moving import files
from clinic.moving.models import ImportRun, Status


@requires("fhir.upload_bundles")
@require_http_methods(["GET", "POST"])
def upload_bundles(request: ClinicRequest) -> HttpResponse:
    """Choose the files; nothing is stored before it was seen what they would do."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.submit(services.upload_bundles, by=request.member):
        return redirect("fhir:bundles", form.result.pk)
    return render(request, "fhir/upload_bundles.html", {"form": form})


@requires("fhir.view_bundles")
@require_safe
def bundles(request: ClinicRequest, pk: str) -> HttpResponse:
    """One import: what it would do, how far it is, what it has done."""
    run = _run(pk)
    template = "fhir/_progress.html" if request.htmx and run.status in MOVING else "fhir/bundles.html"
    answer = render(request, template, _context(run))
    if request.htmx and run.status not in MOVING:
        # It has ended: the whole page is another one now.
        answer["HX-Refresh"] = "true"
    return answer


@requires("fhir.bring_in_bundles")
@require_POST
def bring_in_bundles(request: ClinicRequest, pk: str) -> HttpResponse:
    """Bring in what was looked at."""
    run = _run(pk)
    form = SameForm(request.POST, doubts=_seen(run).get("doubts", ()))
    if form.submit(services.bring_in_bundles, run=run, by=request.member):
        return redirect("fhir:bundles", pk)
    return render(request, "fhir/bundles.html", {**_context(run), "form": form})


MOVING = (Status.UPLOADED, Status.RUNNING)


def _run(pk: str) -> ImportRun:
    runs = ImportRun.objects.select_related("by", "undone_by")
    found: ImportRun = get_object_or_404(runs, pk=pk, kind="fhir")
    return found


def _seen(run: ImportRun) -> dict[str, Any]:
    """What the import would do, or has done."""
    if run.status in (Status.DONE, Status.UNDONE):
        return dict(run.counts)
    try:
        return services.foreseen(run)
    except files.Gone:
        return {}


def _context(run: ImportRun) -> dict[str, Any]:
    seen = _seen(run)
    lines = words.lines(seen)
    return {
        "run": run,
        "seen": seen,
        "lines": lines,
        "total": words.total(lines),
        "reasons": words.reasons(seen),
        "elements": words.elements(seen),
        "problems": run.format.get("problems", {}),
        "done": files.told(run),
        "form": SameForm(doubts=seen.get("doubts", ())),
    }
