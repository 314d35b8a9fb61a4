"""The clinic's text templates."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import requires
from clinic.http import ClinicRequest, carry_out
from records import services
from records.forms import TextTemplateForm
from records.models import TextTemplate
from records.views.charts import PAGE


@requires("records.text_template_list")
@require_GET
def text_template_list(request: ClinicRequest) -> HttpResponse:
    """All templates, by name."""
    page = Paginator(TextTemplate.objects.all(), PAGE).get_page(request.GET.get("page"))
    return render(request, "records/text_template_list.html", {"page_obj": page})


@requires("records.add_text_template")
@require_http_methods(["GET", "POST"])
def add_text_template(request: ClinicRequest) -> HttpResponse:
    """Keep a new template."""
    form = TextTemplateForm(request.POST or None)
    if request.method == "POST" and form.submit(services.add_text_template, by=request.member):
        messages.success(request, _("The template is there. Doctors find it above the text they write."))
        return redirect("records:text_template_list")
    return render(request, "records/text_template.html", {"form": form})


@requires("records.update_text_template")
@require_http_methods(["GET", "POST"])
def update_text_template(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a template."""
    found = get_object_or_404(TextTemplate, pk=pk)
    form = TextTemplateForm(request.POST or None, instance=found)
    if request.method == "POST" and form.submit(
        services.update_text_template, text_template=found, by=request.member
    ):
        messages.success(request, _("The template is changed. What was written with it stays as it is."))
        return redirect("records:text_template_list")
    return render(request, "records/text_template.html", {"form": form, "text_template": found})


@requires("records.remove_text_template")
@require_POST
def remove_text_template(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Take a template away."""
    found = get_object_or_404(TextTemplate, pk=pk)
    carry_out(request, services.remove_text_template, found, _("The template is removed."))
    return redirect("records:text_template_list")
