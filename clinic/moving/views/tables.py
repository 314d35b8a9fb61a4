"""Tables: upload, look, decide, start."""

import functools
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.moving import services
from clinic.moving.forms import DecideForm, MappingForm, ShapeForm, StartForm, UploadForm
from clinic.moving.models import ImportRun
from clinic.moving.reading import Shape
from clinic.moving.tables import TAKERS, Taker
from clinic.moving.tables.plan import Outcome, taker_of
from clinic.moving.tables.shown import DIFFERS, Shown, shown
from clinic.moving.views.runs import asked, told_of
from clinic.tables import Table, is_file_kind, table_response

PER_PAGE = 50


@requires("moving.upload_table")
@require_http_methods(["GET", "POST"])
def upload_table(request: ClinicRequest) -> HttpResponse:
    """Send a table in."""
    taker = _taker(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.submit(services.upload_table, kind=taker.name, by=request.member):
        return redirect("moving:preview_import", pk=form.result.pk)
    return render(request, "moving/upload_table.html", {"form": form, "taker": taker})


@requires("moving.upload_table")
@require_safe
def template_file(request: ClinicRequest) -> HttpResponse:
    """An empty table with every column and one example."""
    taker, kind = _taker(request), request.GET.get("as")
    if not is_file_kind(kind):
        raise Http404
    head = [str(column.label) for column in taker.columns]
    rows = [[column.example for column in taker.columns]]
    return table_response(Table(str(taker.label), head, rows), str(kind), taker.name)


def _taker(request: ClinicRequest) -> type[Taker]:
    try:
        return TAKERS[request.GET.get("kind", "patients")]
    except KeyError:
        raise Http404 from None


def _waiting(pk: UUID) -> ImportRun:
    """A table of which nothing was brought in yet."""
    run = asked(pk)
    if not run.is_waiting or run.kind not in TAKERS:
        raise Http404
    return run


@requires("moving.preview_import")
@require_safe
def preview_import(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """What was recognised, which column is which, and what would happen."""
    run = asked(pk)
    if not run.is_waiting:
        return redirect("moving:import_run", pk=run.pk)
    return _page(request, _waiting(pk))


def _page(request: ClinicRequest, run: ImportRun, **forms: Any) -> HttpResponse:
    if services.is_being_looked_at(run):
        told = {"run": run, "taker": taker_of(run), "stumbled": services.stumbled(run), **told_of(run)}
        return render(request, "moving/looking_at_table.html", told)
    plan, show = shown(run), request.GET.get("show", "")
    lines = [line for line in plan.lines if show in ("", line.outcome) or (show == DIFFERS and line.differs)]
    context = {
        "run": run,
        "taker": taker_of(run),
        "plan": plan,
        "show": show,
        "tabs": [("", _("All"), len(plan.lines)), *_tabs(plan)],
        "refused": plan.counts[Outcome.REFUSED],
        "page_obj": Paginator(lines, PER_PAGE).get_page(request.GET.get("page")),
        "shape_form": _shape_form(run),
        "mapping_form": MappingForm(taker=taker_of(run), plan=plan, mapping=run.mapping),
        "start_form": StartForm(),
    }
    return render(request, "moving/preview_import.html", context | forms)


def _shape_form(run: ImportRun, *sent: Any) -> ShapeForm:
    return ShapeForm(*sent, shape=Shape.of(run.format), sheets=run.format.get("sheets", []))


def _tabs(plan: Shown) -> list[tuple[str, Any, int]]:
    tabs = [(str(each), each.label, plan.counts[each]) for each in Outcome]
    return [tab for tab in [*tabs, (DIFFERS, _("Changed there since"), plan.counts[DIFFERS])] if tab[2]]


def _once_looked_at(view: Callable[[ClinicRequest, ImportRun], HttpResponse]) -> Callable[..., HttpResponse]:
    """The view gets the import; while that is being looked at, the page that tells so comes instead."""

    @functools.wraps(view)
    def answer(request: ClinicRequest, pk: UUID) -> HttpResponse:
        run = _waiting(pk)
        if services.is_being_looked_at(run):
            return redirect("moving:preview_import", pk=pk)
        return view(request, run)

    return answer


@requires("moving.preview_import")
@require_POST
@_once_looked_at
def change_shape(request: ClinicRequest, run: ImportRun) -> HttpResponse:
    """Read the file otherwise."""
    form = _shape_form(run, request.POST)
    if form.submit(services.change_shape, run=run, by=request.member):
        return redirect("moving:preview_import", pk=run.pk)
    return _page(request, _waiting(run.pk), shape_form=form)


@requires("moving.preview_import")
@require_POST
@_once_looked_at
def map_columns(request: ClinicRequest, run: ImportRun) -> HttpResponse:
    """Say which column is which."""
    form = MappingForm(request.POST, taker=taker_of(run), plan=shown(run), mapping=run.mapping)
    if form.submit(services.map_columns, run=run, by=request.member):
        return redirect("moving:preview_import", pk=run.pk)
    return _page(request, run, mapping_form=form)


@requires("moving.preview_import")
@require_POST
@_once_looked_at
def decide_row(request: ClinicRequest, run: ImportRun) -> HttpResponse:
    """Bring a row in that may be here already, or leave it out."""
    form = DecideForm(request.POST)
    if not form.submit(services.decide_row, run=run, by=request.member):
        messages.error(request, _("There is nothing to decide about this row."))
    answer = redirect("moving:preview_import", pk=run.pk)
    answer["Location"] += f"?show={Outcome.DUPLICATE}"
    return answer


@requires("moving.preview_import")
@require_safe
@_once_looked_at
def problem_file(request: ClinicRequest, run: ImportRun) -> HttpResponse:
    """Every problem as a table, to be mended in the old system."""
    kind = request.GET.get("as", "csv")
    if not is_file_kind(kind):
        raise Http404
    head = [_("Line"), _("Column"), _("Problem"), _("Row")]
    return table_response(Table(_("Problems"), head, shown(run).problems), kind, "problems")


@requires("moving.start_import")
@require_POST
@_once_looked_at
def start_table(request: ClinicRequest, run: ImportRun) -> HttpResponse:
    """Bring it in."""
    form = StartForm(request.POST)
    if form.submit(services.start_table, run=run, by=request.member):
        return redirect("moving:import_run", pk=run.pk)
    return _page(request, run, start_form=form)
