"""The pages of what was done elsewhere, or before."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest
from records.history import services
from records.history.forms import ImmunizationForm, PastProcedureForm
from records.history.kinds import BY_MODEL, KINDS
from records.history.models import DiagnosticReport, Immunization, PastMedication, ReportResult, Told
from records.history.sheet import facts_of

PAGE = 25
FIRST = "immunization"


@requires("history.history")
@require_GET
def history(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """What others did for the patient, one kind at a time, the latest first."""
    patient = get_object_or_404(_with_counts(PatientProfile.objects.visible_to(request.member)), pk=pk)
    counts = {name: getattr(patient, f"count_{name}") for name in KINDS}
    filled = next((name for name in KINDS if counts[name]), FIRST)
    asked = request.GET.get("kind", "")
    kind = KINDS[asked if asked in KINDS else filled]
    found = kind.model.objects.visible_to(request.member).of(pk).with_people()
    paginator: Paginator[Any] = Paginator(found, PAGE)
    paginator.count = counts[kind.name]
    record_read(patient, patient_id=pk, reason="history")
    tabs = [(each, counts[each.name]) for each in KINDS.values()]
    page = paginator.get_page(request.GET.get("page"))
    context = {"patient": patient, "kind": kind, "tabs": tabs, "page_obj": page}
    return render(request, "history/history.html", context)


def _with_counts(patients: Any) -> Any:
    """With how many entries of each kind there are, in the same statement."""
    counts = {f"count_{kind.name}": _count(kind.model) for kind in KINDS.values()}
    return patients.with_people().annotate(**counts)


def _count(model: type[Told]) -> Coalesce:
    own = model.objects.filter(patient=OuterRef("pk")).order_by().values("patient")
    return Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), Value(0), output_field=IntegerField())


@requires("history.entry")
@require_GET
def entry(request: ClinicRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """One entry with everything that was told, and who told it."""
    found = _entry(request, pk, kind)
    record_read(found, patient_id=found.patient_id)
    results = _results(found) if isinstance(found, DiagnosticReport) else ()
    context = {"entry": found, "kind": KINDS[kind], "facts": facts_of(found), "results": results}
    return render(request, "history/entry.html", {**context, "sections": getattr(found, "sections", ())})


def _results(report: DiagnosticReport) -> Any:
    return ReportResult.objects.filter(report=report).select_related("measurement", "result")


@requires("history.add_immunization")
@require_http_methods(["GET", "POST"])
def add_immunization(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Enter a vaccination given elsewhere."""
    patient, form = _patient(request, pk), ImmunizationForm(request.POST or None)
    done = request.method == "POST"
    if done and form.submit(services.add_immunization, patient=patient, by=request.member):
        messages.success(request, _("The vaccination is on record."))
        return redirect(_list(form.result))
    return render(request, "history/add_immunization.html", {"patient": patient, "form": form})


@requires("history.add_past_procedure")
@require_http_methods(["GET", "POST"])
def add_past_procedure(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Enter an operation or treatment done elsewhere."""
    patient, form = _patient(request, pk), PastProcedureForm(request.POST or None)
    done = request.method == "POST"
    if done and form.submit(services.add_past_procedure, patient=patient, by=request.member):
        messages.success(request, _("The procedure is on record."))
        return redirect(_list(form.result))
    return render(request, "history/add_past_procedure.html", {"patient": patient, "form": form})


@requires("history.withdraw_entry")
@require_http_methods(["GET", "POST"])
def withdraw_entry(request: ClinicRequest, pk: uuid.UUID, kind: str) -> HttpResponse:
    """Say that an entry is wrong, and why."""
    found, form = _entry(request, pk, kind), ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(services.withdraw_entry, entry=found, by=request.member):
        messages.success(request, _("It is withdrawn. It stays in the history, marked as such."))
        return redirect(KINDS[kind].page, pk)
    record_read(found, patient_id=found.patient_id)
    return render(request, "history/withdraw_entry.html", {"entry": found, "kind": KINDS[kind], "form": form})


@requires("history.stop_past_medication")
@require_http_methods(["GET", "POST"])
def stop_past_medication(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Say that a medicine from elsewhere is no longer taken, and why."""
    found, form = _entry(request, pk, "past_medication"), ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.stop_past_medication, entry=found, by=request.member
    ):
        messages.success(request, _("It is no longer taken: prescriptions are checked without it."))
        return redirect(_list(found))
    record_read(found, patient_id=found.patient_id)
    return render(request, "history/stop_past_medication.html", {"entry": found, "form": form})


@requires("history.portal_immunizations")
@require_GET
def portal_immunizations(request: ClinicRequest) -> HttpResponse:
    """The patient's own vaccinations."""
    own = Immunization.objects.of(request.member.pk).standing().with_people()
    page = Paginator(own, PAGE).get_page(request.GET.get("page"))
    record_read(PatientProfile(pk=request.member.pk), patient_id=request.member.pk, reason="history")
    return render(request, "history/portal_immunizations.html", {"page_obj": page})


def _patient(request: ClinicRequest, pk: uuid.UUID) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)


def _entry(request: ClinicRequest, pk: uuid.UUID, kind: str) -> Any:
    found: Any = KINDS[kind].model.objects.visible_to(request.member).with_people()
    also = ["stopped_by"] if KINDS[kind].model is PastMedication else []
    return get_object_or_404(found.select_related("patient__member", "run", *also), pk=pk)


def _list(found: Told) -> str:
    """The list in which the entry stands."""
    return f"{reverse('history:history', args=[found.patient_id])}?kind={BY_MODEL[type(found)].name}"
