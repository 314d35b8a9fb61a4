"""Adding to what was signed; what is typed is kept until it is added."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import requires
from clinic.http import ClinicRequest
from records import services
from records.forms import AddendumForm
from records.models import Consultation
from records.views.consultations import read_page, read_revision


@requires("records.add_addendum")
@require_http_methods(["GET", "POST"])
def add_addendum(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Add to a signed consultation."""
    found = get_object_or_404(Consultation.objects.written_by(request.member).with_people(), pk=pk)
    if request.method == "GET":
        return redirect("records:consultation", pk)
    form, revision = AddendumForm(request.POST), read_revision(request)
    if form.submit(services.add_addendum, consultation=found, by=request.member, revision=revision):
        messages.success(request, _("The addendum is stored."))
        return redirect("records:consultation", pk)
    return read_page(request, found, form)


@requires("records.add_addendum")
@require_POST
def keep_addendum(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Keep what is typed of an addendum while it is being typed."""
    found = get_object_or_404(Consultation.objects.written_by(request.member), pk=pk)
    form, revision = AddendumForm(request.POST), read_revision(request)
    form.fields["text"].required = False
    if form.submit(services.keep_addendum, consultation=found, by=request.member, revision=revision):
        return redirect("records:kept_consultation", pk, form.result.revision)
    context = {"refusal": form.refusal, "button": _("Add")}
    return render(request, "records/parts/not_kept.html", context, status=409)
