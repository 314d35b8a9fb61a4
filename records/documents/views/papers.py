"""Handing papers in, and deciding on them."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest, carry_out
from records.documents import services
from records.documents.forms import PaperForm
from records.documents.models import Paper, PaperFile
from records.documents.views.serving import filed, handed_over

PAGE = 25
SHOWN = {"pending", "expiring"}


@requires("documents.paper_list")
@require_GET
def paper_list(request: ClinicRequest) -> HttpResponse:
    """The papers one may see: those to be checked, those that run out, or all; perhaps one person's."""
    found = Paper.objects.visible_to(request.member).with_people()
    if person := request.GET.get("person"):
        found = found.of(person)
    shown_ones = request.GET.get("show", "")
    if shown_ones in SHOWN:
        found = getattr(found, shown_ones)()
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return render(request, "documents/paper_list.html", {"page_obj": page, "shown": shown_ones})


@requires("documents.add_paper")
@require_http_methods(["GET", "POST"])
def add_paper(request: ClinicRequest) -> HttpResponse:
    """Hand a paper in."""
    initial = {"member": request.member.pk}
    form = PaperForm(request.POST or None, request.FILES or None, by=request.member, initial=initial)
    if request.method == "POST" and form.submit(services.add_paper, by=request.member):
        messages.success(request, _("The paper is handed in. You are told when it has been checked."))
        return redirect("documents:paper", form.result.pk)
    return render(request, "documents/add_paper.html", {"form": form})


@requires("documents.paper")
@require_GET
def paper(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One paper with its files, and what became of it."""
    found = _paper(request, pk)
    record_read(found)
    context = {"paper": found, **filed(request, found.files.all())}
    return render(request, "documents/paper.html", context)


@requires("documents.paper_file")
@require_GET
def paper_file(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A file of a paper, as a download."""
    visible = Paper.objects.visible_to(request.member)
    found = get_object_or_404(PaperFile.objects.filter(paper__in=visible), pk=pk)
    record_read(found, reason="file")
    return handed_over(request, found)


@requires("documents.verify_paper")
@require_POST
def verify_paper(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that the paper is genuine."""
    carry_out(request, services.verify_paper, _paper(request, pk), _("The paper is verified."))
    return redirect("documents:paper", pk)


@requires("documents.reject_paper")
@require_http_methods(["GET", "POST"])
def reject_paper(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that the paper cannot be accepted, and why."""
    found = _paper(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(services.reject_paper, paper=found, by=request.member):
        messages.success(request, _("The paper is rejected; its owner is told."))
        return redirect("documents:paper", pk)
    return render(request, "documents/reject_paper.html", {"paper": found, "form": form})


def _paper(request: ClinicRequest, pk: uuid.UUID) -> Paper:
    return get_object_or_404(Paper.objects.visible_to(request.member).with_people(), pk=pk)
