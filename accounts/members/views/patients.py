"""The desk's pages about patients."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.members import services
from accounts.members.forms import KnownPatientForm, PatientForm
from accounts.members.models import Guardianship, PatientMerge, PatientProfile
from accounts.members.views.guardians import parted_by_side
from clinic.access import requires
from clinic.audit.services import record_read
from clinic.fhir import words
from clinic.http import ClinicRequest, carry_out
from clinic.notifications.models import OutboxMessage

# The latest to a patient; the others are found by the name among all messages.
MOST_MESSAGES = 5


@require_safe
@requires("members.view_patients")
def patient_list(request: ClinicRequest) -> HttpResponse:
    """All patients, or those meant by `q`: a name, a number, a phone number, a date of birth."""
    query = request.GET.get("q", "").strip()[:100]
    found = PatientProfile.objects.visible_to(request.member).with_people().search(query).by_name()
    page = Paginator(found, 25).get_page(request.GET.get("page"))
    template = "members/_patients.html" if request.htmx else "members/patient_list.html"
    return render(request, template, {"page_obj": page, "query": query})


@requires("members.register_patient")
def register_patient(request: ClinicRequest) -> HttpResponse:
    """Take a patient in."""
    form = PatientForm(request.POST or None, initial={"country": request.organization.country})
    sure = "sure" in request.POST
    if request.method == "POST" and form.submit(services.register_patient, by=request.member, sure=sure):
        messages.success(request, _("Registered as %(number)s.") % {"number": form.result.number})
        return redirect("members:patient", form.result.pk)
    return render(request, "members/register_patient.html", {"form": form})


@require_safe
@requires("members.view_patients")
def patient(request: ClinicRequest, pk: str) -> HttpResponse:
    """One patient: details, contacts, and for those who may see them allergies and conditions."""
    patients = PatientProfile.objects.visible_to(request.member).with_people()
    found = get_object_or_404(patients.select_related("registered_by"), pk=pk)
    context: dict[str, Any] = {"patient": found, "contacts": found.emergency_contacts.all()}
    context["elsewhere"] = words.names_elsewhere(found.pk)
    context |= parted_by_side(Guardianship.objects.with_people().of(found.pk), found.pk)
    if request.member.may("members.view_health") and not request.outside_care:
        record_read(found, patient_id=found.pk)
        context |= {"allergies": found.allergies.all(), "conditions": found.conditions.all()}
    if request.member.may("members.unmerge_patients"):
        context["merges"] = PatientMerge.objects.of(found.pk)
    if request.member.may("scheduling.view_messages"):
        context["outgoings"] = OutboxMessage.objects.to_member(found.pk)[:MOST_MESSAGES]
    if request.member.may("members.assign_agent"):
        context["assignments"] = found.assignments.running().with_people()
    if not found.member.user_id:
        context["invitation"] = found.member.invitations.unanswered().first()
    return render(request, "members/patient.html", context)


@requires("members.update_patient")
def update_patient(request: ClinicRequest, pk: str) -> HttpResponse:
    """Correct a patient's details."""
    found = get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)
    name = found.member.name
    form = KnownPatientForm(request.POST or None, instance=found)
    if request.method == "POST" and form.submit(services.update_patient, patient=found, by=request.member):
        return redirect("members:patient", pk)
    return render(request, "members/update_patient.html", {"form": form, "patient": found, "name": name})


@require_POST
@requires("members.invite_patient")
def invite_patient(request: ClinicRequest, pk: str) -> HttpResponse:
    """Invite a patient to the portal."""
    found = get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)
    said = _("The invitation is on its way to %(email)s.") % {"email": found.member.email}
    carry_out(request, services.invite_member, found.member, said)
    return redirect("members:patient", pk)
