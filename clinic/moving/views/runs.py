"""Imports: all of them, one of them, and the way back."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.access import requires
from clinic.forms import Form
from clinic.http import ClinicRequest, carry_out
from clinic.moving import files, services
from clinic.moving.kinds import KINDS
from clinic.moving.models import ImportRun, Status, called

PER_PAGE = 25
UNDER_WAY = (Status.RUNNING, Status.UNDOING)


@requires("moving.view_imports")
@require_safe
def import_list(request: ClinicRequest) -> HttpResponse:
    """What can be brought in, and what was."""
    runs = Paginator(ImportRun.objects.latest_first(), PER_PAGE).get_page(request.GET.get("page"))
    for run in runs:
        run.kind_label = KINDS[run.kind].label if run.kind in KINDS else run.kind
    kinds = sorted(KINDS.values(), key=lambda kind: kind.position)
    return render(request, "moving/import_list.html", {"page_obj": runs, "kinds": kinds})


def asked(pk: UUID) -> ImportRun:
    """The import that is meant, with its people."""
    return get_object_or_404(ImportRun.objects.select_related("by", "undone_by"), pk=pk)


@requires("moving.view_imports")
@require_safe
def import_run(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """An import: how far it is, what came of it. One that waits is on its own page."""
    run = asked(pk)
    kind = KINDS.get(run.kind)
    if kind and (run.is_waiting or kind.is_whole):
        return redirect(kind.page, pk=run.pk)
    return render(request, "moving/import_run.html", {"run": run, "kind": kind, **told_of(run)})


@requires("moving.view_imports")
@require_safe
def progress(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """How far it is, for the page that asks again by itself; when it has ended, the page comes anew."""
    run = asked(pk)
    if run.status not in UNDER_WAY and not is_looking(run):
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    return render(request, "moving/_progress.html", {"run": run, **told_of(run)})


def is_looking(run: ImportRun) -> bool:
    """Whether it is being found out what a long table would do."""
    return services.is_being_looked_at(run) and not services.stumbled(run)


def told_of(run: ImportRun) -> dict[str, Any]:
    """How far it is, and what came of it."""
    done = files.told(run) if run.status == Status.RUNNING or run.is_waiting else 0
    return {"done": done, "of": max(run.rows, done), "records": _named(run.counts.get("records", {}))}


def _named(records: dict[str, int]) -> list[tuple[str, int]]:
    """How many records of which kind, in words."""
    return [(called(apps.get_model(label), count), count) for label, count in records.items()]


@requires("moving.discard_import")
@require_POST
def discard_import(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Put an upload away."""
    carry_out(request, services.discard_import, asked(pk), _("The file is deleted. Nothing was brought in."))
    return redirect("moving:import_list")


@requires("moving.undo_import")
@require_http_methods(["GET", "POST"])
def undo_import(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Take an import back as a whole, once that was confirmed."""
    run = asked(pk)
    if run.status != Status.DONE:
        raise Http404
    form = Form(request.POST or None)
    if request.method == "POST" and form.submit(services.undo_import, run=run, by=request.member):
        return redirect("moving:import_run", pk=run.pk)
    needing = services.dependents(run)
    context = {"run": run, "form": form, "needing": needing, "changed": services.changed_since(run)}
    context["records"] = _named(services.made_by(run))
    return render(request, "moving/undo_import.html", context)
