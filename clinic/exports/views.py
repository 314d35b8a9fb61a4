"""Asking for a copy of everything, seeing how far it is, fetching it."""

import uuid
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.internal.flows.reauthentication import did_recently_reauthenticate
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from clinic.access import requires, while_closed
from clinic.audit.services import record_read
from clinic.exports import services
from clinic.exports.forms import AskForPatientForm
from clinic.exports.letters import page_of
from clinic.exports.models import Export
from clinic.exports.rows import patient_model
from clinic.http import HANDED_OVER, ClinicRequest, carry_out

PAGE = 25


@require_safe
@requires("exports.patient_exports")
def patient_exports(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """What was given out of one patient."""
    return _listed(request, "exports/patient_exports.html", _found(request).of_patient(pk), pk)


@requires("exports.ask_for_patient")
def ask_for_patient(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Have everything about a patient prepared, and note for whom."""
    patient = _patient(request, pk)
    form = AskForPatientForm(request.POST or None, by=request.member)
    if request.method == "POST" and form.submit(services.ask_for_patient, patient=patient, by=request.member):
        return _asked(request, form.result)
    record_read(patient, patient_id=pk, reason="copies")
    return render(request, "exports/ask_for_patient.html", {"form": form, "patient": patient})


@require_safe
@requires("exports.my_data")
def my_data(request: ClinicRequest) -> HttpResponse:
    """The patient's own copies."""
    own = _found(request).of_patient(request.member.pk)
    return _listed(request, "exports/my_data.html", own)


@require_POST
@requires("exports.ask_for_mine")
def ask_for_mine(request: ClinicRequest) -> HttpResponse:
    """Have everything about oneself prepared."""
    _said(request, lambda _none, by: services.ask_for_mine(by=by, guardian=request.guardian))
    return redirect("exports:my_data")


@require_safe
@requires("exports.clinic_exports")
def clinic_exports(request: ClinicRequest) -> HttpResponse:
    """The copies of the whole clinic."""
    return _listed(request, "exports/clinic_exports.html", _found(request).of_clinic())


@require_POST
@requires("exports.ask_for_clinic")
@while_closed
def ask_for_clinic(request: ClinicRequest) -> HttpResponse:
    """Have everything the clinic has prepared."""
    _said(request, lambda _none, by: services.ask_for_clinic(by=by))
    return redirect("exports:clinic_exports")


@never_cache
@require_safe
@requires("exports.export_state")
def export_state(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """How far one is: asked for again by the page that shows it; without JavaScript, that page."""
    export = _export(request, pk)
    if not request.htmx:
        return redirect(page_of(export))
    return render(request, "exports/_state.html", {"export": export})


@never_cache
@require_safe
@requires("exports.fetch_export")
def fetch_export(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The page from which a copy is fetched, for whoever has just shown once more who they are."""
    return _shown(request, _export(request, pk))


@reauthentication_required
def _shown(request: ClinicRequest, export: Export) -> HttpResponse:
    if not export.is_there:
        messages.error(request, _("This copy is not there any more. Ask for another one."))
        return redirect(page_of(export))
    return render(request, "exports/fetch_export.html", {"export": export, "back_url": page_of(export)})


@never_cache
@require_safe
@requires("exports.download_export")
def download_export(request: ClinicRequest, pk: uuid.UUID) -> Any:
    """The file itself; each time is in the trail."""
    export = _export(request, pk)
    if not export.is_there or not did_recently_reauthenticate(request):
        return redirect("exports:fetch_export", pk)
    record_read(export, patient_id=export.patient_id, reason="download")
    file, name = export.path.open("rb"), _name(request, export)
    return FileResponse(file, as_attachment=True, filename=name, headers=HANDED_OVER)


@require_POST
@requires("exports.delete_export")
def delete_export(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Delete the file before its time."""
    export = _export(request, pk)
    carry_out(request, services.delete_export, export, _("The file is deleted."))
    return redirect(page_of(export))


def _found(request: ClinicRequest) -> Any:
    return Export.objects.visible_to(request.member)


def _export(request: ClinicRequest, pk: uuid.UUID) -> Export:
    return get_object_or_404(_found(request), pk=pk)


def _patient(request: ClinicRequest, pk: uuid.UUID) -> Any:
    patients: Any = patient_model()
    return get_object_or_404(patients.objects.visible_to(request.member).with_people(), pk=pk)


def _listed(
    request: ClinicRequest, template: str, found: Any, patient: uuid.UUID | None = None
) -> HttpResponse:
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {"page_obj": page, "is_under_way": any(one.is_under_way for one in page)}
    if patient is not None:
        context["patient"] = found_one = _patient(request, patient)
        record_read(found_one, patient_id=patient, reason="copies")
    return render(request, template, context)


def _said(request: ClinicRequest, service: Any) -> None:
    carry_out(request, service, None, _waiting())


def _asked(request: ClinicRequest, export: Export) -> HttpResponse:
    messages.success(request, _waiting())
    return redirect(page_of(export))


def _waiting() -> str:
    return _("The copy is being prepared. You are told when it is ready.")


def _name(request: ClinicRequest, export: Export) -> str:
    """The file's name: whose it is and of when, and no person's name."""
    whose = export.patient.number if export.patient_id else "everything"  # type: ignore[union-attr]
    return f"{request.organization.label}-{whose}-{timezone.localtime(export.created_at):%Y-%m-%d}.zip"
