"""Filing and reading health records, and the patient's own view of them."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest
from records.documents import services
from records.documents.forms import RecordForm, blank_row
from records.documents.models import HealthRecord, RecordFile
from records.documents.models.record import MOST_VALUES, RecordKind
from records.documents.views.serving import filed, handed_over

PAGE = 25


@requires("documents.record_list")
@require_GET
def record_list(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """What is filed of one patient, the latest first."""
    patient = _patient(request, pk)
    kind = request.GET.get("kind", "")
    found = HealthRecord.objects.visible_to(request.member).for_patient(patient.pk)
    if kind in RecordKind.values:
        found = found.filter(kind=kind)
    page = Paginator(found.annotate(file_count=Count("files")), PAGE).get_page(request.GET.get("page"))
    record_read(patient, patient_id=patient.pk, reason="records")
    context = {"patient": patient, "page_obj": page, "kind": kind, "kinds": RecordKind.choices}
    return render(request, "documents/record_list.html", context)


@requires("documents.record")
@require_GET
def record(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """One record with its values and files; `?picture=` shows one of its pictures large."""
    found = _record(request, pk)
    record_read(found, patient_id=found.patient_id)
    context = {"record": found, **filed(request, found.files.all())}
    return render(request, "documents/record.html", context)


@requires("documents.record_file")
@require_GET
def record_file(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A file of a record, as a download."""
    visible = HealthRecord.objects.visible_to(request.member)
    found = get_object_or_404(RecordFile.objects.filter(record__in=visible), pk=pk)
    record_read(found, patient_id=found.patient_id, reason="file")
    return handed_over(request, found)


@requires("documents.add_record")
@require_http_methods(["GET", "POST"])
def add_record(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """File a document or values; from a consultation, as part of it."""
    patient = _patient(request, pk)
    initial = {"recorded_on": timezone.localdate(), "consultation": _visit(request)}
    form = RecordForm(request.POST or None, request.FILES or None, patient=patient, initial=initial)
    if request.method == "POST" and form.submit(services.add_record, patient=patient, by=request.member):
        messages.success(request, _("The record is filed."))
        return redirect("documents:record", form.result.pk)
    return render(request, "documents/add_record.html", {"patient": patient, "form": form})


@requires("documents.add_record")
@require_GET
def record_row(request: ClinicRequest, number: int) -> HttpResponse:
    """One more empty row of values at place `number` (from 0), put in by htmx."""
    place = min(number, MOST_VALUES - 1)
    context = {"row": blank_row(place), "number": place + 1, "is_full": place + 1 >= MOST_VALUES}
    return render(request, "documents/parts/added_row.html", context)


@requires("documents.withdraw_record")
@require_http_methods(["GET", "POST"])
def withdraw_record(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that a record was entered in error, and why."""
    found = _record(request, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(services.withdraw_record, record=found, by=request.member):
        messages.success(request, _("The record is withdrawn. It stays in the list, marked as such."))
        return redirect("documents:record", pk)
    record_read(found, patient_id=found.patient_id)
    return render(request, "documents/withdraw_record.html", {"record": found, "form": form})


@requires("documents.portal_records")
@require_GET
def portal_records(request: ClinicRequest) -> HttpResponse:
    """The patient's own records."""
    own = HealthRecord.objects.visible_to(request.member).for_patient(request.member.pk)
    page = Paginator(own.annotate(file_count=Count("files")), PAGE).get_page(request.GET.get("page"))
    record_read(PatientProfile(pk=request.member.pk), patient_id=request.member.pk, reason="records")
    return render(request, "documents/portal_records.html", {"page_obj": page})


def _patient(request: ClinicRequest, pk: uuid.UUID) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)


def _record(request: ClinicRequest, pk: uuid.UUID) -> HealthRecord:
    found: Any = HealthRecord.objects.visible_to(request.member).with_content()
    people = found.select_related("patient__member", "author", "withdrawn_by", "consultation")
    return get_object_or_404(people, pk=pk)


def _visit(request: ClinicRequest) -> str:
    """The consultation from which one came; whatever else the address says is none."""
    asked = request.GET.get("consultation", "")
    try:
        return str(uuid.UUID(asked))
    except ValueError:
        return ""
