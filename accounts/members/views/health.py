"""What belongs to a patient: contacts, allergies, conditions; each is added and struck out."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.members import services
from accounts.members.forms import AllergyForm, ConditionForm, EmergencyContactForm
from accounts.members.models import Allergy, Condition, EmergencyContact, PatientProfile
from clinic.access import requires
from clinic.forms import ModelForm
from clinic.http import ClinicRequest, carry_out


@requires("members.add_emergency_contact")
def add_emergency_contact(request: ClinicRequest, pk: str) -> HttpResponse:
    """Note whom to call for the patient."""
    form = EmergencyContactForm(request.POST or None)
    return _add(request, pk, form, services.add_emergency_contact, _("New emergency contact"))


@requires("members.add_allergy")
def add_allergy(request: ClinicRequest, pk: str) -> HttpResponse:
    """Note what the patient does not tolerate."""
    return _add(request, pk, AllergyForm(request.POST or None), services.add_allergy, _("New allergy"))


@requires("members.add_condition")
def add_condition(request: ClinicRequest, pk: str) -> HttpResponse:
    """Note a lasting illness."""
    return _add(request, pk, ConditionForm(request.POST or None), services.add_condition, _("New condition"))


def _add(
    request: ClinicRequest, pk: str, form: ModelForm, service: Callable[..., Any], title: str
) -> HttpResponse:
    patient = get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)
    if request.method == "POST" and form.submit(service, patient=patient, by=request.member):
        return redirect("members:patient", pk)
    return render(request, "members/add_part.html", {"form": form, "patient": patient, "title": title})


@require_POST
@requires("members.remove_emergency_contact")
def remove_emergency_contact(request: ClinicRequest, pk: str) -> HttpResponse:
    """Strike out a contact."""
    return _change(request, EmergencyContact, pk, services.remove_emergency_contact)


@require_POST
@requires("members.remove_allergy")
def remove_allergy(request: ClinicRequest, pk: str) -> HttpResponse:
    """Strike out an allergy."""
    return _change(request, Allergy, pk, services.remove_allergy)


@require_POST
@requires("members.resolve_condition")
def resolve_condition(request: ClinicRequest, pk: str) -> HttpResponse:
    """Note that an illness is over."""
    return _change(request, Condition, pk, services.resolve_condition)


@require_POST
@requires("members.remove_condition")
def remove_condition(request: ClinicRequest, pk: str) -> HttpResponse:
    """Strike out a condition."""
    return _change(request, Condition, pk, services.remove_condition)


def _change(request: ClinicRequest, model: Any, pk: str, service: Callable[..., Any]) -> HttpResponse:
    part = get_object_or_404(model.objects.visible_to(request.member), pk=pk)
    carry_out(request, service, part)
    return redirect("members:patient", part.patient_id)
