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
from clinic.http import ClinicRequest


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
    contact = get_object_or_404(EmergencyContact.objects.visible_to(request.member), pk=pk)
    services.remove_emergency_contact(contact, by=request.member)
    return redirect("members:patient", contact.patient_id)


@require_POST
@requires("members.remove_allergy")
def remove_allergy(request: ClinicRequest, pk: str) -> HttpResponse:
    """Strike out an allergy."""
    allergy = get_object_or_404(Allergy.objects.visible_to(request.member), pk=pk)
    services.remove_allergy(allergy, by=request.member)
    return redirect("members:patient", allergy.patient_id)


@require_POST
@requires("members.resolve_condition")
def resolve_condition(request: ClinicRequest, pk: str) -> HttpResponse:
    """Note that an illness is over."""
    condition = get_object_or_404(Condition.objects.visible_to(request.member), pk=pk)
    services.resolve_condition(condition, by=request.member)
    return redirect("members:patient", condition.patient_id)


@require_POST
@requires("members.remove_condition")
def remove_condition(request: ClinicRequest, pk: str) -> HttpResponse:
    """Strike out a condition."""
    condition = get_object_or_404(Condition.objects.visible_to(request.member), pk=pk)
    services.remove_condition(condition, by=request.member)
    return redirect("members:patient", condition.patient_id)
