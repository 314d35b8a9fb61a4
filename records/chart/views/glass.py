"""Breaking the glass, and who broke it."""

import uuid

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.http import ClinicRequest
from records import services
from records.care import is_in_care
from records.chart.forms import GlassForm
from records.models import EmergencyAccess
from records.views.charts import PAGE


@requires("records.break_glass")
@require_http_methods(["GET", "POST"])
def break_glass(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A doctor says why the record of somebody else's patient is to be opened."""
    patient = get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)
    to = _page_after(request, pk)
    if request.method == "GET" and is_in_care(request.member, pk):
        return redirect(to)
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.submit(services.break_glass, patient=patient, by=request.member):
        return redirect(to)
    return render(request, "chart/break_glass.html", {"patient": patient, "form": form})


@requires("records.view_broken_glass")
@require_GET
def broken_glass(request: ClinicRequest) -> HttpResponse:
    """Who opened whose record without having the patient in care, and why; the latest first."""
    broken = Paginator(EmergencyAccess.objects.with_people(), PAGE)
    return render(request, "chart/broken_glass.html", {"page_obj": broken.get_page(request.GET.get("page"))})


def _page_after(request: ClinicRequest, pk: uuid.UUID) -> str:
    """The page the doctor came for, if it is one of this site, or the chart."""
    asked = request.GET.get("next", "")
    is_ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if is_ours else reverse("chart:chart", args=[pk])
