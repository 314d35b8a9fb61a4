"""Taking measurements, and seeing them through time."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from accounts.members.models import PatientProfile
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.forms import ReasonForm
from clinic.http import ClinicRequest
from records.models import Consultation
from records.observations import services
from records.observations.forms import MeasurementsForm
from records.observations.growth.children import days_of_life, growth_of, may_be_compared
from records.observations.growth.curves import WINDOWS, draw_growth, window_for
from records.observations.growth.standards import Indicator
from records.observations.models import Observation
from records.observations.trends import is_grown, panels_of, readings_of

# How many values are read at most: of a chart with more, nobody could tell one from the next.
MOST_VALUES = 3000
# How many trends are drawn beside a page.
MOST_BESIDE = 2
# Where a session keeps the units that were chosen last: who reads °F today does so tomorrow.
UNITS = "units_of_measurements"


@requires("observations.measurements")
@require_GET
def measurements(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Each kind of value through time, as a chart with its table."""
    patient = _patient(request, pk)
    record_read(patient, patient_id=patient.pk)
    found = list(Observation.objects.visible_to(request.member).of(patient.pk).with_people()[:MOST_VALUES])
    context = {
        "patient": patient,
        "is_child": not is_grown(patient.date_of_birth, timezone.localdate()),
        "panels": panels_of((each for each in found if not each.entered_in_error_at), patient.date_of_birth),
        "withdrawn": [each for each in found if each.entered_in_error_at],
    }
    return render(request, "observations/measurements.html", context)


@requires("observations.beside")
@require_GET
def beside(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """The latest values with their trends, to be put beside what a doctor writes or reads."""
    patient = _patient(request, pk)
    record_read(patient, patient_id=patient.pk)
    known = Observation.objects.visible_to(request.member).of(patient.pk).standing()[:MOST_VALUES]
    panels = panels_of(known, patient.date_of_birth)
    trends = [panel for panel in panels if panel.before][:MOST_BESIDE]
    context = {"patient": patient, "panels": panels, "trends": trends}
    return render(request, "observations/beside.html", context)


@requires("observations.of_consultation")
@require_GET
def of_consultation(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """What was measured in one consultation, to be put on its page."""
    written = Consultation.objects.visible_to(request.member).select_related("patient")
    found = get_object_or_404(written, pk=pk)
    record_read(found, patient_id=found.patient_id)
    known = Observation.objects.visible_to(request.member).of(found.patient_id).standing()
    panels = panels_of(known.filter(consultation=found), found.patient.date_of_birth)
    return render(request, "observations/of_consultation.html", {"panels": panels})


@requires("observations.record_measurements")
@require_http_methods(["GET", "POST"])
def record_measurements(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Write down what was measured; from a consultation it belongs to that, and leads back to it."""
    patient = _patient(request, pk)
    consultation = _consultation(request, patient)
    form = MeasurementsForm(request.POST or None, patient=patient, units=request.session.get(UNITS, {}))
    if request.method == "POST" and form.submit(
        services.record_measurements, patient=patient, by=request.member, consultation=consultation
    ):
        request.session[UNITS] = form.units
        number = len(form.result)
        said = ngettext("%(number)d measurement recorded.", "%(number)d measurements recorded.", number)
        messages.success(request, said % {"number": number})
        return _go_on(request, patient, consultation)
    context = {"patient": patient, "form": form, "consultation": consultation}
    return render(request, "observations/record_measurements.html", context)


@requires("observations.growth")
@require_GET
def growth(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """A child's growth among WHO's percentiles: one indicator, one part of childhood, and the table."""
    patient = _patient(request, pk)
    record_read(patient, patient_id=patient.pk)
    if not may_be_compared(patient):
        return render(request, "observations/growth.html", {"patient": patient})
    known = Observation.objects.visible_to(request.member).of(patient.pk).standing().in_growth()
    indicator = _indicator(request)
    found = growth_of(patient, indicator, readings_of(known[:MOST_VALUES]))
    window = window_for(request.GET.get("ages", ""), days_of_life(patient, timezone.now()))
    context = {
        "patient": patient,
        "indicators": Indicator,
        "indicator": indicator,
        "windows": WINDOWS,
        "window": window,
        "found": found,
        "chart": draw_growth(indicator, patient.gender, window, found),
    }
    return render(request, "observations/growth.html", context)


@requires("observations.enter_measurement_in_error")
@require_http_methods(["GET", "POST"])
def enter_measurement_in_error(request: ClinicRequest, pk: uuid.UUID) -> HttpResponse:
    """Withdraw a wrong value, with a reason."""
    known = Observation.objects.visible_to(request.member).standing().with_people()
    found = get_object_or_404(known.select_related("patient__member"), pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.enter_measurement_in_error, observation=found, by=request.member
    ):
        messages.success(request, _("The measurement is withdrawn."))
        return redirect("observations:measurements", found.patient_id)
    record_read(found, patient_id=found.patient_id)
    context = {"observation": found, "patient": found.patient, "form": form}
    return render(request, "observations/enter_measurement_in_error.html", context)


@requires("observations.portal_measurements")
@require_GET
def portal_measurements(request: ClinicRequest) -> HttpResponse:
    """The patient's own values."""
    known = Observation.objects.of(request.member.pk).standing().with_people().select_related("patient")
    found = list(known[:MOST_VALUES])
    born = found[0].patient.date_of_birth if found else None
    record_read(PatientProfile(pk=request.member.pk), patient_id=request.member.pk)
    context: dict[str, Any] = {"panels": panels_of(found, born)}
    return render(request, "observations/portal_measurements.html", context)


def _indicator(request: ClinicRequest) -> Indicator:
    asked = request.GET.get("show")
    return Indicator(asked) if asked in Indicator.values else Indicator.WEIGHT


def _patient(request: ClinicRequest, pk: uuid.UUID) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)


def _consultation(request: ClinicRequest, patient: PatientProfile) -> Consultation | None:
    """The doctor's own open consultation with this patient that the address names."""
    asked = request.GET.get("consultation", "")
    try:
        key = uuid.UUID(asked)
    except ValueError:
        return None
    own = Consultation.objects.written_by(request.member).unfinished()
    return own.filter(patient=patient, pk=key).first()


def _go_on(
    request: ClinicRequest, patient: PatientProfile, consultation: Consultation | None
) -> HttpResponse:
    if consultation:
        return redirect("records:consultation", consultation.pk)
    if request.member.may("observations.measurements"):
        return redirect("observations:measurements", patient.pk)
    return redirect("members:patient", patient.pk)
