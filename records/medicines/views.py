"""What the check knows of medicines, and the clinic's own lists."""

import csv
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from clinic.access import requires
from clinic.http import ClinicRequest
from clinic.tables import harmless
from records.medicines import services
from records.medicines.forms import LoadForm, LookUpForm
from records.medicines.reading import read
from records.terminology.models import Interaction, MedicineName, Substance

PLATFORM: dict[str, Any] = {model.SHAPE.name: model for model in (Substance, MedicineName, Interaction)}


@requires("medicines.view_medicines")
@require_GET
def medicine_lists(request: ClinicRequest) -> HttpResponse:
    """How much the check knows, and what it makes of a name."""
    form = LookUpForm(request.GET or None)
    typed = form.cleaned_data["medicine"] if form.is_valid() else ""
    context = {"form": form, "typed": typed, "lists": _counts()}
    if typed:
        lists = services.known_of([typed])
        reading = read(typed, lists)
        context["unknown"] = " ".join(reading.unknown)
        context["found"] = [
            (lists.known[key], sorted(lists.known[name].name for name in lists.known[key].classes))
            for mention in reading.mentions
            for key in mention.keys
        ]
    return render(request, "medicines/medicine_lists.html", context)


@requires("medicines.load_medicines")
@require_http_methods(["GET", "POST"])
def load_medicines(request: ClinicRequest) -> HttpResponse:
    """Load one of the clinic's lists; first see what that would change."""
    which = _asked(request)
    model = services.LISTS[which]
    form = LoadForm(request.POST or None, request.FILES or None)
    context = {"form": form, "which": which, "columns": ",".join(model.SHAPE.columns), "model": model}
    if request.method == "POST" and form.is_valid():
        text = form.list_text
        context["changes"] = services.preview_medicines(which, by=request.member, text=text)
        if request.POST.get("then") == "load" and form.submit(
            services.load_medicines, which=which, by=request.member
        ):
            messages.success(request, _("The list is loaded."))
            return redirect("medicines:medicine_lists")
        # What was read, to be mended in place or sent on: a browser does not keep a chosen file.
        context["form"] = LoadForm(initial={"text": text})
    return render(request, "medicines/load_medicines.html", context)


@requires("medicines.view_medicines")
@require_GET
def medicine_file(request: ClinicRequest) -> HttpResponse:
    """One of the clinic's lists as the file it could be loaded from."""
    which = _asked(request)
    model = services.LISTS[which]
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{which}.csv"'
    lines = csv.writer(answer)
    lines.writerow(model.SHAPE.columns)
    lines.writerows([_cell(obj, name) for name in model.SHAPE.columns] for obj in model.objects.all())
    return answer


def _asked(request: ClinicRequest) -> str:
    """Which of the lists is meant; none named is the first."""
    which = request.GET.get("list", "substances")
    if which not in services.LISTS:
        raise Http404
    return which


def _counts() -> list[dict[str, Any]]:
    return [
        {
            "which": which,
            "label": PLATFORM[which]._meta.verbose_name_plural,
            "platform": PLATFORM[which].objects.count(),
            "clinic": model.objects.count(),
        }
        for which, model in services.LISTS.items()
    ]


def _cell(obj: Any, name: str) -> str:
    value = getattr(obj, name)
    if isinstance(value, bool):
        return "warn" if value else ""
    if isinstance(value, list):
        return ("; " if name == "classes" else " + ").join(value)
    return harmless(value)
