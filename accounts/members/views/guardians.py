"""The desk's pages about who acts for a patient."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.members import services
from accounts.members.forms import EndForm, ExtendForm, GuardianForm, NewGuardianForm
from accounts.members.models import Guardianship, Member, PatientProfile
from clinic.access import requires
from clinic.http import ClinicRequest, carry_out

MOST_FOUND = 8


@require_safe
@requires("members.view_guardianships")
def patient_family(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Who acts for the patient, and for whom the patient acts; what was before comes last."""
    patient = _patient(request, pk)
    both = Guardianship.objects.with_people().of(patient.pk)
    return render(request, "members/patient_family.html", {"patient": patient, **parted_by_side(both, pk)})


def parted_by_side(both: Any, pk: UUID) -> dict[str, list[Guardianship]]:
    """The guardianships of one person: by others for them, by them for others, and those that are over."""
    now = [each for each in both if each.state in ("running", "coming")]
    return {
        "guardians": [each for each in now if each.dependant_id == pk],
        "dependants": [each for each in now if each.guardian_id == pk],
        "former": [each for each in both if each not in now],
    }


@requires("members.add_guardian")
def add_guardian(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Enter who acts for the patient: somebody who is known here, or somebody new."""
    patient = _patient(request, pk)
    guardian = _chosen(request, patient)
    form = (GuardianForm if guardian else NewGuardianForm)(request.POST or None)
    facts = {"by": request.member, "guardian": guardian, "sure": "sure" in request.POST}
    if request.method == "POST" and form.submit(services.add_guardian, dependant=patient, **facts):
        said = _("%(name)s acts for the patient now.") % {"name": form.result.guardian.name}
        messages.success(request, said)
        return redirect("members:patient_family", pk)
    query = request.GET.get("q", "").strip()[:100]
    context = {"patient": patient, "guardian": guardian, "form": form, "query": query}
    found = _found(query, patient) if query else []
    return render(request, "members/add_guardian.html", context | {"found": found})


def _chosen(request: ClinicRequest, patient: PatientProfile) -> Member | None:
    """The guardian named in the address; 404 for who cannot be one."""
    try:
        key = UUID(request.GET.get("guardian", ""))
    except ValueError:
        return None
    found: Member = get_object_or_404(Member.objects.may_be_guardians().exclude(pk=patient.pk), pk=key)
    return found


def _found(query: str, patient: PatientProfile) -> list[Member]:
    """Patients as they are searched everywhere, and those who are here only as guardians."""
    patients = PatientProfile.objects.with_people().active().search(query).exclude(pk=patient.pk)
    contacts = Member.objects.may_be_guardians().filter(role="").named(query)
    return [*(each.member for each in patients[:MOST_FOUND]), *contacts[:MOST_FOUND]]


@requires("members.extend_guardianship")
def extend_guardianship(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Another last day, beyond the 18th birthday only with a reason."""
    found = _guardianship(request, pk)
    form = ExtendForm(request.POST or None, instance=_guardianship(request, pk))
    if request.method == "POST" and form.submit(
        services.extend_guardianship, guardianship=found, by=request.member
    ):
        return redirect("members:patient_family", found.dependant_id)
    return render(request, "members/extend_guardianship.html", {"form": form, "guardianship": found})


@requires("members.end_guardianship")
def end_guardianship(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Nobody acts by it any more, from the next request on."""
    found = _guardianship(request, pk)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.submit(
        services.end_guardianship, guardianship=found, by=request.member
    ):
        return redirect("members:patient_family", found.dependant_id)
    return render(request, "members/end_guardianship.html", {"form": form, "guardianship": found})


@require_POST
@requires("members.verify_guardianship")
def verify_guardianship(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Note that the papers were seen."""
    found = _guardianship(request, pk)
    carry_out(request, services.verify_guardianship, found, _("Noted: the papers were seen."))
    return redirect("members:patient_family", found.dependant_id)


@require_POST
@requires("members.invite_guardian")
def invite_guardian(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Invite the guardian to log in, or send the letter again."""
    found = _guardianship(request, pk)
    said = _("The invitation is on its way to %(email)s.") % {"email": found.guardian.email}
    carry_out(request, services.invite_guardian, found, said)
    return redirect("members:patient_family", found.dependant_id)


def _patient(request: ClinicRequest, pk: UUID) -> PatientProfile:
    return get_object_or_404(PatientProfile.objects.visible_to(request.member).with_people(), pk=pk)


def _guardianship(request: ClinicRequest, pk: UUID) -> Guardianship:
    return get_object_or_404(Guardianship.objects.visible_to(request.member).with_people(), pk=pk)
